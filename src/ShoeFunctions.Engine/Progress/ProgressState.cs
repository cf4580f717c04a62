using System.Collections.Immutable;
using ShoeFunctions.Engine.Ticks;

namespace ShoeFunctions.Engine.Progress;

/// <summary>How far production has come, and what it has come to.</summary>
public sealed record ProgressState
{
    /// <summary>How many ticks are kept in <see cref="Recent"/>.</summary>
    public const int RecentTicks = 120;

    /// <summary>How many instances are kept in <see cref="Writers"/>.</summary>
    public const int KnownWriters = 16;

    /// <summary>How many ranges are kept in <see cref="Skipped"/>.</summary>
    public const int KnownRanges = 16;

    /// <summary>How many ticks can be open at once, so that they fit into a table's column.</summary>
    public const int MostOpen = 250;

    /// <summary>How many instances are kept in <see cref="Instances"/>.</summary>
    public const int KnownInstances = 100;

    /// <summary>How many partitions are kept in <see cref="Partitions"/>, so that they fit into a table's column.</summary>
    public const int KnownPartitions = 1000;

    /// <summary>How many steps are kept in <see cref="Load"/>: six hours, where ticks come all the time.</summary>
    public const int KnownSteps = 72;

    /// <summary>Nothing was produced yet.</summary>
    public static ProgressState Empty { get; } = new();

    /// <summary>The time up to which no tick is pending: as a rule the last tick delivered whole; null before the first run.</summary>
    public Tick? HighWater { get; init; }

    /// <summary>The newest tick that was delivered, opened or skipped, where some are open; null where none is.</summary>
    public Tick? Newest { get; init; }

    /// <summary>The ticks whose chunks are being made, oldest first.</summary>
    public ImmutableArray<OpenTick> Open { get; init; } = [];

    /// <summary>The time after which ticks are still to be begun: <see cref="HighWater"/>, where none is open.</summary>
    public Tick? Begun => Open.IsEmpty ? HighWater : Later(HighWater, Newest);

    /// <summary>The instances that have made chunks of ticks that are closed, those seen last at the end.</summary>
    public ImmutableArray<SeenInstance> Instances { get; init; } = [];

    /// <summary>How many ticks were delivered whole. One that two instances delivered counts twice, as its shoes do.</summary>
    public long Ticks { get; init; }

    /// <summary>How many shoes the brokers acknowledged.</summary>
    public long Delivered { get; init; }

    /// <summary>How many sends failed, or were not made because the tick had failed: attempts, so that a shoe counts at every one.</summary>
    public long FailedSends { get; init; }

    /// <summary>How many shoes failed in the last run of a tick that was then given up.</summary>
    public long GivenUp { get; init; }

    /// <summary>How many shoes have ended as not delivered so far; those of a tick that is pending may yet be delivered.</summary>
    public long Failed => GivenUp + FailedUpTo(null);

    /// <summary>How many of them were found to be committed by transactions of runs that could not write that down.</summary>
    public long RecoveredTicks { get; init; }

    /// <summary>How many missed ticks were too many to be made up for.</summary>
    public long SkippedTicks { get; init; }

    /// <summary>How many shoes they hold, as far as programs wrote that down.</summary>
    public long SkippedShoes { get; init; }

    /// <summary>The last ranges of them, oldest first.</summary>
    public ImmutableArray<SkippedRange> Skipped { get; init; } = [];

    /// <summary>The delivered records' values, in bytes before compression.</summary>
    public long Bytes { get; init; }

    /// <summary>How far each partition has come, by number.</summary>
    public ImmutableArray<PartitionEnd> Partitions { get; init; } = [];

    /// <summary>What has become of the ticks of the last steps that had any, oldest first.</summary>
    public ImmutableArray<LoadStep> Load { get; init; } = [];

    /// <summary>When the first tick's production began.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>When something was delivered last.</summary>
    public DateTimeOffset? LastDelivery { get; init; }

