using Microsoft.Azure.Functions.Worker;
using ShoeFunctions.Engine.Running;

namespace ShoeFunctions.Functions;

/// <summary>The queue: makes and delivers a chunk of a large tick. Where it fails, the platform tries the message again.</summary>
public sealed class ProduceChunk(ChunkRunner runner)
{
    /// <summary>Runs for every message.</summary>
    [Function(nameof(ProduceChunk))]
    public Task RunAsync([QueueTrigger(IQueuedChunks.Name)] string message, CancellationToken cancellation) => runner.RunAsync(message, cancellation);
}
