using System.Globalization;
using System.Text;
using Confluent.Kafka;
using Microsoft.Extensions.Configuration;
using ShoeFunctions.Engine.Serialization;
using ShoeFunctions.Engine.Shoes;
using ShoeFunctions.Engine.Ticks;

namespace ShoeFunctions.Benchmarks.Pipeline;

/// <summary>
/// The upper bound: messages made beforehand, sent in a tight loop, with one handler that does nothing but count, and no
/// field in the delivery reports.
/// </summary>
internal sealed class PrebuiltWay(IConfiguration settings) : IWay
{
    private const int Messages = 10_000;

    private readonly IProducer<byte[], byte[]> _producer = new ProducerBuilder<byte[], byte[]>(new ProducerConfig
    {
        BootstrapServers = settings["KAFKA_BOOTSTRAP_SERVERS"],
        Acks = Acks.All,
        EnableIdempotence = true,
        CompressionType = Enum.Parse<CompressionType>(settings["KAFKA_COMPRESSION"]!, ignoreCase: true),
        QueueBufferingMaxMessages = Tick.MaxShoes,
        DeliveryReportFields = "none",
    }).Build();

    private readonly TopicPartition _topic = new(settings["KAFKA_TOPIC"]!, Partition.Any);
    private readonly Message<byte[], byte[]>[] _messages = [.. Prebuilt()];

    public Task ProduceAsync(int shoes)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var left = shoes;
        Action<DeliveryReport<byte[], byte[]>> delivered = report =>
        {
            if (report.Error.IsError)
                done.TrySetException(new KafkaException(report.Error));
            if (Interlocked.Decrement(ref left) == 0)
                done.TrySetResult();
        };
        for (var index = 0; index < shoes; index++)
            _producer.Produce(_topic, _messages[index % Messages], delivered);
        return done.Task;
    }

    public void Dispose() => _producer.Dispose();

    private static IEnumerable<Message<byte[], byte[]>> Prebuilt()
    {
        var frame = new ShoeFrame(1);
        var tick = Tick.At(TimeProvider.System.GetUtcNow());
        foreach (var shoe in new ShoeGenerator(0).Shoes(tick, Messages))
        {
            var value = new byte[ShoeFrame.Length(shoe)];
            frame.Write(shoe, value);
            yield return new()
            {
                Value = value,
                Timestamp = new Timestamp(tick.Time),
                Headers =
                [
                    new Header("content-type", "application/x-protobuf"u8.ToArray()),
                    new Header("shoe-id", Encoding.UTF8.GetBytes(shoe.Id.ToString(CultureInfo.InvariantCulture))),
                    new Header("shoe-brand", Encoding.UTF8.GetBytes(shoe.Model.Brand)),
                ],
            };
        }
    }
}
