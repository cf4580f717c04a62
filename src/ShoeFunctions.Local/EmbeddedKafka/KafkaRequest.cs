namespace ShoeFunctions.Local.EmbeddedKafka;

/// <summary>Kinds of requests that clients send, by their numbers in Kafka's protocol.</summary>
internal enum KafkaRequest : short
{
    /// <summary>Write records.</summary>
    Produce = 0,

    /// <summary>Say which brokers and topics there are. Of errors that are set for it, only a closed connection has an effect.</summary>
    Metadata = 3,

    /// <summary>A consumer goes: the others get its partitions.</summary>
    LeaveGroup = 13,

    /// <summary>Give the producer its number, by which its records are told from repeats.</summary>
    InitProducerId = 22,
}
