using System.Diagnostics;

namespace ShoeFunctions.Engine.Tests.Processes;

/// <summary>Processes of their own, beside which other tests may take the embedded brokers down.</summary>
internal static class Child
{
    /// <summary>Starts one while no broker is being taken down.</summary>
    public static Process Start(ProcessStartInfo start)
    {
        // Whoever looks for mutants that survive waits for an answer of each process that has this.
        start.Environment.Remove("STRYKER_COVERAGE_EPOCH_FILE");
        lock (typeof(Process))
#pragma warning disable RS0030 // The one place.
            return Process.Start(start)!;
#pragma warning restore RS0030
    }

    /// <summary>Sends a process a signal: TERM or INT.</summary>
    public static async Task SignalAsync(Process process, string signal)
    {
        using var kill = Start(new ProcessStartInfo("kill", [$"-{signal}", $"{process.Id}"]));
        await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, kill.ExitCode);
    }
}
