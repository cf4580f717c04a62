using Confluent.Kafka;
using Microsoft.Extensions.Configuration;

namespace ShoeFunctions.Benchmarks.Pipeline;

/// <summary>One record at a time and no linger: its time is one round trip to the brokers.</summary>
internal sealed class SingleWay(IConfiguration settings) : IWay
{
    private readonly IProducer<Null, byte[]> _producer = new ProducerBuilder<Null, byte[]>(new ProducerConfig
    {
        BootstrapServers = settings["KAFKA_BOOTSTRAP_SERVERS"],
        Acks = Acks.All,
        EnableIdempotence = true,
        LingerMs = 0,
    }).Build();

    public async Task ProduceAsync(int shoes)
    {
        for (var index = 0; index < shoes; index++)
            await _producer.ProduceAsync(settings["KAFKA_TOPIC"], new Message<Null, byte[]> { Value = new byte[70] });
    }

    public void Dispose() => _producer.Dispose();
}
