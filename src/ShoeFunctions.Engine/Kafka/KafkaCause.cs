using Confluent.Kafka;
using ShoeFunctions.Engine.Network;

namespace ShoeFunctions.Engine.Kafka;

/// <summary>What a Kafka client said of its connections, or what a look at the address behind it found out.</summary>
/// <param name="Code">The client's own code.</param>
/// <param name="Tls">What is the matter with TLS, where that was found out.</param>
public readonly record struct KafkaCause(ErrorCode Code, TlsFault? Tls = null)
{
    /// <summary>A code alone.</summary>
    public static implicit operator KafkaCause(ErrorCode code) => new(code);
}
