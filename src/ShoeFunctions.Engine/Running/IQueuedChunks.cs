namespace ShoeFunctions.Engine.Running;

/// <summary>Where the chunks of large ticks wait for an instance that makes them.</summary>
public interface IQueuedChunks
{
    /// <summary>The queue's name.</summary>
    const string Name = "shoe-chunks";

    /// <summary>Where the platform puts what it has tried often enough.</summary>
    const string PoisonName = Name + "-poison";

    /// <summary>Puts messages into the queue, in any order. Some may be in it where it throws.</summary>
    /// <exception cref="Failures.FailureException">The queue did not answer well.</exception>
    Task SendAsync(IReadOnlyCollection<ChunkMessage> messages, CancellationToken cancellation);

    /// <summary>Whether messages wait in it that nobody works on.</summary>
    /// <exception cref="Failures.FailureException">The queue did not answer well.</exception>
    Task<bool> IsWaitingAsync(CancellationToken cancellation);

    /// <summary>About how many messages lie in the poison queue.</summary>
    /// <exception cref="Failures.FailureException">The queue did not answer well.</exception>
    Task<long> CountPoisonedAsync(CancellationToken cancellation);
}
