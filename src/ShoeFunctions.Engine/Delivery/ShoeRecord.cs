using System.Buffers.Text;
using System.Diagnostics;
using System.Text;
using ShoeFunctions.Engine.Faults;
using ShoeFunctions.Engine.Kafka;
using ShoeFunctions.Engine.Librdkafka;
using ShoeFunctions.Engine.Serialization;
using ShoeFunctions.Engine.Shoes;
using ShoeFunctions.Engine.Ticks;

namespace ShoeFunctions.Engine.Delivery;

/// <summary>The records of a tick's shoes, one after the other: their time, keys and headers.</summary>
internal sealed class ShoeRecord
{
    /// <summary>Names the kinds of a shoe's faults.</summary>
    internal const string FaultHeader = "shoe-fault";

    internal static readonly byte[] ContentType = "application/x-protobuf"u8.ToArray();

    private readonly MessageKey _key;
    private readonly BytesByLength _digits = new();
    private readonly RecordHeader _id = new("shoe-id", []);
    private readonly RecordHeader _brand = new("shoe-brand", []);
    private readonly RecordHeader _fault = new(FaultHeader, []);
    private readonly OutgoingRecord _record;
    private readonly OutgoingRecord _faulty;
    private readonly long _timeMs;
    private readonly bool _areLabelled;

    /// <param name="tick">The tick.</param>
    /// <param name="key">What a record's key is.</param>
    /// <param name="span">What a consumer's span is to go on from: where it is recorded, its id is a header.</param>
    /// <param name="areLabelled">Whether faulty records say so in a header.</param>
    public ShoeRecord(Tick tick, MessageKey key, Activity? span, bool areLabelled = false)
    {
        (_key, _areLabelled) = (key, areLabelled);
        _timeMs = tick.Time.ToUnixTimeMilliseconds();
        RecordHeader[] headers = [new("content-type", ContentType), _id, _brand];
        if (span is { Recorded: true, Id: { } traceParent })
            headers = [.. headers, new RecordHeader("traceparent", Encoding.ASCII.GetBytes(traceParent))];
        _record = new OutgoingRecord(_timeMs, headers);
        _faulty = new OutgoingRecord(_timeMs, areLabelled ? [.. headers, _fault] : headers);
    }

    /// <summary>A shoe's record; it is good until the next one.</summary>
    /// <param name="shoe">The shoe.</param>
    /// <param name="value">Its frame.</param>
    public OutgoingRecord Of(in GeneratedShoe shoe, byte[] value) => Fill(_record, shoe, value);

    /// <summary>The record of a shoe with faults; it is good until the next one. Key and headers are the shoe's own.</summary>
    /// <param name="shoe">The shoe.</param>
    /// <param name="frame">Its frame, without faults.</param>
    /// <param name="faults">Its faults.</param>
    public OutgoingRecord Of(in GeneratedShoe shoe, byte[] frame, in ShoeFaults faults)
    {
        if (_areLabelled)
            _fault.Value = Encoding.ASCII.GetBytes(faults.Label);
        _faulty.TimestampMs = _timeMs - faults.LatenessMs;
        return Fill(_faulty, shoe, FaultPlan.ValueOf(shoe, frame, faults));
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

    private OutgoingRecord Fill(OutgoingRecord record, in GeneratedShoe shoe, byte[] value)
    {
        _id.Value = Digits(shoe.Id);
        _brand.Value = shoe.Model.BrandUtf8;
        record.Key = _key switch
        {
            MessageKey.Id => _id.Value,
            MessageKey.Brand => _brand.Value,
            _ => null,
        };
        record.Value = value;
        return record;
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
