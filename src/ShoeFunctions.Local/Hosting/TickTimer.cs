using ShoeFunctions.Engine.Failures;
using ShoeFunctions.Engine.Running;
using ShoeFunctions.Engine.Ticks;

namespace ShoeFunctions.Local.Hosting;

/// <summary>The timer of a run: runs what is due at every tick, one run at a time.</summary>
internal sealed class TickTimer(TickRunner runner, TickOptions options, TimeProvider time)
{
    /// <summary>Timers cannot wait longer than some weeks; a wait is made of pieces.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromDays(1);

    /// <summary>What was run so far.</summary>
    public RunTotals Totals { get; private set; } = RunTotals.None;

    /// <summary>
    /// Runs until it is told to stop, or so many ticks were delivered. It gives up after as many runs that failed, and
    /// where nothing would be due for long because the progress is ahead of the clock.
    /// </summary>
    /// <param name="ticks">How many, or null for no end.</param>
    /// <param name="stopping">Tells it to stop.</param>
    /// <param name="mayRun">Asked before every run: it returns when this process may produce, and whether that took a wait.</param>
    /// <param name="atOnce">Whether it begins with the tick that was due last, and does not wait for the next.</param>
    /// <returns>Whether all that was asked for was delivered; without a number, whether the last run was, or there was none.</returns>
    public async Task<bool> RunAsync(int? ticks, CancellationToken stopping, Func<CancellationToken, Task<bool>>? mayRun = null, bool atOnce = false)
    {
        var delivered = true;
        var after = Tick.At(time.GetUtcNow());
        try
        {
            while (!IsEnough(ticks))
            {
                if (mayRun is not null && await mayRun(stopping))
                    after = Tick.At(time.GetUtcNow());
                if (((atOnce ? options.Schedule.Latest(time.GetUtcNow()) : null) ?? options.Schedule.Next(after)) is not { } next)
                    break;
                atOnce = false;

                await WaitUntilAsync(next.Time, stopping);
                try
                {
                    var reports = await runner.RunDueAsync(stopping, ticks - Totals.Ticks ?? int.MaxValue, ended: report => Totals = Totals.With(report));
                    delivered = reports.Count == 0 ? delivered : reports[^1].IsDelivered;
                }
                catch (FailureException ahead) when (ahead.Failure.Kind == FailureKind.Clock)
                {
                    delivered = false;
                    if (ticks is not null)
                        break;
                }

                // A run that took longer than the schedule's step is followed at once by the next; a failed one is
                // not tried again before the next tick is due.
                after = delivered ? next : Tick.At(time.GetUtcNow());
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // Told to stop between two ticks.
        }

        return ticks is null ? delivered : Totals.Ticks >= ticks;
    }

    private bool IsEnough(int? ticks) => Totals.Ticks >= ticks || Totals.FailedRuns >= ticks;

    private async Task WaitUntilAsync(DateTimeOffset moment, CancellationToken stopping)
    {
        for (var wait = moment - time.GetUtcNow(); wait > TimeSpan.Zero; wait = moment - time.GetUtcNow())
            await Task.Delay(wait < LongestWait ? wait : LongestWait, time, stopping);
        stopping.ThrowIfCancellationRequested();
    }
}
