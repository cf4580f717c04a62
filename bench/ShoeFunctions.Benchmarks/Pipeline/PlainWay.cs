using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Confluent.Kafka;
using Google.Protobuf;
using Microsoft.Extensions.Configuration;
using ShoeFunctions.Engine.Shoes;
using ShoeFunctions.Engine.Ticks;

namespace ShoeFunctions.Benchmarks.Pipeline;

/// <summary>What one writes first: a message and its headers anew for every shoe, all of them awaited together, every option at its default.</summary>
internal sealed class PlainWay(IConfiguration settings) : IWay
{
    private readonly ShoeGenerator _generator = new(0);
    private readonly IProducer<Null, byte[]> _producer = new ProducerBuilder<Null, byte[]>(new ProducerConfig
    {
        BootstrapServers = settings["KAFKA_BOOTSTRAP_SERVERS"],
        Acks = Acks.All,
        EnableIdempotence = true,
        CompressionType = Enum.Parse<CompressionType>(settings["KAFKA_COMPRESSION"]!, ignoreCase: true),
        // A million at once need a queue that takes them: with the default of 100,000 the way ends in exceptions.
        QueueBufferingMaxMessages = Tick.MaxShoes,
    }).Build();

    private readonly string _topic = settings["KAFKA_TOPIC"]!;

    public async Task ProduceAsync(int shoes)
    {
        var tick = Tick.At(TimeProvider.System.GetUtcNow());
        var sends = new List<Task>();
        for (var index = 0; index < shoes; index++)
        {
            var shoe = _generator.Shoe(tick, index).ToMessage();
            sends.Add(_producer.ProduceAsync(_topic, new Message<Null, byte[]>
            {
                Value = Framed(shoe.ToByteArray()),
                Timestamp = new Timestamp(tick.Time),
                Headers = new Headers
                {
                    { "content-type", Encoding.UTF8.GetBytes("application/x-protobuf") },
                    { "shoe-id", Encoding.UTF8.GetBytes(shoe.Id.ToString(CultureInfo.InvariantCulture)) },
                    { "shoe-brand", Encoding.UTF8.GetBytes(shoe.Brand) },
                },
            }));
        }

        await Task.WhenAll(sends);
    }

    public void Dispose() => _producer.Dispose();

    private static byte[] Framed(byte[] payload)
    {
        var frame = new byte[6 + payload.Length];
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(1), 1);
        payload.CopyTo(frame, 6);
        return frame;
    }
}
