using Confluent.Kafka;
using ShoeFunctions.Engine.Credentials;

namespace ShoeFunctions.Engine.Kafka;

/// <summary>
/// The way to the brokers: starts sends to the topic and reports how each of them ended; those that are under way when it
/// is disposed end as failed.
/// </summary>
public interface IMessageSender : IDisposable
{
    /// <summary>
    /// Starts to send a message. Its key, value and headers are copied before the call returns, so they can be used again.
    /// </summary>
    /// <param name="message">The message.</param>
    /// <param name="delivered">
    /// Called once, on another thread, when the send has ended. The report holds the very value array that was passed,
    /// partition, offset and error; no key, headers or timestamp.
    /// </param>
    /// <exception cref="KafkaException">Nothing was started; <see cref="ErrorCode.Local_QueueFull"/> where too much is waiting.</exception>
    void Produce(Message<byte[], byte[]> message, Action<DeliveryReport<byte[], byte[]>> delivered);

    /// <summary>The brokers refused the credentials. Raised on a thread of the client's: do little.</summary>
    event Action? CredentialsRefused;

    /// <summary>The client says that it can reach none of the brokers, again at every try. Raised on a thread of the client's: do little.</summary>
    event Action? BrokersDown;

    /// <summary>Goes on with other credentials; nothing that waits to be sent is lost.</summary>
    void UseCredentials(ApiKey credentials);

    /// <summary>Nothing has come back for a while: looks why, in the background, for <see cref="ErrorsSince"/> to tell.</summary>
    void LookAround();

    /// <summary>The id that the brokers have for their cluster; null where they do not tell, or not in time.</summary>
    Task<string?> ClusterIdAsync();

    /// <summary>What the client said of the connection as such since a time (of <see cref="TimeProvider.GetTimestamp"/>).</summary>
    IReadOnlyCollection<KafkaCause> ErrorsSince(long timestamp);
}
