using System.Runtime.CompilerServices;
using ShoeFunctions.Engine.Configuration;

namespace ShoeFunctions.Engine.Tests.Processes;

/// <summary>The settings of the tests and of all that they start are the tests' alone, whatever their parent's environment holds.</summary>
internal static class OwnEnvironment
{
    private static readonly string[] Foreign = ["OTEL_", "APPLICATIONINSIGHTS_", "AZURE_", "IDENTITY_", "ASPNETCORE_", "LOGGING__", "AZUREWEBJOBS"];

#pragma warning disable CA2255 // Before Main, so that nothing has been read yet.
    [ModuleInitializer]
    internal static void Clear()
#pragma warning restore CA2255
    {
        foreach (var name in Environment.GetEnvironmentVariables().Keys.Cast<string>().Where(IsForeign).ToArray())
            Environment.SetEnvironmentVariable(name, null);

        // What is killed would leave the ports of its diagnostics among the temporary files.
        Environment.SetEnvironmentVariable("DOTNET_EnableDiagnostics", "0");

        // A proxy is for what lies outside: packages, where tests build. All that tests speak to is on this machine.
        foreach (var name in (string[])["NO_PROXY", "no_proxy"])
            Environment.SetEnvironmentVariable(name, string.Join(',', [Environment.GetEnvironmentVariable(name), "127.0.0.1", "localhost"]).TrimStart(','));
    }

    private static bool IsForeign(string name) =>
        Settings.All.Any(setting => setting.Name == name) || Foreign.Any(prefix => name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase));
}
