using ShoeFunctions.Engine.Ticks;

namespace ShoeFunctions.Local;

/// <summary>The local door's timer: runs what is due at every tick, one run at a time.</summary>
internal sealed class TickTimer(TickRunner runner, TickOptions options, TimeProvider time)
{
    /// <summary>Timers cannot wait longer than some weeks; a wait is made of pieces.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromDays(1);

    /// <summary>What was run so far.</summary>
    public RunTotals Totals { get; private set; } = RunTotals.None;

    /// <summary>Runs until it is told to stop, or so many ticks were run.</summary>
    /// <returns>Whether the last tick that was run was delivered whole, or none was run.</returns>
    public async Task<bool> RunAsync(int? ticks, CancellationToken stopping)
    {
        var left = ticks ?? int.MaxValue;
        var delivered = true;
        var after = Tick.At(time.GetUtcNow());
        try
        {
            while (left > 0 && options.Schedule.Next(after) is { } next)
            {
                await WaitUntilAsync(next.Time, stopping);
                var reports = await runner.RunDueAsync(stopping, left, ended: report => Totals = Totals.With(report));
                left -= ticks is null ? 0 : reports.Count;
                delivered = reports.Count == 0 ? delivered : reports[^1].IsDelivered;

                // A run that took longer than the schedule's step is followed at once by the next; a failed one is
                // not tried again before the next tick is due.
                after = delivered ? next : Tick.At(time.GetUtcNow());
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // Told to stop between two ticks.
        }

        return delivered;
    }

    private async Task WaitUntilAsync(DateTimeOffset moment, CancellationToken stopping)
    {
        for (var wait = moment - time.GetUtcNow(); wait > TimeSpan.Zero; wait = moment - time.GetUtcNow())
            await Task.Delay(wait < LongestWait ? wait : LongestWait, time, stopping);
        stopping.ThrowIfCancellationRequested();
    }
}
