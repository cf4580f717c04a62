using System.Buffers.Text;
using System.Diagnostics;
using System.Text;
using ShoeFunctions.Engine.Kafka;
using ShoeFunctions.Engine.Librdkafka;
using ShoeFunctions.Engine.Serialization;
using ShoeFunctions.Engine.Shoes;
using ShoeFunctions.Engine.Ticks;

namespace ShoeFunctions.Engine.Delivery;

/// <summary>The records of a tick's shoes, one after the other: their time, keys and headers.</summary>
internal sealed class ShoeRecord
{
    internal static readonly byte[] ContentType = "application/x-protobuf"u8.ToArray();

    private readonly MessageKey _key;
    private readonly BytesByLength _digits = new();
    private readonly RecordHeader _id = new("shoe-id", []);
    private readonly RecordHeader _brand = new("shoe-brand", []);
    private readonly OutgoingRecord _record;

    /// <param name="tick">The tick.</param>
    /// <param name="key">What a record's key is.</param>
    /// <param name="span">What a consumer's span is to go on from: where it is recorded, its id is a header.</param>
    public ShoeRecord(Tick tick, MessageKey key, Activity? span)
    {
        _key = key;
        RecordHeader[] headers = [new("content-type", ContentType), _id, _brand];
        _record = new OutgoingRecord(
            tick.Time.ToUnixTimeMilliseconds(),
            span is { Recorded: true, Id: { } traceParent } ? [.. headers, new RecordHeader("traceparent", Encoding.ASCII.GetBytes(traceParent))] : headers);
    }

    /// <summary>A shoe's record; it is good until the next one.</summary>
    /// <param name="shoe">The shoe.</param>
    /// <param name="value">Its frame.</param>
    public OutgoingRecord Of(in GeneratedShoe shoe, byte[] value)
    {
        _id.Value = Digits(shoe.Id);
        _brand.Value = shoe.Model.BrandUtf8;
        _record.Key = _key switch
        {
            MessageKey.Id => _id.Value,
            MessageKey.Brand => _brand.Value,
            _ => null,
        };
        _record.Value = value;
        return _record;
    }

    /// <summary>How many bytes a shoe's record has beside its value: names and values of its headers, and its key.</summary>
    internal static int Length(in GeneratedShoe shoe, MessageKey key)
    {
        Span<byte> digits = stackalloc byte[20];
        Utf8Formatter.TryFormat(shoe.Id, digits, out var id);
        var brand = shoe.Model.BrandUtf8.Length;
        return "content-type".Length + ContentType.Length + "shoe-id".Length + id + "shoe-brand".Length + brand
            + key switch { MessageKey.Id => id, MessageKey.Brand => brand, _ => 0 };
    }

    private byte[] Digits(long id)
    {
        Span<byte> digits = stackalloc byte[20];
        Utf8Formatter.TryFormat(id, digits, out var length);
        var bytes = _digits[length];
        digits[..length].CopyTo(bytes);
        return bytes;
    }
}
