using Confluent.Kafka;

namespace ShoeFunctions.Engine.Librdkafka;

/// <summary>What a client has to say beside how its sends end.</summary>
internal interface IClientEvents
{
    /// <summary>Something is wrong with its connections, or with itself.</summary>
    void OnError(Error error);

    /// <summary>How it is, as JSON; where its configuration asks for it.</summary>
    void OnStatistics(string json);

    /// <summary>It needs a token; it goes on waiting for one until it is given it, or told that there is none.</summary>
    void OnTokenNeeded();
}
