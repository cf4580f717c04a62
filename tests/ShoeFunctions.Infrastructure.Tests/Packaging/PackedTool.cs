using ShoeFunctions.Engine.Tests.Processes;

namespace ShoeFunctions.Infrastructure.Tests.Packaging;

/// <summary>What <c>dotnet pack</c> makes of the command and what <c>dotnet tool install</c> makes of that, once for all tests of the class, in a folder of their own.</summary>
public sealed class PackedTool : IAsyncLifetime
{
    /// <summary>What is packed.</summary>
    public const string Project = "src/ShoeFunctions.Local";

    /// <summary>The package's name.</summary>
    public const string Name = "ShoeFunctions.Tool";

    private readonly DirectoryInfo _temporary = Directory.CreateTempSubdirectory("shoes-tool-");

    /// <summary>The packed file, the only one there is.</summary>
    public string Package => Assert.Single(Directory.EnumerateFiles(Feed));

    private string Feed => PathOf("feed");

    private string Tools => PathOf("tools");

    public async ValueTask InitializeAsync()
    {
        // What is built on the way goes to a folder of its own, so that no other build is disturbed and no server stays. The
        // sources were analysed when the tests were built.
        await DotnetAsync(["pack", Repository.PathOf(Project), "-o", Feed, "--artifacts-path", PathOf("artifacts"), "--nologo", "-p:RunAnalyzers=false", .. InnerBuild.Servers]);

        // No source but the packed file's folder.
        await File.WriteAllTextAsync(PathOf("nuget.config"), "<configuration><packageSources><clear /></packageSources></configuration>");
        await DotnetAsync("tool", "install", Name, "--tool-path", Tools, "--add-source", Feed, "--configfile", PathOf("nuget.config"));
    }

    /// <summary>Runs the installed command to its end, with these settings.</summary>
    internal Task<Ran> RunAsync(IEnumerable<string> arguments, params IEnumerable<(string Name, string? Value)> settings) =>
        Ran.ProgramAsync(Path.Combine(Tools, OperatingSystem.IsWindows() ? "shoes.exe" : "shoes"), arguments, [.. Own(), .. settings]);

    public ValueTask DisposeAsync()
    {
        _temporary.Delete(recursive: true);
        return ValueTask.CompletedTask;
    }

    private async Task DotnetAsync(params string[] arguments)
    {
        var ran = await Ran.ProgramAsync("dotnet", arguments, Own());
        Assert.True(ran.ExitCode == 0, $"dotnet {string.Join(' ', arguments)} ended with {ran.ExitCode}: {ran.Output}{ran.Errors}");
    }

    /// <summary>Of the build that these tests were started by it has nothing, and temporary files it leaves in its own folder.</summary>
    private IEnumerable<(string Name, string? Value)> Own() =>
    [
        .. Environment.GetEnvironmentVariables().Keys.Cast<string>().Where(name => name.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase)).Select(name => (name, (string?)null)),
        ("MSBUILDDISABLENODEREUSE", "1"),
        .. ((string[])["TMPDIR", "TEMP", "TMP"]).Select(name => (name, (string?)_temporary.CreateSubdirectory("tmp").FullName)),
        // Where the runtime lies that the tests run on.
        ("DOTNET_ROOT", Path.GetFullPath(Path.Combine(System.Runtime.InteropServices.RuntimeEnvironment.GetRuntimeDirectory(), "../../.."))),
    ];

    private string PathOf(string name) => Path.Combine(_temporary.FullName, name);
}
