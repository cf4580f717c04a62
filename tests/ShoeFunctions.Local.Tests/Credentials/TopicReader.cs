using Confluent.Kafka;
using Main;

namespace ShoeFunctions.Local.Tests.Credentials;

/// <summary>Reads what is on a topic, straight from the brokers.</summary>
internal static class TopicReader
{
    /// <summary>The ids of all shoes on the topic, as often as they are there.</summary>
    public static IReadOnlyList<long> ReadIds(string bootstrapServers, string topic, int partitions, CancellationToken cancellation)
    {
        using var consumer = new ConsumerBuilder<Ignore, byte[]>(new ConsumerConfig
        {
            BootstrapServers = bootstrapServers,
            GroupId = "reader",
            EnablePartitionEof = true,
            EnableAutoCommit = false,
        }).SetLogHandler((_, _) => { }).Build();
        consumer.Assign(Enumerable.Range(0, partitions).Select(partition => new TopicPartitionOffset(topic, partition, Offset.Beginning)));

        var ids = new List<long>();
        for (var ended = 0; ended < partitions;)
        {
            var record = consumer.Consume(cancellation);
            if (record.IsPartitionEOF)
                ended++;
            else
                ids.Add(Shoe.Parser.ParseFrom(record.Message.Value.AsSpan(6)).Id);
        }

        return ids;
    }
}
