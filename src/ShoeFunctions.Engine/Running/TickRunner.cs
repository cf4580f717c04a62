using Microsoft.Extensions.Logging;
using ShoeFunctions.Engine.Delivery;
using ShoeFunctions.Engine.Failures;
using ShoeFunctions.Engine.Kafka;
using ShoeFunctions.Engine.Progress;
using ShoeFunctions.Engine.Telemetry;
using ShoeFunctions.Engine.Ticks;

namespace ShoeFunctions.Engine.Running;

/// <summary>What a timer starts: produces the ticks that are due and writes each down.</summary>
public sealed partial class TickRunner(
    TickOptions options, ShoeProducer producer, TickProducer ticks, OutageWatch outage, KafkaOptions kafka, IProgressStore progress, ClusterWatch cluster, TickGate gate, TimeProvider time,
    Instrumentation instrumentation, CommittedTicks committed, StandBy standBy, ILogger<TickRunner> logger, FanOut? fanOut = null)
{
    private Tick? _newestDue;
    private Failure? _lastFailure;
    private Tick? _saidAhead;

    /// <summary>
    /// Produces, in order, every tick after the last one written down, up to now; the first run ever begins with the
    /// current tick. It ends with the first tick that is not delivered whole, and where making up for missed ticks takes
    /// longer than one tick or a run may: the next run goes on from there.
    /// </summary>
    /// <param name="cancellation">Stops at once; what is under way has a few seconds left to be acknowledged.</param>
    /// <param name="most">How many ticks to run at most.</param>
    /// <param name="ended">Hears of each tick as it ends.</param>
    /// <returns>A report a tick that was run here, in order; empty where none is due, or those that are were opened for others.</returns>
    /// <exception cref="FailureException">What was written down cannot be understood, or is ahead of the clock.</exception>
    public Task<IReadOnlyList<TickReport>> RunDueAsync(CancellationToken cancellation, int most = int.MaxValue, Action<TickReport>? ended = null)
    {
        // Whoever limits a run counts from when it was asked for, waiting included.
        var asked = time.GetTimestamp();
        return gate.RunAsync(stop => RunAloneAsync(asked, most, ended, stop), cancellation);
    }

    private async Task<IReadOnlyList<TickReport>> RunAloneAsync(long asked, int most, Action<TickReport>? ended, CancellationToken cancellation)
    {
        var reports = new List<TickReport>();
        var started = time.GetTimestamp();
        try
        {
            if (!await committed.BeginRunAsync(cancellation))
                return reports;
        }
        catch (FailureException unknown)
        {
            // Which tick was last is not known, so none may be produced.
            if (options.Schedule.Latest(time.GetUtcNow()) is not { } due)
                return reports;
            reports.Add(Say(FailedReport(due, unknown.Failure), isCatchUp: false));
            ended?.Invoke(reports[0]);
            await progress.UpdateAsync(state => state.With(reports[0]), CancellationToken.None);
            return reports;
        }

        var pending = new Queue<Tick>(await DueAsync(cancellation));
        var current = pending.LastOrDefault();
        try
        {
            SayPending(pending);
            while (reports.Count < most && pending.TryPeek(out var tick))
            {
                // Making up for missed ticks takes no longer than one tick may; the next run goes on with it.
                if (cancellation.IsCancellationRequested || (reports.Count > 0 && time.GetElapsedTime(started) >= Deadline(reports[0].Tick)))
                    break;

                // Nor is one begun that could not end within the run.
                var left = options.LongestRun - time.GetElapsedTime(asked);
                if (left <= TimeSpan.Zero || (reports.Count > 0 && left < kafka.Timeout))
                    break;

                if (fanOut is not null && options.Schedule.ShoesIn(tick) is var shoes && options.IsSplit(shoes))
                {
                    if (!await fanOut.OpenAsync(tick, (int)shoes, cancellation))
                        break;
                    pending.Dequeue();
                    continue;
                }

                var report = await RunAsync(tick, left, isCatchUp: tick < current, cancellation);
                reports.Add(report);
                ended?.Invoke(report);

                // What was delivered was delivered: it is written down even where the program was told to stop.
                var isElsewhere = await cluster.IsElsewhereAsync(report.ClusterId);
                await progress.UpdateAsync(state => isElsewhere ? Elsewhere(state, report) : state.With(report), CancellationToken.None);
                if (!report.IsDelivered)
                    break;

                instrumentation.Written();
                pending.Dequeue();
                if (isElsewhere)
                    pending = new Queue<Tick>(await DueAsync(cancellation));
            }
        }
        finally
        {
            SayPending(pending);
        }

        return reports;
    }

    /// <summary>A tick that was chosen by another cluster's mark: it leaves this one's where it is, so that none before it is missed.</summary>
    private static ProgressState Elsewhere(ProgressState state, TickReport report) =>
        state.HighWater is null ? state.With(report) : state.With(report) with { HighWater = state.HighWater, Newest = state.Newest };

    private void SayPending(Queue<Tick> pending) =>
        instrumentation.Pending(pending.Count, pending.TryPeek(out var oldest) ? time.GetUtcNow() - oldest.Time : TimeSpan.Zero);

    private async Task<IReadOnlyList<Tick>> DueAsync(CancellationToken cancellation)
    {
        if (options.Schedule.Latest(time.GetUtcNow()) is not { } current)
            return [];
        var state = await ReadProgressAsync(cancellation);
        if (state.HighWater is null)
            state = await progress.UpdateAsync(empty => empty.BeginningAt(current), cancellation);

        if (ProgressFailures.Ahead(state, options.Schedule, time.GetUtcNow()) is { } ahead)
        {
            SayAhead(state.HighWater, ahead);
            throw new FailureException(ahead);
        }

        _saidAhead = null;
        if (fanOut is not null)
            await fanOut.TendAsync(state.Open, cancellation);

        var due = new Queue<(Tick Tick, long Shoes)>(options.CatchUpLimit + 1);
        SkippedRange? skipped = null;
        long newlyDue = 0;
        var givenUpAt = time.GetUtcNow();
        foreach (var (tick, shoes) in options.Schedule.BatchesBetween(state.Begun!.Value, current))
        {
            cancellation.ThrowIfCancellationRequested();
            newlyDue += tick <= _newestDue ? 0 : 1;
            due.Enqueue((tick, shoes));
            if (due.Count <= options.CatchUpLimit + 1)
                continue;

            var oldest = due.Dequeue();
            var one = new SkippedRange(oldest.Tick, oldest.Tick, 1, oldest.Shoes, givenUpAt);
            skipped = skipped?.With(one) ?? one;
        }

        if (skipped is not null)
        {
            // Counted from the mark that was read: where another instance has moved it meanwhile, from there.
            var stored = await progress.UpdateAsync(now => now.Begun == state.Begun ? now.Skipping(skipped) : now, cancellation);
            if (stored.Begun < skipped.Last && stored.Begun > state.Begun)
                return await DueAsync(cancellation);

            Log.Skipped(logger, skipped.Ticks, skipped.First, skipped.Last, options.CatchUpLimit, skipped.Replay);
            instrumentation.Skipped(skipped.Ticks);
        }

        _newestDue = current;
        instrumentation.Due(newlyDue);
        return [.. due.Select(batch => batch.Tick)];
    }

    private void SayAhead(Tick? mark, Failure ahead)
    {
        // A mark in the future stays there for many runs.
        if (_saidAhead != mark)
            Log.Ahead(logger, ahead.Kind, ahead.Code, ahead.Advice);
        _saidAhead = mark;
    }

    /// <summary>Shoes are produced even where nothing is known of the progress so far: better twice than not at all.</summary>
    private async Task<ProgressState> ReadProgressAsync(CancellationToken cancellation)
    {
        try
        {
            return await progress.ReadAsync(cancellation);
        }
        catch (FailureException unreachable) when (unreachable.Failure.Kind != FailureKind.Invalid)
        {
            Log.NoProgress(logger, unreachable.Failure.Kind, unreachable.Failure.Code, unreachable.Message);
            return ProgressState.Empty;
        }
    }

    private async Task<TickReport> RunAsync(Tick tick, TimeSpan left, bool isCatchUp, CancellationToken cancellation)
    {
        var shoes = options.Schedule.ShoesIn(tick);
        var report = shoes <= Tick.MaxShoes
            ? await outage.WatchAsync(tick, () => ticks.ProduceAsync(tick, (int)shoes, Shorter(Deadline(tick), left), cancellation))
            : FailedReport(tick, new Failure(FailureSource.Settings, "count shoes", FailureKind.Invalid, "batch-too-large", false,
                $"The tick would hold {Quantity.Of(shoes)} shoes; a tick holds at most {Quantity.Of(Tick.MaxShoes)}: {options.ForSmallerTicks}."));
        if (kafka.Transactions is not null && report.Failure is { } failure && TransactionFailures.IsFenced(failure))
            standBy.Fenced();
        return Say(report, isCatchUp);
    }

    /// <summary>The report of a tick of which nothing was sent.</summary>
    private TickReport FailedReport(Tick tick, Failure failure)
    {
        var shoes = options.Schedule.ShoesIn(tick);
        return new TickReport
        {
            Tick = tick,
            Shoes = shoes > Tick.MaxShoes ? (int)Math.Min(shoes, int.MaxValue) : producer.RecordsOf(new Chunk(tick, 0, (int)shoes)),
            StartedAt = time.GetUtcNow(),
            Duration = TimeSpan.Zero,
            Failure = failure,
        };
    }

    private TickReport Say(TickReport report, bool isCatchUp)
    {
        report = report with { IsRepeated = report.Failure is { } now && now == _lastFailure };
        _lastFailure = report.Failure is { Kind: FailureKind.Cancelled } ? _lastFailure : report.Failure;
        TickLog.Say(logger, report, isCatchUp);
        return report;
    }

    /// <summary>A tick ends before the next one is due, or within the time that one delivery may take, whichever is longer.</summary>
    private TimeSpan Deadline(Tick tick)
    {
        var untilNext = options.Schedule.Next(tick) is { } next ? next.Time - time.GetUtcNow() : TimeSpan.Zero;
        return Longer(untilNext, kafka.Timeout);
    }

    private static TimeSpan Longer(TimeSpan one, TimeSpan other) => one > other ? one : other;

    private static TimeSpan Shorter(TimeSpan one, TimeSpan other) => one < other ? one : other;

    private static partial class Log
    {
        [LoggerMessage(103, LogLevel.Warning, "progress cannot be read, so this run begins with the current tick: {Kind} ({Code}): {Advice}")]
        public static partial void NoProgress(ILogger logger, FailureKind kind, string code, string advice);

        [LoggerMessage(104, LogLevel.Error, "no tick is produced: {Kind} ({Code}): {Advice}")]
        public static partial void Ahead(ILogger logger, FailureKind kind, string code, string advice);

        [LoggerMessage(102, LogLevel.Warning, "{Count} missed ticks from {First} to {Last} are skipped: at most {Limit} are made up for. To make them all the same: {Replay}")]
        public static partial void Skipped(ILogger logger, long count, Tick first, Tick last, int limit, string replay);
    }
}
