using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using ShoeFunctions.Engine.Failures;
using ShoeFunctions.Engine.Kafka;
using ShoeFunctions.Engine.Progress;
using ShoeFunctions.Engine.Ticks;

namespace ShoeFunctions.Engine.Running;

/// <summary>
/// The timer's part in large ticks: it writes them down as open, puts their chunks into the queue, and sees to those that
/// stay away.
/// </summary>
public sealed partial class FanOut(
    TickOptions options, KafkaOptions kafka, ChunkTimes times, IProgressStore progress, IQueuedChunks queue, IChunkRows rows, ChunkBook book, TimeProvider time, ILogger<FanOut> logger)
{
    /// <summary>How often what is left over of old ticks is swept away, and how old it is then at least.</summary>
    private static readonly TimeSpan SweepInterval = TimeSpan.FromHours(1), LeastAge = TimeSpan.FromDays(1);

    private readonly string _cluster = ClusterName.Of(kafka.BootstrapServers);
    private long? _sweptAt;
    private bool _saidFull;
    private Failure? _saidUntended;

    /// <summary>Opens a tick and queues its chunks.</summary>
    /// <returns>Whether it is open now, by this or another instance; false where too many are, so that it must wait.</returns>
    /// <exception cref="FailureException">It could not be written down, so nothing was queued; or it is open and not all of its chunks are queued, which the next run does.</exception>
    public async Task<bool> OpenAsync(Tick tick, int shoes, CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        var opened = new OpenTick(tick, shoes, options.ChunkShoes, options.Seed, OpenTick.NewOpening(), now, now);
        var state = await progress.CommitAsync(state => state.Open.Length < options.OpenLimit ? state.Opening(opened) : state, cancellation);
        if (state.Open.FirstOrDefault(open => open.Opening == opened.Opening) is { } ours)
        {
            await QueueAsync(ours, ours.Chunks, cancellation);
            Log.Opened(logger, tick, Quantity.Of(shoes, "shoe"), Quantity.Of(ours.ChunkCount, "chunk"));
            _saidFull = false;
            return true;
        }

        if (state.Begun >= tick)
            return true;

        if (!_saidFull)
            Log.Full(logger, tick, Quantity.Of(state.Open.Length, "tick"), state.Open[0].Tick);
        _saidFull = true;
        return false;
    }

    /// <summary>
    /// Closes open ticks of which nobody noticed that they are done, and queues chunks again that stay away. Where that cannot be
    /// done, it is said, and the next run tries it again.
    /// </summary>
    public async Task TendAsync(ImmutableArray<OpenTick> open, CancellationToken cancellation)
    {
        try
        {
            foreach (var tick in open.Where(IsOverdue))
            {
                cancellation.ThrowIfCancellationRequested();
                await TendAsync(tick, cancellation);
            }

            if (options.FanOutAbove > 0 && (_sweptAt is not { } last || time.GetElapsedTime(last) >= SweepInterval))
                await SweepAsync(open.FirstOrDefault()?.Tick, cancellation);
            _saidUntended = null;
        }
        catch (FailureException met)
        {
            if (_saidUntended != met.Failure)
                Log.Untended(logger, met.Failure.Kind, met.Failure.Code, met.Failure.Advice);
            _saidUntended = met.Failure;
        }
    }

    private bool IsOverdue(OpenTick tick) => tick.QueuedAt is not { } at || time.GetUtcNow() - at >= times.Overdue(tick.Tick);

    private async Task TendAsync(OpenTick tick, CancellationToken cancellation)
    {
        var done = (await rows.ListAsync(tick, cancellation)).Select(row => row.First).ToHashSet();
        if (done.Count == tick.ChunkCount)
        {
            await book.CloseIfDoneAsync(tick, cancellation);
            return;
        }

        // What waits in the queue has its turn: twice in it, it would only make the queue longer.
        if (tick.QueuedAt is not null && await queue.IsWaitingAsync(cancellation))
            return;

        var now = time.GetUtcNow();
        var state = await progress.CommitAsync(state => state.Queueing(tick, now), cancellation);
        if (state.Open.FirstOrDefault(open => open.Opening == tick.Opening) is not { } ours || ours.QueuedAt != now)
            return;

        var missing = tick.Chunks.Where(chunk => !done.Contains(chunk.First)).ToArray();
        Log.QueuedAgain(logger, tick.Tick, Quantity.Of(missing.Length, "chunk"), tick.ChunkCount);
        await QueueAsync(ours, missing, cancellation);
    }

    private async Task QueueAsync(OpenTick tick, IEnumerable<Chunk> chunks, CancellationToken cancellation)
    {
        try
        {
            await queue.SendAsync([.. chunks.Select(chunk => ChunkMessage.For(tick, chunk, kafka.Topic, _cluster))], cancellation);
        }
        catch (Exception cut) when (cut is FailureException or OperationCanceledException)
        {
            // The next run queues those without a row, at once. Where even that cannot be written down, it is done when they are overdue.
            var failed = cut is FailureException { Failure: { } failure } ? new FailedRun(tick.Tick, time.GetUtcNow(), failure) : null;
            await progress.CommitAsync(state => state.Queueing(tick, null) is var unqueued && failed is not null ? unqueued.Failing(failed) : unqueued, CancellationToken.None);
            throw;
        }
    }

    private async Task SweepAsync(Tick? firstOpen, CancellationToken cancellation)
    {
        _sweptAt = time.GetTimestamp();
        var before = Tick.At(time.GetUtcNow() - LeastAge);
        await rows.SweepAsync(firstOpen < before ? firstOpen.Value : before, cancellation);
    }

    private static partial class Log
    {
        [LoggerMessage(110, LogLevel.Information, "tick {Tick}  {Shoes} in {Chunks} on the queue")]
        public static partial void Opened(ILogger logger, Tick tick, string shoes, string chunks);

        [LoggerMessage(111, LogLevel.Warning, "tick {Tick} waits: as many are open already as may be, {Open}, the oldest {Oldest}. See whether the instances that make chunks are too few, or fail")]
        public static partial void Full(ILogger logger, Tick tick, string open, Tick oldest);

        [LoggerMessage(113, LogLevel.Warning, "open ticks cannot be looked after: {Kind} ({Code}): {Advice}")]
        public static partial void Untended(ILogger logger, FailureKind kind, string code, string advice);

        [LoggerMessage(112, LogLevel.Warning, "tick {Tick}: {Missing} of {Chunks} stayed away and are queued again")]
        public static partial void QueuedAgain(ILogger logger, Tick tick, string missing, int chunks);
    }
}
