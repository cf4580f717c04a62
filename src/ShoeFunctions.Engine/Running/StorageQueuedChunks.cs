using Azure;
using Azure.Identity;
using Azure.Storage.Queues;
using ShoeFunctions.Engine.Failures;
using ShoeFunctions.Engine.Progress;

namespace ShoeFunctions.Engine.Running;

/// <summary>A queue of the storage account that a Functions app has anyway. Its messages are plain text and never expire.</summary>
/// <param name="open">Opens the account; called when it is first used, and again where it threw.</param>
public sealed class StorageQueuedChunks(Func<QueueServiceClient> open) : IQueuedChunks
{
    /// <summary>A queue takes one message a request, and some 2,000 a second.</summary>
    private const int SentAtOnce = 32;

    private static readonly TimeSpan Forever = TimeSpan.FromSeconds(-1);

    private readonly Lazy<QueueServiceClient> _account = new(open, LazyThreadSafetyMode.PublicationOnly);

    /// <inheritdoc/>
    public Task SendAsync(IReadOnlyCollection<ChunkMessage> messages, CancellationToken cancellation) => OnAsync<bool>(
        IQueuedChunks.Name, "queue chunks", whereMissing: null,
        async queue =>
        {
            await SendFirstAsync(queue, messages.First(), cancellation);
            await Parallel.ForEachAsync(
                messages.Skip(1), new ParallelOptions { MaxDegreeOfParallelism = SentAtOnce, CancellationToken = cancellation },
                async (message, stop) => await queue.SendMessageAsync(message.ToString(), timeToLive: Forever, cancellationToken: stop));
            return true;
        },
        cancellation);

    /// <inheritdoc/>
    public Task<bool> IsWaitingAsync(CancellationToken cancellation) => OnAsync(
        IQueuedChunks.Name, "look into the queue", whereMissing: false, async queue => (await queue.PeekMessagesAsync(1, cancellation)).Value.Length > 0, cancellation);

    /// <inheritdoc/>
    public Task<long> CountPoisonedAsync(CancellationToken cancellation) => OnAsync(
        IQueuedChunks.PoisonName, "look into the poison queue", whereMissing: 0L, async queue => (await queue.GetPropertiesAsync(cancellation)).Value.ApproximateMessagesCountLong, cancellation);

    /// <summary>The first one tells whether the queue is there; a deployment makes it, and Azurite's user has none.</summary>
    private static async Task SendFirstAsync(QueueClient queue, ChunkMessage message, CancellationToken cancellation)
    {
        try
        {
            await queue.SendMessageAsync(message.ToString(), timeToLive: Forever, cancellationToken: cancellation);
        }
        catch (RequestFailedException missing) when (IsMissing(missing))
        {
            await queue.CreateIfNotExistsAsync(cancellationToken: cancellation);
            await queue.SendMessageAsync(message.ToString(), timeToLive: Forever, cancellationToken: cancellation);
        }
    }

    /// <summary>Uses a queue. One that is not there was never put anything into: whoever only looks finds nothing.</summary>
    private async Task<T> OnAsync<T>(string name, string operation, T? whereMissing, Func<QueueClient, Task<T>> use, CancellationToken cancellation) where T : struct
    {
        var queue = _account.Value.GetQueueClient(name);
        try
        {
            return await use(queue);
        }
        catch (RequestFailedException missing) when (IsMissing(missing) && whereMissing is not null)
        {
            return whereMissing.Value;
        }
        catch (Exception error) when (error is RequestFailedException or AuthenticationFailedException or OperationCanceledException or AggregateException or HttpRequestException or IOException)
        {
            cancellation.ThrowIfCancellationRequested();
            throw new FailureException(ProgressFailures.OfQueue(error, operation, queue.Uri), error);
        }
    }

    private static bool IsMissing(RequestFailedException error) => error.ErrorCode == "QueueNotFound";
}
