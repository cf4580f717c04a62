using Confluent.Kafka;

namespace ShoeFunctions.Engine.Librdkafka;

/// <summary>What a client has to say beside how its sends end.</summary>
internal interface IClientEvents
{
    /// <summary>Something is wrong with its connections, or with itself.</summary>
    void OnError(Error error);

    /// <summary>How it is, as JSON; where its configuration asks for it.</summary>
    void OnStatistics(string json);
}