    /// <summary>The last runs by their ticks' time, oldest first, those that failed among them.</summary>
    public ImmutableArray<TickSummary> Recent { get; init; } = [];

    /// <summary>The last run that failed, or null where none did. One that was told to stop is only here where none failed otherwise.</summary>
    public FailedRun? LastFailure { get; init; }

    /// <summary>The same where it is not over yet, and no stop.</summary>
    public FailedRun? Ongoing => LastFailure is { IsCutShort: false, OverAt: null } failed && !(failed.Tick <= HighWater) ? failed : null;

    /// <summary>The instances that wrote last: so an instance whose write got no answer can tell whether it was made.</summary>
    public ImmutableArray<ProgressWriter> Writers { get; init; } = [];

    /// <summary>The last program that was found to write this progress from another place, or null where none was.</summary>
    public OtherWriter? OtherWriter { get; init; }

    /// <summary>Whether that is so still: it was found in the time of the runs that are kept.</summary>
    public bool HasTwoWriters => OtherWriter is { } other && Recent.Any(run => run.StartedAt <= other.SeenAt);

    /// <summary>The state after a tick was run.</summary>
    public ProgressState With(TickReport report) => With(report, Open);

    /// <summary>The state with a tick opened; the same where this tick or a later one was begun already.</summary>
    public ProgressState Opening(OpenTick tick) => tick.Tick <= Begun || Open.Length >= MostOpen ? this : Reaching(tick.Tick, Open.Add(tick with { Before = Begun })) with
    {
        Since = Earlier(Since, tick.OpenedAt),
    };

    /// <summary>The state in which an open tick's chunks are queued at a time; the same where another instance has changed that since it was read.</summary>
    /// <param name="tick">The tick as it was read.</param>
    /// <param name="at">When, or null where they could not be queued.</param>
    public ProgressState Queueing(OpenTick tick, DateTimeOffset? at) => Open.Contains(tick) ? this with { Open = Open.Replace(tick, tick with { QueuedAt = at }) } : this;

    /// <summary>The state after a chunk was not delivered whole. What has become of its tick is not known yet.</summary>
    public ProgressState WithFailedChunk(TickReport report) => this with
    {
        Delivered = Delivered + report.Delivered,
        FailedSends = FailedSends + report.Failed,
        Bytes = Bytes + report.Bytes,
        Load = With([LoadStep.Of(report) with { Asked = 0 }]),
        LastDelivery = report.Delivered > 0 ? Later(LastDelivery, report.StartedAt + report.Duration) : LastDelivery,
        LastFailure = Later(LastFailure, FailedRun.Of(report)),
    };

    /// <summary>The state after all chunks of an open tick were delivered; the same where it is not open any more.</summary>
    /// <param name="report">The tick's report.</param>
    /// <param name="opening">Which opening of it.</param>
    /// <param name="instances">Who has made the chunks.</param>
    public ProgressState Closing(TickReport report, string opening, IEnumerable<SeenInstance> instances) =>
        Open.FirstOrDefault(tick => tick.Opening == opening) is not { } closed ? this : With(report, Open.Remove(closed)) with
        {
            Instances =
            [
                .. Instances.Concat(instances).GroupBy(instance => instance.Name, (_, seen) => seen.MaxBy(instance => instance.SeenAt)!)
                    .OrderBy(instance => instance.SeenAt).ThenBy(instance => instance.Name, StringComparer.Ordinal).TakeLast(KnownInstances),
            ],
        };

    /// <summary>All up to a tick are delivered, skipped or still open: the mark is before the first that is open.</summary>
    private ProgressState Reaching(Tick? newest, ImmutableArray<OpenTick> open) => this with
    {
        Open = open,
        Newest = open.IsEmpty ? null : newest,
        HighWater = Later(HighWater, open.IsEmpty ? newest : open[0].Before),
    };

