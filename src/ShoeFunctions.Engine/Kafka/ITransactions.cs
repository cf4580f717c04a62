namespace ShoeFunctions.Engine.Kafka;

/// <summary>A sender's transactions, one at a time: what is sent between their beginning and their end is there whole, or not at all.</summary>
public interface ITransactions
{
    /// <summary>
    /// Makes the transactional id this sender's, once: whoever had it before is fenced off by the brokers, and what that one left open is
    /// ended. Then it is known which number was committed last.
    /// </summary>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>The number that was committed last; null where there is none, or none is carried.</returns>
    /// <exception cref="Confluent.Kafka.KafkaException">The brokers refused, or the sender was fenced off.</exception>
    /// <exception cref="OperationCanceledException">It took too long.</exception>
    Task<long?> BeginSessionAsync(CancellationToken cancellation);

    /// <summary>Begins a transaction.</summary>
    /// <exception cref="Confluent.Kafka.KafkaException">The sender was fenced off, or the one before has not ended.</exception>
    void Begin();

    /// <summary>Commits what was sent, together with a number where one is carried.</summary>
    /// <param name="number">The number.</param>
    /// <param name="cancellation">Gives up: what has become of the transaction may then be unknown.</param>
    /// <exception cref="Confluent.Kafka.KafkaException">The transaction has to be aborted, or the sender was fenced off: nothing was committed.</exception>
    /// <exception cref="UnknownOutcomeException">It took too long, and may be committed or not.</exception>
    /// <exception cref="OperationCanceledException">It took too long, and was not committed.</exception>
    Task CommitAsync(long number, CancellationToken cancellation);

    /// <summary>Aborts what was sent. Where that does not work, the next session does it, or the brokers after a while.</summary>
    /// <param name="cancellation">Gives up.</param>
    Task AbortAsync(CancellationToken cancellation);
}

/// <summary>Whether a transaction was committed is not known: the number that was committed last tells.</summary>
public sealed class UnknownOutcomeException() : Exception("The transaction may be committed or not.");
