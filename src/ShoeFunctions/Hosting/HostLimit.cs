using System.Globalization;
using Microsoft.Extensions.Configuration;
using ShoeFunctions.Engine.Ticks;

namespace ShoeFunctions.Hosting;

/// <summary>How long the Functions host lets a run last.</summary>
internal static class HostLimit
{
    private const string Setting = "functionTimeout";

    /// <summary>What the host takes where its settings say nothing.</summary>
    private static readonly TimeSpan Default = TimeSpan.FromMinutes(30);

    /// <summary>Reads it where the host does: the environment first, then host.json.</summary>
    /// <param name="environment">The settings that the host hands on.</param>
    /// <param name="folder">Where host.json is.</param>
    public static RunLimit Read(IConfiguration environment, string folder)
    {
        var host = new ConfigurationBuilder().AddJsonFile(Path.Combine(folder, "host.json"), optional: true).Build();
        var text = environment[$"AzureFunctionsJobHost:{Setting}"] ?? host[Setting];
        var limit = TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var found) ? found : Default;

        // A negative one is none.
        return limit < TimeSpan.Zero ? RunLimit.None : new RunLimit(limit, $"the Functions host ends one after {limit} ({Setting} in host.json)");
    }
}
