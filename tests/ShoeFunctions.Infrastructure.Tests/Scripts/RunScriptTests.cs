namespace ShoeFunctions.Infrastructure.Tests.Scripts;

/// <summary>script/run in a repository of little more than itself, with a stand-in for dotnet that writes down what it is called with.</summary>
public sealed class RunScriptTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("shoes run script ");

    public RunScriptTests()
    {
        foreach (var file in new[] { "src/ShoeFunctions.Local/Program.cs", "src/ShoeFunctions.Engine/Engine.cs", "protos/shoe.proto", "Directory.Build.props", "global.json" })
            Write(file, "");
        Directory.CreateDirectory(PathOf("script"));
        File.Copy(Repository.PathOf("script/run"), PathOf("script/run"));
    }

    private string Program => PathOf("src/ShoeFunctions.Local/bin/Release/net10.0/ShoeFunctions.Local.dll");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData]
    [InlineData("doctor")]
    [InlineData("--ticks", "2", "--state", "a folder")]
    [InlineData("audit", "--from", "2026-11-23T14:39:30Z", "--help")]
    public async Task Whatever_verb_and_options_it_is_given_the_command_is_run_with_them(params string[] arguments)
    {
        Assert.Equal(["build", $"run {string.Join(' ', arguments)}".TrimEnd()], await CallsAsync(arguments));
    }

    [Fact]
    public async Task It_builds_once_and_again_after_a_change_and_says_so()
    {
        Assert.Equal(["build", "run tail"], await CallsAsync("tail"));
        Assert.Equal(["run tail"], await CallsAsync("tail"));
        foreach (var changed in new[] { "src/ShoeFunctions.Local/Program.cs", "src/ShoeFunctions.Engine/New.cs", "protos/shoe.proto", "Directory.Build.props" })
        {
            Write(changed, changed);
            Assert.Equal(["build", "run tail"], await CallsAsync("tail"));
            Assert.Equal(["run tail"], await CallsAsync("tail"));
        }

        // What the build itself writes is no change.
        Write("src/ShoeFunctions.Engine/obj/Debug/generated.cs", "");
        Assert.Equal(["run tail"], await CallsAsync("tail"));
        File.Delete(Program);
        Assert.Equal(["build", "run tail"], await CallsAsync("tail"));
    }

    [Fact]
    public async Task Where_the_build_fails_nothing_is_run_and_the_next_call_builds_again()
    {
        Assert.Equal((3, "", "Building shoes: about half a minute the first time.\nbroken\n"), await RunAsync(buildExit: 3));
        Assert.Equal((3, "", "Building shoes: about half a minute the first time.\nbroken\n"), await RunAsync(buildExit: 3));
        Assert.Equal(["build", "build"], Calls());
    }

    private async Task<string[]> CallsAsync(params string[] arguments)
    {
        var (exitCode, _, errors) = await RunAsync(arguments: arguments);
        var calls = Calls();
        Assert.Equal((2, calls[0] == "build"), (exitCode, errors.StartsWith("Building shoes", StringComparison.Ordinal)));
        File.Delete(PathOf("calls"));
        return calls;
    }

    private string[] Calls() => File.ReadAllLines(PathOf("calls"));

    /// <summary>The program itself ends with 2.</summary>
    private async Task<(int ExitCode, string Output, string Errors)> RunAsync(int buildExit = 0, params string[] arguments)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "It is a shell script.");
        var dotnet = StandIn.Put(_folder, "dotnet", $$"""
            #!/bin/sh
            if [ "$1" = build ]; then
              echo build >> '{{PathOf("calls")}}'
              [ {{buildExit}} = 0 ] || { echo broken; exit {{buildExit}}; }
              mkdir -p "$2/bin/Release/net10.0" "$2/obj" && : > "$2/bin/Release/net10.0/ShoeFunctions.Local.dll"
            else
              [ "$1" = '{{Program}}' ] || exit 9
              shift
              echo run "$@" >> '{{PathOf("calls")}}'
              exit 2
            fi
            """);
        var ran = await Ran.ProgramAsync(PathOf("script/run"), arguments, [dotnet]);
        return (ran.ExitCode, ran.Output, ran.Errors);
    }

    private string PathOf(string path) => Path.Combine(_folder.FullName, path);

    private void Write(string path, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(PathOf(path))!);
        File.WriteAllText(PathOf(path), text);
    }
}
