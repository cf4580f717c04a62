using Confluent.Kafka;

// What a program costs that gets one record acknowledged and nothing else; without brokers, what an empty one costs.
if (args is not [var servers, var topic])
    return;

using var producer = new ProducerBuilder<Null, byte[]>(new ProducerConfig { BootstrapServers = servers, Acks = Acks.All, EnableIdempotence = true }).Build();
await producer.ProduceAsync(topic, new Message<Null, byte[]> { Value = [1] });
Console.WriteLine("acknowledged");
