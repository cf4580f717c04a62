using Confluent.Kafka;

namespace ShoeFunctions.Engine.Producing;

/// <summary>Which topic of which cluster the shoes go to, and how.</summary>
public sealed record KafkaOptions
{
    /// <summary>The brokers to begin with: <c>host:port,…</c>.</summary>
    public required string BootstrapServers { get; init; }

    /// <summary>The user of SASL PLAIN, or none.</summary>
    public string? ApiKey { get; init; }

    /// <summary>The password of SASL PLAIN, or none.</summary>
    public string? ApiSecret { get; init; }

    /// <summary>TLS and SASL, or not.</summary>
    public SecurityProtocol SecurityProtocol { get; init; } = SecurityProtocol.Plaintext;

    /// <summary>The topic.</summary>
    public string Topic { get; init; } = "js_shoe";

    /// <summary>What a record's key is.</summary>
    public MessageKey MessageKey { get; init; } = MessageKey.None;

    /// <summary>How batches of records are compressed on the wire and on the topic.</summary>
    public CompressionType Compression { get; init; } = CompressionType.Gzip;

    /// <summary>How often one message is sent again after the first time.</summary>
    public int RetryMax { get; init; } = 5;

    /// <summary>The longest wait for one delivery.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);
}
