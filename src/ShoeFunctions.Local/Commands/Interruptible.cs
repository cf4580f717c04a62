using ShoeFunctions.Local.Machine;
using ShoeFunctions.Local.Terminal;

namespace ShoeFunctions.Local.Commands;

/// <summary>A verb that Ctrl+C may cut short: it then says what it leaves undone, in one line.</summary>
internal static class Interruptible
{
    /// <summary>Runs it.</summary>
    /// <param name="verb">What it does.</param>
    /// <param name="left">Where it was cut short: what was done, and how to go on.</param>
    /// <exception cref="CommandException">It was cut short.</exception>
    public static async Task<int> RunAsync(Func<CancellationToken, Task<int>> verb, Func<string> left)
    {
        using var signals = new StopSignals();
        try
        {
            return await verb(signals.Token);
        }
        catch (OperationCanceledException) when (signals.Token.IsCancellationRequested)
        {
            throw new CommandException(left(), ExitCodeAfter(signals));
        }
    }

    /// <summary>What a verb exits with that was told to stop before it was done.</summary>
    public static int ExitCodeAfter(StopSignals signals) => signals.IsInterrupt ? ExitCode.Interrupted : ExitCode.Failed;
}
