using System.Text.Json;
using Confluent.Kafka;
using ShoeFunctions.Engine.Credentials;
using ShoeFunctions.Engine.Kafka;

namespace ShoeFunctions.Benchmarks;

/// <summary>Sends as the engine does, and counts the bytes that go to the brokers.</summary>
internal sealed class CountingSender : IMessageSender
{
    private readonly IProducer<byte[], byte[]> _producer;
    private readonly TopicPartition _topic;
    private volatile TaskCompletionSource<long> _next = New();

    public CountingSender(KafkaOptions options)
    {
        _topic = new(options.Topic, Partition.Any);
        _producer = new ProducerBuilder<byte[], byte[]>(new ProducerConfig(KafkaSender.Config(options, null, false)) { StatisticsIntervalMs = 50 })
            .SetStatisticsHandler((_, json) => Interlocked.Exchange(ref _next, New()).TrySetResult(Sent(json)))
            .Build();
    }

    public event Action? BrokersDown
    {
        add { }
        remove { }
    }

    public event Action? CredentialsRefused
    {
        add { }
        remove { }
    }

    /// <summary>The bytes sent so far. Statistics that were under way when it was asked may be too old: the next but one are taken.</summary>
    public async Task<long> SentAsync()
    {
        await _next.Task;
        return await _next.Task;
    }

    public void Produce(Message<byte[], byte[]> message, Action<DeliveryReport<byte[], byte[]>> delivered) => _producer.Produce(_topic, message, delivered);

    public void UseCredentials(ApiKey credentials) => throw new NotSupportedException();

    public void LookAround()
    {
    }

    public Task<string?> ClusterIdAsync() => Task.FromResult<string?>(null);

    public IReadOnlyCollection<KafkaCause> ErrorsSince(long timestamp) => [];

    public void Dispose() => _producer.Dispose();

    private static TaskCompletionSource<long> New() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static long Sent(string json)
    {
        using var statistics = JsonDocument.Parse(json);
        return statistics.RootElement.GetProperty("tx_bytes").GetInt64();
    }
}
