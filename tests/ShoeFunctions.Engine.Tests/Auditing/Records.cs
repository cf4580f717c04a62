using System.Text;
using Confluent.Kafka;
using Google.Protobuf;
using ShoeFunctions.Engine.Shoes;
using ShoeFunctions.Engine.Ticks;

namespace ShoeFunctions.Engine.Tests.Auditing;

/// <summary>Records as a consumer gets them.</summary>
internal static class Records
{
    public static readonly Tick SomeTick = Tick.At(new DateTimeOffset(2026, 11, 23, 14, 0, 0, TimeSpan.Zero));

    private static readonly ShoeGenerator Generator = new(0);

    /// <summary>The record of a shoe, as it must be.</summary>
    public static ConsumeResult<byte[], byte[]> Of(Tick tick, int index, int partition = 0, long offset = 0)
    {
        var shoe = Generator.Shoe(tick, index);
        return Of(
            [0, 0, 0, 0, 7, 0, .. shoe.ToMessage().ToByteArray()], tick, partition, offset,
            ("content-type", "application/x-protobuf"), ("shoe-id", $"{shoe.Id}"), ("shoe-brand", shoe.Model.Brand));
    }

    /// <summary>A record of any content.</summary>
    public static ConsumeResult<byte[], byte[]> Of(byte[]? value, Tick tick, int partition = 0, long offset = 0, params (string Key, string Value)[] headers)
    {
        var message = new Message<byte[], byte[]> { Value = value!, Timestamp = new Timestamp(tick.Time), Headers = [] };
        foreach (var (key, text) in headers)
            message.Headers.Add(key, Encoding.UTF8.GetBytes(text));
        return new ConsumeResult<byte[], byte[]> { Topic = "js_shoe", Partition = partition, Offset = offset, Message = message };
    }

    /// <summary>Changes a header, or takes it away.</summary>
    public static void SetHeader(ConsumeResult<byte[], byte[]> record, string key, string? value)
    {
        record.Message.Headers.Remove(key);
        if (value is not null)
            record.Message.Headers.Add(key, Encoding.UTF8.GetBytes(value));
    }
}
