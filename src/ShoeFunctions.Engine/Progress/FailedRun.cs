using ShoeFunctions.Engine.Failures;
using ShoeFunctions.Engine.Ticks;

namespace ShoeFunctions.Engine.Progress;

/// <summary>A run of a tick that was not delivered whole, or cannot be while it is under way.</summary>
/// <param name="Tick">The tick.</param>
/// <param name="At">When the run ended, or the failure was seen while it was under way, UTC.</param>
/// <param name="Failure">Why.</param>
public sealed record FailedRun(Tick Tick, DateTimeOffset At, Failure Failure)
{
    /// <summary>When the brokers acknowledged again, UTC; null where they have not yet.</summary>
    public DateTimeOffset? OverAt { get; init; }

    /// <summary>Whether it ended because the program was told to stop.</summary>
    public bool IsCutShort => Failure.Kind == FailureKind.Cancelled;

    /// <summary>The run that a report tells of, or null where nothing failed.</summary>
    public static FailedRun? Of(TickReport report) =>
        report.Failure is { } failure ? new FailedRun(report.Tick, report.StartedAt + report.Duration, failure) : null;
}
