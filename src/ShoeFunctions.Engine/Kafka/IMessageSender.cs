using ShoeFunctions.Engine.Credentials;
using ShoeFunctions.Engine.Librdkafka;

namespace ShoeFunctions.Engine.Kafka;

/// <summary>The way to the brokers; sends that are under way when it is disposed end as failed, and nobody is told.</summary>
public interface IMessageSender : IDisposable
{
    /// <summary>
    /// Begins a batch of sends to the topic, of which there is one at a time. It belongs to the thread that begins it: that one
    /// sends, takes the reports and disposes it.
    /// </summary>
    /// <param name="reported">Called for each send that has ended, within <see cref="ISendBatch.Take"/> and nowhere else.</param>
    ISendBatch Begin(Action<SendReport> reported);

    /// <summary>The brokers refused the credentials. Raised on the thread that takes reports: do little.</summary>
    event Action? CredentialsRefused;

    /// <summary>The client says that it can reach none of the brokers, again at every try. Raised on the thread that takes reports: do little.</summary>
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
