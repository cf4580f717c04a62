using System.Collections.Immutable;
using ShoeFunctions.Engine.Configuration;
using ShoeFunctions.Engine.Failures;
using ShoeFunctions.Engine.Progress;
using ShoeFunctions.Engine.Running;
using ShoeFunctions.Engine.Setup;
using ShoeFunctions.Engine.Shoes;
using ShoeFunctions.Engine.Ticks;

namespace ShoeFunctions.Engine.Statistics;

/// <summary>What <c>/api/stats</c> answers: read from the progress store, so the same whichever instance is asked.</summary>
/// <param name="Topic">The topic.</param>
/// <param name="State">How production goes.</param>
/// <param name="AsOf">When this was answered.</param>
/// <param name="NextTick">The first tick after that which is not written down yet, or null where there is none.</param>
/// <param name="Since">When the first tick's production began, or null before it.</param>
/// <param name="LastDelivery">When something was delivered last.</param>
/// <param name="HighWater">The time up to which no tick is pending.</param>
/// <param name="PendingTicks">Ticks that are due and not yet written down, counted up to 10,000.</param>
/// <param name="BehindSeconds">For how long the first of them has been due; 0 where none is.</param>
/// <param name="Totals">Since the beginning.</param>
/// <param name="Rate">How fast shoes were delivered.</param>
/// <param name="Latency">The last delivered tick's, from the start of a send to its acknowledgement.</param>
/// <param name="LastFailure">The last run that failed, or null where none did.</param>
/// <param name="LastTicks">The last runs, newest first.</param>
/// <param name="Sample">Some shoes of the last tick that was delivered whole and had any.</param>
/// <param name="OtherWriter">A program in another place that writes the same progress, where one was seen in the time of the last runs.</param>
/// <param name="Target">Where the shoes go, and how.</param>
/// <param name="OpenTicks">The large ticks whose chunks are being made, oldest first.</param>
/// <param name="Instances">The instances that have made chunks in the last minute, the last one first.</param>
/// <param name="Partitions">How far each partition has come by what was acknowledged, the first 1,000 of them.</param>
/// <param name="Skipped">The last ranges of skipped ticks, newest first, each with the command that brings them back.</param>
/// <param name="Load">What was asked for and delivered in the last hours.</param>
/// <param name="Faults">What is wrong with shoes on purpose, and how these are counted; null where nothing is.</param>
public sealed record StatsAnswer(
    string Topic, ProductionState State, DateTimeOffset AsOf, DateTimeOffset? NextTick, DateTimeOffset? Since, DateTimeOffset? LastDelivery, DateTimeOffset? HighWater,
    int PendingTicks, double BehindSeconds, StatsAnswer.TotalCounts Totals, StatsAnswer.DeliveryRate Rate, StatsAnswer.DeliveryLatency? Latency, StatsAnswer.FailedTick? LastFailure,
    ImmutableArray<StatsAnswer.RecentTick> LastTicks, StatsAnswer.TickSample? Sample, OtherWriter? OtherWriter, ImmutableArray<StatsAnswer.SkippedTicks> Skipped,
    ImmutableArray<PartitionEnd> Partitions, ImmutableArray<StatsAnswer.OpenedTick> OpenTicks, ImmutableArray<SeenInstance> Instances, LoadHistory Load, StatsAnswer.DeliveryTarget Target,
    string? Faults)
{
    /// <summary>So many pending ticks are in order: the next run makes up for them.</summary>
    internal const int MostPendingInOrder = 3;

    private const int MostPending = 10_000;
    private const int UsualDurations = 3;
    /// <summary>Of a run's duration.</summary>
    private static readonly TimeSpan Rounding = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan LeastLateness = TimeSpan.FromSeconds(5);
    private const int MostSampled = 10;

    /// <summary>Counts since the beginning.</summary>
    /// <param name="Ticks">Ticks delivered whole.</param>
    /// <param name="Delivered">Shoes that the brokers acknowledged.</param>
    /// <param name="Failed">Shoes that ended as not delivered; those of a tick that is pending may yet be delivered, and then no longer count.</param>
    /// <param name="FailedSends">Attempts that failed: a shoe counts at every one.</param>
    /// <param name="SkippedTicks">Missed ticks that were too many to be made up for.</param>
    /// <param name="Bytes">The delivered records' values, before compression.</param>
    /// <param name="Asked">
    /// Shoes that were asked for: those that were delivered, those that are pending, and those of skipped ticks. Of a tick that was delivered, one that is
    /// left out on purpose was not asked for, and one that is repeated twice.
    /// </param>
    /// <param name="RecoveredTicks">Ticks among them that were found to be committed by transactions of runs that could not write that down; their bytes are not counted.</param>
    public sealed record TotalCounts(long Ticks, long Delivered, long Failed, long FailedSends, long SkippedTicks, long Bytes, long Asked, long RecoveredTicks);

    /// <summary>
    /// Delivered shoes a second, over the last minute and since the beginning, and how many were to be: those of the tick that
    /// was due last, over the time to the next. And bytes a second over the last minute, before compression, at the mean size
    /// of all shoes so far.
    /// </summary>
    public sealed record DeliveryRate(double LastMinutePerSecond, double OverallPerSecond, double TargetPerSecond, double BytesPerSecond);

    /// <summary>Where the shoes go, and how.</summary>
    /// <param name="BootstrapServers">The brokers, as they are set.</param>
    /// <param name="Compression">How batches are compressed.</param>
    /// <param name="Commit">The commit that the program was built from.</param>
    /// <param name="Settings">All that hold, secrets masked.</param>
    public sealed record DeliveryTarget(string BootstrapServers, string Compression, string Commit, ImmutableArray<SettingInForce> Settings);

    /// <summary>A large tick whose chunks are being made.</summary>
    /// <param name="Tick">The tick.</param>
    /// <param name="Shoes">How many shoes it has.</param>
    /// <param name="Chunks">In how many chunks.</param>
    /// <param name="ChunksDone">How many of them are delivered; null where that was not looked for, because many ticks are open.</param>
    /// <param name="OpenedAt">When it was opened.</param>
    /// <param name="QueuedAt">When chunks of it were queued last, or null where they could not be.</param>
    public sealed record OpenedTick(DateTimeOffset Tick, int Shoes, int Chunks, int? ChunksDone, DateTimeOffset OpenedAt, DateTimeOffset? QueuedAt);

    /// <summary>Ticks that were missed and too many to be made up for: from the first to the last, both of them included.</summary>
    /// <param name="From">The first.</param>
    /// <param name="To">The last.</param>
    /// <param name="Ticks">How many.</param>
    /// <param name="Shoes">How many shoes they hold.</param>
    /// <param name="At">When the last was given up.</param>
    /// <param name="Replay">The command that produces them after all.</param>
    public sealed record SkippedTicks(DateTimeOffset From, DateTimeOffset To, long Ticks, long Shoes, DateTimeOffset At, string Replay);

    /// <summary>Delivery latency in milliseconds.</summary>
    public sealed record DeliveryLatency(double P50Ms, double P99Ms, double MaxMs);

    /// <summary>A run that failed: of which tick, and why.</summary>
    /// <param name="Tick">The tick.</param>
    /// <param name="At">When the run ended, or the failure was seen while it was under way.</param>
    /// <param name="Failure">Why.</param>
    /// <param name="OverAt">When the brokers acknowledged again, or null where they have not yet.</param>
    /// <param name="IsUnderWay">Whether the run has not ended yet, so that the tick may still be delivered.</param>
    public sealed record FailedTick(DateTimeOffset Tick, DateTimeOffset At, Failure Failure, DateTimeOffset? OverAt = null, bool IsUnderWay = false)
    {
        internal static FailedTick Of(FailedRun failed, ProgressState state) => new(
            failed.Tick.Time, failed.At, failed.Failure, failed.OverAt, state.Ongoing == failed && !state.Recent.Any(run => run.Tick == failed.Tick && run.EndedAt >= failed.At - Rounding));
    }

    /// <summary>One run of one tick; the rate is what it delivered, spread over the time up to the schedule's next tick.</summary>
    public sealed record RecentTick(
        DateTimeOffset Tick, int Shoes, int Delivered, int Failed, double DurationMs, double P50Ms, double P99Ms, double PerSecond);

    /// <summary>The first shoes of a tick, and of how many. They are not read from anywhere: which they are follows from the tick and the seed.</summary>
    public sealed record TickSample(DateTimeOffset Tick, int Of, ImmutableArray<SampledShoe> Shoes);

    /// <summary>A shoe, in the terms of the public schema.</summary>
    public sealed record SampledShoe(long Id, string Brand, string Name, double SalePrice, double Rating);

    /// <summary>The answer for a state of progress at a time.</summary>
    /// <param name="state">The state.</param>
    /// <param name="settings">The settings.</param>
    /// <param name="inForce">The same, as they may be shown.</param>
    /// <param name="now">The time.</param>
    /// <param name="chunks">The chunks that are done of the first open ticks, a list a tick.</param>
    public static StatsAnswer Of(
        ProgressState state, ShoeSettings settings, ImmutableArray<SettingInForce> inForce, DateTimeOffset now, IReadOnlyList<IReadOnlyList<ChunkMark>>? chunks = null)
    {
        chunks ??= [];
        var schedule = settings.Ticks.Schedule;
        var ahead = ProgressFailures.Ahead(state, schedule, now);
        var pending = DueBatches(state, schedule, now).Take(MostPending).ToArray();
        var lastMinute = PerSecond(state, schedule, now, DeliveredInLastMinute(state, chunks, now), TimeSpan.FromMinutes(1));
        return new(
            settings.Kafka.Topic,
            ahead is null ? StateOf(state, schedule, settings.Kafka.Timeout, now) : ProductionState.Failing,
            now,
            (state.Begun is { } mark && mark > Tick.At(now) ? schedule.Next(mark) : schedule.Next(now))?.Time,
            state.Since,
            state.LastDelivery,
            state.HighWater?.Time,
            pending.Length,
            Math.Round(Behind(state, schedule, now).TotalSeconds, 3),
            new TotalCounts(state.Ticks, state.Delivered, state.Failed, state.FailedSends, state.SkippedTicks, state.Bytes,
                Asked: state.Delivered + state.SkippedShoes + pending.Sum(batch => batch.Shoes), state.RecoveredTicks),
            new DeliveryRate(
                lastMinute, PerSecond(state, schedule, now, state.Delivered, TimeSpan.MaxValue), TargetRate(settings.Ticks, now),
                state.Delivered == 0 ? 0 : Math.Round(lastMinute * state.Bytes / state.Delivered, 1)),
            state.Recent.LastOrDefault(tick => tick.Delivered > 0) is { } last ? new DeliveryLatency(last.LatencyP50Ms, last.LatencyP99Ms, last.LatencyMaxMs) : null,
            ahead is not null ? new FailedTick(state.HighWater!.Value.Time, now, ahead) : state.LastFailure is { } failed ? FailedTick.Of(failed, state) : null,
            [.. state.Recent.Reverse().Select(tick => new RecentTick(
                tick.Tick.Time, tick.Shoes, tick.Delivered, tick.Shoes - tick.Delivered, tick.DurationMs, tick.LatencyP50Ms, tick.LatencyP99Ms, PerSecond(tick, schedule)))],
            SampleOf(state, settings.Ticks),
            state.HasTwoWriters ? state.OtherWriter : null,
            [.. state.Skipped.Reverse().Select(range => new SkippedTicks(range.First.Time, range.Last.Time, range.Ticks, range.Shoes, range.At, range.Replay))],
            state.Partitions,
            [.. state.Open.Select((open, index) => new OpenedTick(
                open.Tick.Time, open.Shoes, open.ChunkCount, index < chunks.Count ? chunks[index].Count : null, open.OpenedAt, open.QueuedAt))],
            [.. state.Instances.Concat(chunks.SelectMany(tick => tick).Select(chunk => new SeenInstance(chunk.Instance, chunk.EndedAt)))
                .GroupBy(instance => instance.Name, (_, seen) => seen.MaxBy(instance => instance.SeenAt)!)
                .Where(instance => instance.SeenAt > now - TimeSpan.FromMinutes(1)).OrderByDescending(instance => instance.SeenAt)],
            LoadHistory.Of(state, schedule, pending, Tick.At(now)),
            new DeliveryTarget(settings.Kafka.BootstrapServers, $"{settings.Kafka.Compression}".ToLowerInvariant(), Build.Commit, inForce),
            settings.Ticks.Faults.InWords);
    }

    private static ProductionState StateOf(ProgressState state, TickSchedule schedule, TimeSpan longestTick, DateTimeOffset now)
    {
        if (state.Recent.LastOrDefault() is not { } last)
            return state.Ongoing is null ? ProductionState.Waiting : ProductionState.Failing;

        // A run is only written down when it has ended, or fails: until then, what has become due meanwhile tells nothing.
        var ended = Tick.At(state.Recent.Select(run => run.EndedAt).Append(state.Ongoing?.At ?? DateTimeOffset.MinValue).Max());
        return Unbegun(ended > state.Begun ? ended : state.Begun, schedule, now - longestTick).Skip(MostPendingInOrder).Any() ? ProductionState.Stalled
            : state.Ongoing is not null ? ProductionState.Failing
            : last.Delivered < last.Shoes ? IsStopped(state, last) ? ProductionState.Stopped : ProductionState.Failing
            : IsLate(state, schedule, now) || Unbegun(state.Begun, schedule, now).Skip(MostPendingInOrder).Any() ? ProductionState.Behind
            : ProductionState.Delivering;
    }

    /// <summary>Whether a run that delivered less than its tick was told to stop: where it failed otherwise, that is the last failure.</summary>
    private static bool IsStopped(ProgressState state, TickSummary last) =>
        state.LastFailure is { } failed && (failed.IsCutShort || (failed.OverAt is not null && failed.At < last.EndedAt));

    /// <summary>For how long the first pending tick has been due.</summary>
    internal static TimeSpan Behind(ProgressState state, TickSchedule schedule, DateTimeOffset now) =>
        Due(state, schedule, now).Cast<Tick?>().FirstOrDefault() is { } first ? now - first.Time : TimeSpan.Zero;

    /// <summary>Whether that is longer than a tick takes here, several times over: something holds it up.</summary>
    internal static bool IsLate(ProgressState state, TickSchedule schedule, DateTimeOffset now)
    {
        var usual = TimeSpan.FromMilliseconds(state.Recent.Where(run => run.Delivered == run.Shoes).Select(run => run.DurationMs).DefaultIfEmpty().Max());
        return Behind(state, schedule, now) > (usual * UsualDurations > LeastLateness ? usual * UsualDurations : LeastLateness);
    }

    /// <summary>The ticks that are pending at a time, in order.</summary>
    private static IEnumerable<Tick> Due(ProgressState state, TickSchedule schedule, DateTimeOffset at) => DueBatches(state, schedule, at).Select(batch => batch.Tick);

    private static IEnumerable<(Tick Tick, long Shoes)> DueBatches(ProgressState state, TickSchedule schedule, DateTimeOffset at) =>
        state.Open.Select(open => (open.Tick, (long)open.Shoes)).Concat(Unbegun(state.Begun, schedule, at));

    /// <summary>The ticks that are due at a time and after another.</summary>
    internal static IEnumerable<(Tick Tick, long Shoes)> Unbegun(Tick? after, TickSchedule schedule, DateTimeOffset at) =>
        after is { } mark && schedule.Latest(at) is { } current ? schedule.BatchesBetween(mark, current) : [];

    private static double TargetRate(TickOptions ticks, DateTimeOffset now)
    {
        var schedule = ticks.Schedule;
        if ((schedule.Latest(now) ?? schedule.Next(now)) is not { } tick || schedule.Next(tick) is not { } next)
            return 0;
        var shoes = schedule.ShoesIn(tick);
        return Math.Round((shoes > Tick.MaxShoes ? shoes : ticks.PlanFaults().RecordsOf(new Chunk(tick, 0, (int)shoes))) / (double)(next.UnixSeconds - tick.UnixSeconds), 3);
    }

    private static long DeliveredInLastMinute(ProgressState state, IEnumerable<IReadOnlyList<ChunkMark>> chunks, DateTimeOffset now)
    {
        var from = now - TimeSpan.FromMinutes(1);
        return state.Recent.Sum(run => (long)Math.Round(run.Delivered * ShareAfter(from, run)))
            + chunks.Sum(tick => tick.Where(chunk => chunk.EndedAt > from).Sum(chunk => (long)chunk.Count));
    }

    /// <summary>How much of a run was after a time: one in chunks may last for minutes.</summary>
    private static double ShareAfter(DateTimeOffset from, TickSummary run) =>
        run.StartedAt > from ? 1 : run.EndedAt <= from ? 0 : (run.EndedAt - from) / (run.EndedAt - run.StartedAt);

    /// <summary>Over the window, or the time since the beginning, which counts as no shorter than from one tick to the next.</summary>
    private static double PerSecond(ProgressState state, TickSchedule schedule, DateTimeOffset now, long shoes, TimeSpan window)
    {
        if (state.Since is not { } since)
            return 0;

        var period = schedule.Latest(since) is { } first && schedule.Next(since) is { } second ? second.UnixSeconds - first.UnixSeconds : 1;
        var seconds = Math.Min(Math.Max((now - since).TotalSeconds, period), window.TotalSeconds);
        return Math.Round(shoes / seconds, 3);
    }

    private static double PerSecond(TickSummary run, TickSchedule schedule) =>
        schedule.StepAfter(run.Tick).TotalSeconds is > 0 and var seconds ? Math.Round(run.Delivered / seconds, 3) : 0;

    /// <summary>Shoes whose values are what they should be: of one that is left out or damaged on purpose the topic has nothing to show.</summary>
    private static TickSample? SampleOf(ProgressState state, TickOptions ticks)
    {
        if (state.Recent.LastOrDefault(run => run.Shoes > 0 && run.Delivered == run.Shoes) is not { } last)
            return null;

        var (generator, faults) = (new ShoeGenerator(ticks.Seed), ticks.PlanFaults());
        var shoes = faults.IsEmpty ? last.Shoes : (int)Math.Min(ticks.Schedule.ShoesIn(last.Tick), Tick.MaxShoes);
        return new TickSample(last.Tick.Time, last.Shoes, [.. Enumerable.Range(0, shoes)
            .Where(index => faults.IsEmpty || faults.Of(last.Tick, index, shoes - 1) is { IsMissing: false, Corruption: null, Outlier: null })
            .Take(MostSampled).Select(index => generator.Shoe(last.Tick, index))
            .Select(shoe => new SampledShoe(shoe.Id, shoe.Model.Brand, shoe.Model.Name, shoe.SalePrice, shoe.Rating))]);
    }
}
