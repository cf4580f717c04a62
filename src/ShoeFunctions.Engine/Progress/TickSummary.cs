using ShoeFunctions.Engine.Ticks;

namespace ShoeFunctions.Engine.Progress;

/// <summary>What is kept of a <see cref="TickReport"/>.</summary>
public sealed record TickSummary(
    Tick Tick, DateTimeOffset StartedAt, int Shoes, int Delivered, double DurationMs, double LatencyP50Ms, double LatencyP99Ms, double LatencyMaxMs)
{
    /// <summary>When the run ended, UTC.</summary>
    public DateTimeOffset EndedAt => StartedAt.AddMilliseconds(DurationMs);

    /// <summary>The summary of a report.</summary>
    public static TickSummary Of(TickReport report) => new(
        report.Tick, report.StartedAt, report.Shoes, report.Delivered, Milliseconds(report.Duration),
        Milliseconds(report.LatencyP50), Milliseconds(report.LatencyP99), Milliseconds(report.LatencyMax));

    private static double Milliseconds(TimeSpan duration) => Math.Round(duration.TotalMilliseconds, 3);
}