    private ProgressState With(TickReport report, ImmutableArray<OpenTick> open) => (Reaching(report.IsDelivered ? Later(Begun, report.Tick) : Begun, open) with
    {
        Ticks = Ticks + (report.IsDelivered ? 1 : 0),
        Delivered = Delivered + report.Delivered,
        FailedSends = FailedSends + report.Failed,
        Bytes = Bytes + report.Bytes,
        Load = With([LoadStep.Of(report)]),
        Partitions = With(report.Partitions.Select(partition => new PartitionEnd(partition.Partition, partition.Last))),
        Since = Earlier(Since, report.StartedAt),
        LastDelivery = report.Delivered > 0 ? Later(LastDelivery, report.StartedAt + report.Duration) : LastDelivery,
        Recent = Last(Recent.Add(TickSummary.Of(report))),
        LastFailure = Later(LastFailure, FailedRun.Of(report)),
    }).WithTheEndOfTheFailure();

    /// <summary>The state where ticks up to one turn out to have been delivered by a run that could not write it down.</summary>
    /// <param name="last">The last of them.</param>
    /// <param name="ticks">How many they are.</param>
    /// <param name="shoes">How many shoes they have.</param>
    public ProgressState Recovering(Tick last, long ticks, long shoes) => Reaching(Later(Begun, last), Open) with
    {
        Ticks = Ticks + ticks,
        RecoveredTicks = RecoveredTicks + ticks,
        Delivered = Delivered + shoes,
    };

    /// <summary>The state where the tick that is under way fails so far.</summary>
    public ProgressState Failing(FailedRun underWay) => this with { LastFailure = Later(LastFailure, underWay) };

    /// <summary>The state where the brokers acknowledge again in the tick that is under way.</summary>
    public ProgressState Acknowledging(DateTimeOffset at) => Ongoing is { } failed ? this with { LastFailure = failed with { OverAt = at } } : this;

    /// <summary>The state in which a tick is the first that is pending.</summary>
    public ProgressState BeginningAt(Tick first) => this with { HighWater = HighWater ?? new Tick(first.UnixSeconds - 1) };

    /// <summary>The state after missed ticks were given up; the same where another instance was past them already.</summary>
    public ProgressState Skipping(SkippedRange missed) => Begun >= missed.Last ? this : Reaching(missed.Last, Open) with
    {
        SkippedTicks = SkippedTicks + missed.Ticks,
        SkippedShoes = SkippedShoes + missed.Shoes,
        Skipped = Last(Skipped.LastOrDefault() is { } last && last.Last == Begun ? Skipped.Replace(last, last.With(missed)) : Skipped.Add(missed)),
        GivenUp = GivenUp + FailedUpTo(missed.Last),
    };

    /// <summary>
    /// This state with what an instance did between two states of its own. What both know of is counted once; ticks
    /// that two instances gave up are counted by the one that was further. Where the instance began after ticks that
    /// are pending here, the mark stays, so that they are not missed: what it delivered is delivered once more.
    /// </summary>
    internal ProgressState Including(ProgressState from, ProgressState to)
    {
        var moves = !(Begun < from.Begun) && !(Begun >= to.Begun);
        return (Reaching(moves ? to.Begun ?? Begun : Begun, Open) with
        {
            Ticks = Ticks + to.Ticks - from.Ticks,
            RecoveredTicks = RecoveredTicks + to.RecoveredTicks - from.RecoveredTicks,
            Delivered = Delivered + to.Delivered - from.Delivered,
            FailedSends = FailedSends + to.FailedSends - from.FailedSends,
            GivenUp = GivenUp + (moves ? to.GivenUp - from.GivenUp : 0),
            SkippedTicks = SkippedTicks + (moves ? to.SkippedTicks - from.SkippedTicks : 0),
            SkippedShoes = SkippedShoes + (moves ? to.SkippedShoes - from.SkippedShoes : 0),
            Skipped = moves ? Last([.. Skipped, .. to.Skipped.Except(from.Skipped)]) : Skipped,
            Bytes = Bytes + to.Bytes - from.Bytes,
            Load = With(to.Load.Except(from.Load).Concat(from.Load.Where(step => to.Load.Any(newer => newer.Start == step.Start && newer != step)).Select(step => step with { Asked = -step.Asked, Delivered = -step.Delivered }))),
            Partitions = With(to.Partitions.Except(from.Partitions)),
            Since = Earlier(Since, to.Since),
            LastDelivery = Later(LastDelivery, to.LastDelivery),
            Recent = Last(Recent.AddRange(to.Recent.Except(from.Recent))),
            LastFailure = Later(LastFailure, to.LastFailure),
        }).WithTheEndOfTheFailure();
    }

