using Confluent.Kafka;
using ShoeFunctions.Engine.Failures;
using ShoeFunctions.Engine.Network;

namespace ShoeFunctions.Engine.Kafka;

/// <summary>What a Kafka client said of its connections, or what a look at the address behind it found out.</summary>
/// <param name="Code">The client's own code.</param>
/// <param name="Tls">What is the matter with TLS, where that was found out.</param>
/// <param name="Found">The whole failure, where that was found out.</param>
public readonly record struct KafkaCause(ErrorCode Code, TlsFault? Tls = null, Failure? Found = null)
{
    /// <summary>Whether it is known what is the matter, and does not pass while a call or a tick waits.</summary>
    public bool IsFinal => Tls is not null || Found is not null;

    /// <summary>A code alone.</summary>
    public static implicit operator KafkaCause(ErrorCode code) => new(code);
}
