using System.Globalization;
using Microsoft.Azure.Functions.Worker;
using ShoeFunctions.Engine.Running;

namespace ShoeFunctions.Functions;

/// <summary>The queue: makes and delivers a chunk of a large tick. Where it fails, the platform tries the message again.</summary>
public sealed class ProduceChunk(ChunkRunner runner)
{
    /// <summary>Runs for every message.</summary>
    [Function(nameof(ProduceChunk))]
    public Task RunAsync([QueueTrigger(IQueuedChunks.Name)] string message, FunctionContext context, CancellationToken cancellation) =>
        runner.RunAsync(message, DeliveriesOf(context), cancellation);

    /// <summary>How often the platform has tried the message, as it says itself.</summary>
    private static long DeliveriesOf(FunctionContext context) =>
        context.BindingContext.BindingData.TryGetValue("DequeueCount", out var count)
        && long.TryParse($"{count}", NumberStyles.None, CultureInfo.InvariantCulture, out var deliveries) ? deliveries : 1;
}
