using Microsoft.Extensions.Logging;
using ShoeFunctions.Engine.Delivery;
using ShoeFunctions.Engine.Failures;
using ShoeFunctions.Engine.Kafka;
using ShoeFunctions.Engine.Progress;
using ShoeFunctions.Engine.Telemetry;
using ShoeFunctions.Engine.Ticks;

namespace ShoeFunctions.Engine.Running;

/// <summary>What a message of the queue starts: makes a chunk, delivers it and writes its row; the last one closes the tick.</summary>
public sealed partial class ChunkRunner(
    KafkaOptions kafka, ChunkTimes times, ShoeProducer producer, OutageWatch outage, IProgressStore progress, ChunkBook book, ClusterWatch cluster, TickGate gate,
    InstanceName instance, TimeProvider time, Instrumentation instrumentation, ILogger<ChunkRunner> logger)
{
    private Failure? _lastFailure;

    /// <summary>
    /// Runs a chunk. One whose row is there, or whose tick is closed, is done: nothing is sent then. Where it throws, the message
    /// is to be tried again.
    /// </summary>
    /// <param name="message">The message's text.</param>
    /// <param name="deliveries">How often the platform has tried it, this time included.</param>
    /// <param name="cancellation">Stops at once; what is under way has a few seconds left to be acknowledged.</param>
    /// <exception cref="FailureException">It was not delivered whole or not written down, or the message is no chunk of ours.</exception>
    /// <exception cref="OperationCanceledException">It was cut short.</exception>
    public async Task RunAsync(string message, long deliveries, CancellationToken cancellation)
    {
        try
        {
            await RunAsync(message, cancellation);
        }
        catch (FailureException last) when (deliveries >= ChunkTimes.MostDeliveries)
        {
            Log.Poisoned(logger, IQueuedChunks.PoisonName, deliveries, last.Message);
            throw;
        }
    }

    private async Task RunAsync(string message, CancellationToken cancellation)
    {
        var asked = ChunkMessage.Parse(message);
        if (asked.Topic != kafka.Topic || asked.Cluster != ClusterName.Of(kafka.BootstrapServers))
            throw new FailureException(OfAnotherApp(asked));
        await gate.RunAsync(stop => RunAloneAsync(asked, stop), cancellation);
    }

    private async Task<bool> RunAloneAsync(ChunkMessage message, CancellationToken cancellation)
    {
        if (await book.FindAsync(message, cancellation) is not { } tick)
            return false;

        var report = await outage.WatchAsync(tick.Tick, () => producer.ProduceAsync(message.Chunk, tick.Seed, times.Longest(tick.Tick), cancellation));
        if (!report.IsDelivered)
            await FailAsync(report);

        _lastFailure = null;
        Log.Delivered(logger, tick.Tick, report.Summary(), message.First);
        // What another cluster has got is none of this tick's.
        if (await cluster.IsElsewhereAsync(report.ClusterId))
            return false;

        var isNew = await book.WriteAsync(message.Chunk, tick, ChunkRow.Of(message.Chunk, report, instance.Name), CancellationToken.None);
        instrumentation.Chunk(isNew ? "delivered" : "repeated", time.GetUtcNow() - tick.OpenedAt);
        return true;
    }

    private async Task FailAsync(TickReport report)
    {
        report = report with { IsRepeated = report.Failure is { } now && now == _lastFailure };
        _lastFailure = report.Failure is { Kind: FailureKind.Cancelled } ? _lastFailure : report.Failure;
        instrumentation.Chunk("failed", null);
        await progress.UpdateAsync(state => state.WithFailedChunk(report), CancellationToken.None);
        report.ThrowUnlessDelivered();
    }

    /// <summary>What the other one is is not repeated: only ours is known to be no secret.</summary>
    private Failure OfAnotherApp(ChunkMessage message) => new(FailureSource.ChunkQueue, "read a chunk", FailureKind.Invalid, "another-app", false,
        $"The queue {IQueuedChunks.Name} holds chunks of another {(message.Topic == kafka.Topic ? "cluster" : "topic")} than this app's: two apps use one storage account. Give one of them an account of its own.");

    private static partial class Log
    {
        [LoggerMessage(123, LogLevel.Error, "a chunk goes to the queue {Queue}, after {Deliveries} attempts: {Message}")]
        public static partial void Poisoned(ILogger logger, string queue, long deliveries, string message);

        [LoggerMessage(120, LogLevel.Debug, "tick {Tick}  {Summary}  its chunk from shoe {First}")]
        public static partial void Delivered(ILogger logger, Tick tick, string summary, int first);
    }
}
