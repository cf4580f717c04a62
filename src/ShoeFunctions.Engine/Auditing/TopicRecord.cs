using System.Text;
using Confluent.Kafka;
using Main;
using ShoeFunctions.Engine.Serialization;

namespace ShoeFunctions.Engine.Auditing;

/// <summary>A record of the topic, decoded, whoever wrote it.</summary>
public sealed record TopicRecord
{
    /// <summary>Its partition.</summary>
    public required int Partition { get; init; }

    /// <summary>Its offset in the partition.</summary>
    public required long Offset { get; init; }

    /// <summary>Its timestamp in milliseconds since 1970; for a record of ours the tick's time. Others may write any number.</summary>
    public required long TimestampMs { get; init; }

    /// <summary>The same as a time, or null where it is none of the years 1 to 9999.</summary>
    public DateTimeOffset? Timestamp => Time(TimestampMs);

    /// <summary>Its key as text, or null where it has none.</summary>
    public string? Key { get; init; }

    /// <summary>Its headers as text. Of several with one name, the last.</summary>
    public required IReadOnlyDictionary<string, string> Headers { get; init; }

    /// <summary>How many bytes its value has.</summary>
    public required int Length { get; init; }

    /// <summary>The id of the schema that its value names, where it has a frame.</summary>
    public int? SchemaId { get; init; }

    /// <summary>The shoe, or null where it has none.</summary>
    public Shoe? Shoe { get; init; }

    /// <summary>Why it has none, in words, or null where it has one.</summary>
    public string? Fault { get; init; }

    /// <summary>A timestamp as a time, or null where it is none.</summary>
    internal static DateTimeOffset? Time(long timestampMs) =>
        timestampMs >= DateTimeOffset.MinValue.ToUnixTimeMilliseconds() && timestampMs <= DateTimeOffset.MaxValue.ToUnixTimeMilliseconds()
            ? DateTimeOffset.FromUnixTimeMilliseconds(timestampMs) : null;

    /// <summary>Decodes a record.</summary>
    public static TopicRecord Of(ConsumeResult<byte[], byte[]> record)
    {
        var (schemaId, shoe, fault) = ShoeFrame.Read(record.Message.Value);
        return new TopicRecord
        {
            Partition = record.Partition.Value,
            Offset = record.Offset.Value,
            TimestampMs = record.Message.Timestamp.UnixTimestampMs,
            Key = record.Message.Key is { } key ? Encoding.UTF8.GetString(key) : null,
            Headers = (record.Message.Headers ?? []).GroupBy(header => header.Key)
                .ToDictionary(header => header.Key, header => Encoding.UTF8.GetString(header.Last().GetValueBytes() ?? [])),
            Length = record.Message.Value?.Length ?? 0,
            SchemaId = schemaId,
            Shoe = shoe,
            Fault = fault,
        };
    }
}
