using System.Diagnostics;
using System.Globalization;

namespace ShoeFunctions.Engine.Tests.Processes;

public sealed class DefaultSignalsTests
{
    /// <summary>SIGINT, SIGQUIT and SIGTERM, as /proc counts them.</summary>
    private const ulong Signals = 1 << 1 | 1 << 2 | 1 << 14;

    /// <summary>These tests again, under a shell that ignores what they are to restore.</summary>
    [Fact]
    public async Task What_a_shell_in_the_background_ignores_is_not_ignored_by_what_tests_start()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "What a process ignores is read from /proc.");
        var (exitCode, output) = await RunAsync("sh", "-c", "trap '' INT QUIT TERM; exec \"$0\" \"$@\"",
            "dotnet", typeof(DefaultSignalsTests).Assembly.Location, "--filter-method", $"*.{nameof(A_child_ignores_no_signal_that_tests_send)}");
        Assert.True(exitCode == 0, output);
    }

    [Fact]
    public async Task A_child_ignores_no_signal_that_tests_send()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "What a process ignores is read from /proc.");
        var (exitCode, output) = await RunAsync("grep", "SigIgn", "/proc/self/status");
        Assert.Equal(0, exitCode);
        Assert.Equal(0ul, Signals & ulong.Parse(output.Split(':')[1].Trim(), NumberStyles.HexNumber));
    }

    private static async Task<(int ExitCode, string Output)> RunAsync(string program, params string[] arguments)
    {
        using var process = Child.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true });
        var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, output);
    }
}
