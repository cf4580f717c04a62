namespace ShoeFunctions.Infrastructure.Tests.Scripts;

/// <summary>script/run, with a stand-in for dotnet.</summary>
public sealed class RunScriptTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("shoes-run-script-");

    [Theory]
    [InlineData]
    [InlineData("doctor")]
    [InlineData("--ticks", "2", "--state", "a folder")]
    [InlineData("audit", "--from", "2026-11-23T14:39:30Z", "--help")]
    public async Task Whatever_verb_and_options_it_is_given_the_command_is_run_with_them(params string[] arguments)
    {
        var ran = await Script.RunAsync("run", arguments, StandIn.Put(_folder, "dotnet", "#!/bin/sh\nprintf '%s\\n' \"$@\"\nexit 2\n"));
        Assert.Equal((2, ""), (ran.ExitCode, ran.Errors));
        var words = ran.Output.Split('\n')[..^1];
        Assert.Equal(["run", "--project"], words[..2]);
        Assert.True(File.Exists(Path.Combine(words[2], "ShoeFunctions.Local.csproj")), words[2]);
        Assert.Equal(["--", .. arguments], words[3..]);
    }

    public void Dispose() => _folder.Delete(recursive: true);
}
