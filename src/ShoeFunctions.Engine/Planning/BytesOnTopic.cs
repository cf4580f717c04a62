using System.Globalization;
using System.IO.Compression;
using System.Text;
using Confluent.Kafka;
using ShoeFunctions.Engine.Delivery;
using ShoeFunctions.Engine.Kafka;
using ShoeFunctions.Engine.Serialization;
using ShoeFunctions.Engine.Shoes;
using ShoeFunctions.Engine.Ticks;

namespace ShoeFunctions.Engine.Planning;

/// <summary>About how many bytes a shoe takes on the topic: its part of a compressed batch of records.</summary>
/// <param name="PerShoe">In bytes, with what Kafka adds.</param>
/// <param name="LargestKey">The part of all shoes, 0 to 1, that has the most frequent key and so comes to one partition; 0 where keys are none or all different.</param>
public readonly record struct BytesOnTopic(double PerShoe, double LargestKey)
{
    /// <summary>The client sends after a few milliseconds what it has by then: more shoes are rarely together.</summary>
    private const int LargestSample = 500;

    /// <summary>What Kafka writes before a batch's records. Source: Kafka's record format, version 2.</summary>
    private const int BatchHeader = 61;

    /// <summary>What it is with the settings.</summary>
    /// <param name="generator">What makes the shoes.</param>
    /// <param name="tick">A tick like all others.</param>
    /// <param name="shoes">How many shoes it has.</param>
    /// <param name="options">How they are sent.</param>
    /// <param name="partitions">To how many partitions.</param>
    public static BytesOnTopic Of(ShoeGenerator generator, Tick tick, long shoes, KafkaOptions options, int partitions)
    {
        // Without a key a tick's shoes come to one partition for some time, with one to all at once.
        var batch = (int)Math.Clamp(options.MessageKey == MessageKey.None ? shoes : shoes / partitions, 1, LargestSample);
        var frame = new ShoeFrame(1);
        using var records = new MemoryStream();
        foreach (var shoe in generator.Shoes(tick, batch))
            Write(records, shoe, frame, options.MessageKey);
        var largestKey = options.MessageKey == MessageKey.Brand
            ? generator.Shoes(tick, LargestSample).CountBy(shoe => shoe.Model.Brand).Max(brand => brand.Value) / (double)LargestSample
            : 0;
        return new BytesOnTopic((BatchHeader + Compressed(records, options.Compression)) / batch, largestKey);
    }

    /// <summary>A record as Kafka's format has it, but for numbers that are about the same in all.</summary>
    private static void Write(MemoryStream records, in GeneratedShoe shoe, ShoeFrame frame, MessageKey key)
    {
        var id = Encoding.ASCII.GetBytes(shoe.Id.ToString(CultureInfo.InvariantCulture));
        var value = new byte[ShoeFrame.Length(shoe)];
        frame.Write(shoe, value);

        // Length, attributes, distance in time and in offset.
        records.Write([0, 1, 0, 0, (byte)records.Length]);
        Write(records, key switch { MessageKey.Id => id, MessageKey.Brand => shoe.Model.BrandUtf8, _ => [] });
        Write(records, value);
        records.WriteByte(3);
        foreach (var (name, content) in new[] { ("content-type", ShoeRecord.ContentType), ("shoe-id", id), ("shoe-brand", shoe.Model.BrandUtf8) })
        {
            Write(records, Encoding.ASCII.GetBytes(name));
            Write(records, content);
        }
    }

    private static void Write(MemoryStream records, byte[] field)
    {
        records.WriteByte((byte)field.Length);
        records.Write(field);
    }

    /// <summary>By how much the client's ways differ from what .NET's gzip makes of it: bench/README.md.</summary>
    private static double Compressed(MemoryStream records, CompressionType compression)
    {
        if (compression == CompressionType.None)
            return records.Length;

        using var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.Optimal, leaveOpen: true))
            records.WriteTo(gzip);
        var ratio = compression switch { CompressionType.Gzip => 1.1, CompressionType.Zstd => 1, _ => 1.6 };
        return Math.Min(records.Length, ratio * compressed.Length);
    }
}
