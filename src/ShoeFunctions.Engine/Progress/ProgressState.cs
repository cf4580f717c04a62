using System.Collections.Immutable;
using ShoeFunctions.Engine.Producing;
using ShoeFunctions.Engine.Ticks;

namespace ShoeFunctions.Engine.Progress;

/// <summary>How far production has come, and what it has come to.</summary>
public sealed record ProgressState
{
    /// <summary>How many ticks are kept in <see cref="Recent"/>.</summary>
    public const int RecentTicks = 120;

    /// <summary>Nothing was produced yet.</summary>
    public static ProgressState Empty { get; } = new();

    /// <summary>The time up to which no tick is pending: as a rule the last tick delivered whole; null before the first run.</summary>
    public Tick? HighWater { get; init; }

    /// <summary>How many ticks were delivered whole.</summary>
    public long Ticks { get; init; }

    /// <summary>How many shoes the brokers acknowledged.</summary>
    public long Delivered { get; init; }

    /// <summary>How many sends failed. A shoe that fails and is delivered by a later run counts in both.</summary>
    public long Failed { get; init; }

    /// <summary>How many missed ticks were too many to be made up for.</summary>
    public long SkippedTicks { get; init; }

    /// <summary>The delivered records' values, in bytes before compression.</summary>
    public long Bytes { get; init; }

    /// <summary>When the first tick's production began.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>When something was delivered last.</summary>
    public DateTimeOffset? LastDelivery { get; init; }

    /// <summary>The last runs, oldest first, those that failed among them.</summary>
    public ImmutableArray<TickSummary> Recent { get; init; } = [];

    /// <summary>The state after a tick was run.</summary>
    public ProgressState With(TickReport report)
    {
        var recent = Recent.Add(TickSummary.Of(report));
        return this with
        {
            HighWater = report.IsDelivered && !(HighWater >= report.Tick) ? report.Tick : HighWater,
            Ticks = Ticks + (report.IsDelivered ? 1 : 0),
            Delivered = Delivered + report.Delivered,
            Failed = Failed + report.Failed,
            Bytes = Bytes + report.Bytes,
            Since = Since ?? report.StartedAt,
            LastDelivery = report.Delivered > 0 ? report.StartedAt + report.Duration : LastDelivery,
            Recent = recent.Length > RecentTicks ? recent.RemoveAt(0) : recent,
        };
    }

    /// <summary>The state in which a tick is the first that is pending.</summary>
    public ProgressState BeginningAt(Tick first) => this with { HighWater = HighWater ?? new Tick(first.UnixSeconds - 1) };

    /// <summary>The state after so many ticks up to <paramref name="last"/> were given up.</summary>
    public ProgressState Skipping(Tick last, long count) => this with { HighWater = last, SkippedTicks = SkippedTicks + count };
}
