using ShoeFunctions.Engine.Failures;
using ShoeFunctions.Engine.Ticks;

namespace ShoeFunctions.Engine.Progress;

/// <summary>A run of a tick that was not delivered whole.</summary>
/// <param name="Tick">The tick.</param>
/// <param name="At">When the run ended, UTC.</param>
/// <param name="Failure">Why.</param>
public sealed record FailedRun(Tick Tick, DateTimeOffset At, Failure Failure)
{
    /// <summary>Whether it ended because the program was told to stop.</summary>
    public bool IsCutShort => Failure.Kind == FailureKind.Cancelled;

    /// <summary>The run that a report tells of, or null where nothing failed.</summary>
    public static FailedRun? Of(TickReport report) =>
        report.Failure is { } failure ? new FailedRun(report.Tick, report.StartedAt + report.Duration, failure) : null;
}
