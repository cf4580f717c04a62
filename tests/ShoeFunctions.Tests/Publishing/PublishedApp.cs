using System.Diagnostics;
using ShoeFunctions.Engine.Tests.Processes;

namespace ShoeFunctions.Tests.Publishing;

/// <summary>What <c>dotnet publish</c> makes of the app, once for all tests of the class, in a folder of its own.</summary>
public sealed class PublishedApp : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(20);

    private readonly DirectoryInfo _temporary = Directory.CreateTempSubdirectory("shoes-publish-");

    public string Folder => Path.Combine(_temporary.FullName, "app");

    public async ValueTask InitializeAsync()
    {
        // What is built on the way goes to a folder of its own, so that no other build is disturbed and no server stays. The
        // sources were analysed when the tests were built.
        var start = new ProcessStartInfo("dotnet",
        [
            "publish", Path.Combine(Repository.Root, "src/ShoeFunctions"), "-c", "Release", "-r", "linux-x64", "--self-contained", "false", "-o", Folder,
            $"-p:ConfluentSerializer={(Build.HasConfluentSerializer ? "true" : "false")}", "--artifacts-path", Path.Combine(_temporary.FullName, "artifacts"), "--nologo", "-p:RunAnalyzers=false", .. InnerBuild.Servers,
        ])
        {
            WorkingDirectory = Repository.Root,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase)).ToArray())
            start.Environment.Remove(name);
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        start.Environment["TMPDIR"] = _temporary.FullName;

        using var publish = Child.Start(start);
        var (output, errors) = (publish.StandardOutput.ReadToEndAsync(), publish.StandardError.ReadToEndAsync());
        try
        {
            await publish.WaitForExitAsync().WaitAsync(Patience);
        }
        finally
        {
            publish.Kill(entireProcessTree: true);
        }

        Assert.True(publish.ExitCode == 0, $"dotnet publish ended with {publish.ExitCode}: {await output}{await errors}");
    }

    public ValueTask DisposeAsync()
    {
        _temporary.Delete(recursive: true);
        return ValueTask.CompletedTask;
    }
}
