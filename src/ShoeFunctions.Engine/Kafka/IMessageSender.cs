using ShoeFunctions.Engine.Credentials;
using ShoeFunctions.Engine.Librdkafka;

namespace ShoeFunctions.Engine.Kafka;

/// <summary>The way to the brokers; sends that are under way when it is disposed end as failed, and nobody is told.</summary>
public interface IMessageSender : IDisposable
{
    /// <summary>Sends a batch to the topic, on the one thread that the sender has for it.</summary>
    /// <param name="reported">Called for each send that has ended, within <see cref="ISendBatch.Take"/> and nowhere else.</param>
    /// <param name="send">Sends and takes the reports. What is under way when it returns goes on, and nobody is told how it ends.</param>
    /// <returns>Ends when <paramref name="send"/> has, with its exception where it throws.</returns>
    Task SendAsync(Action<SendReport> reported, Action<ISendBatch> send);

    /// <summary>Its transactions; null where what is sent is there at least once.</summary>
    ITransactions? Transactions => null;

    /// <summary>The brokers refused the credentials. Raised on the sending thread: do little.</summary>
    event Action? CredentialsRefused;

    /// <summary>The client says that it can reach none of the brokers, again at every try. Raised on the sending thread: do little.</summary>
    event Action? BrokersDown;

    /// <summary>Goes on with another key or token; nothing that waits to be sent is lost. Certificates need another sender.</summary>
    void UseCredentials(PeerCredentials credentials);

    /// <summary>Nothing has come back for a while: looks why, in the background, for <see cref="ErrorsSince"/> to tell.</summary>
    void LookAround();

    /// <summary>How long it is worth to wait for brokers' first answer.</summary>
    static readonly TimeSpan FirstAnswer = TimeSpan.FromMilliseconds(300);

    /// <summary>The id that the brokers have for their cluster; null where they do not tell, or not in time. It is known once a batch was delivered.</summary>
    /// <param name="patience">How long their first answer is waited for.</param>
    Task<string?> ClusterIdAsync(TimeSpan patience);

    /// <summary>What the client said of the connection as such since a time (of <see cref="TimeProvider.GetTimestamp"/>).</summary>
    IReadOnlyCollection<KafkaCause> ErrorsSince(long timestamp);
}