    /// <summary>The state as an instance's so-manieth write.</summary>
    internal ProgressState WrittenBy(ProgressWriter writer) => this with
    {
        Writers = [.. Writers.Where(known => known.Name != writer.Name).TakeLast(KnownWriters - 1), writer],
    };

    /// <summary>The newest counts, even where it is less: a topic can be made anew.</summary>
    private ImmutableArray<PartitionEnd> With(IEnumerable<PartitionEnd> newest) =>
        [.. newest.Concat(Partitions).DistinctBy(end => end.Partition).OrderBy(end => end.Partition).Take(KnownPartitions)];

    /// <summary>What is added to steps that are known counts with them.</summary>
    private ImmutableArray<LoadStep> With(IEnumerable<LoadStep> more) =>
    [
        .. Load.Concat(more).GroupBy(step => step.Start, (start, steps) => steps.Aggregate((one, other) => new LoadStep(start, one.Asked + other.Asked, one.Delivered + other.Delivered)))
            .OrderBy(step => step.Start).TakeLast(KnownSteps),
    ];

    private static ImmutableArray<TickSummary> Last(ImmutableArray<TickSummary> runs) =>
        [.. runs.OrderBy(run => run.Tick).ThenBy(run => run.StartedAt).TakeLast(RecentTicks)];

    /// <summary>Of a range that has grown, the longest.</summary>
    private static ImmutableArray<SkippedRange> Last(ImmutableArray<SkippedRange> ranges) =>
        [.. ranges.GroupBy(range => range.First, (_, grown) => grown.MaxBy(range => range.Last)!).OrderBy(range => range.First).TakeLast(KnownRanges)];

    private static Tick? Later(Tick? one, Tick? other) => one is null || other > one ? other ?? one : one;

    private static DateTimeOffset? Earlier(DateTimeOffset? one, DateTimeOffset? other) => one is null || other < one ? other ?? one : one;

    private static DateTimeOffset? Later(DateTimeOffset? one, DateTimeOffset? other) => one is null || other > one ? other ?? one : one;

    /// <summary>The shoes that failed in the last runs of pending ticks.</summary>
    private long FailedUpTo(Tick? last) => Recent
        .Where(run => !(run.Tick <= HighWater) && !(run.Tick > last))
        .GroupBy(run => run.Tick, run => (long)run.Shoes - run.Delivered)
        .Sum(runs => runs.Last());

    /// <summary>A failure is over with the end of the first run after it, of its tick or a later one, that was delivered whole.</summary>
    private ProgressState WithTheEndOfTheFailure() => LastFailure is { } failed
        && Recent.Where(run => run.Tick >= failed.Tick && run.Delivered > 0 && run.Delivered == run.Shoes && run.EndedAt >= failed.At).Select(run => (DateTimeOffset?)run.EndedAt).Min() is { } end
            ? this with { LastFailure = failed with { OverAt = Earlier(failed.OverAt, end) } } : this;

    /// <summary>That somebody stopped the program never hides why a tick had failed before.</summary>
    private static FailedRun? Later(FailedRun? one, FailedRun? other)
    {
        if (one is null || other is null)
            return one ?? other;
        if (one.IsCutShort != other.IsCutShort)
            return one.IsCutShort ? other : one;
        if (one with { OverAt = null } == other with { OverAt = null })
            return one with { OverAt = Earlier(one.OverAt, other.OverAt) };
        return other.At > one.At ? other : one;
    }
}
