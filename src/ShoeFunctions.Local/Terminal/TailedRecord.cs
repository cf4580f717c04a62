using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using ShoeFunctions.Engine.Auditing;

namespace ShoeFunctions.Local.Terminal;

/// <summary>What a line of <c>tail --json</c> says: the shoe's fields, or why it has none, and where and how it lies on the topic.</summary>
internal sealed record TailedRecord(
    long? Id, DateTimeOffset? Tick, string? Brand, string? Name, double? SalePrice, double? Rating, string? Foreign,
    int Partition, long Offset, DateTimeOffset? Timestamp, long? TimestampMs, string? Key, IReadOnlyDictionary<string, string> Headers, int? SchemaId, int Bytes)
{
    /// <summary>Ids of ours are below this; from others' no tick can be told.</summary>
    private const long EndOfIds = 1L << 53;

    public static TailedRecord Of(TopicRecord record) => new(
        record.Shoe?.Id,
        record.Shoe?.Id is >= 0 and < EndOfIds and var id ? Engine.Ticks.Tick.OfShoe(id).Time : null,
        record.Shoe?.Brand,
        record.Shoe?.Name,
        record.Shoe?.SalePrice,
        record.Shoe?.Rating,
        record.Fault,
        record.Partition,
        record.Offset,
        record.Timestamp,
        record.Timestamp is null ? record.TimestampMs : null,
        record.Key,
        record.Headers,
        record.SchemaId,
        record.Length);
}

/// <summary>How it is written.</summary>
[JsonSerializable(typeof(TailedRecord))]
internal sealed partial class TailJson : JsonSerializerContext
{
    /// <summary>
    /// For people as well as programs: only what JSON wants escaped is, what is not there is left out, and a number that
    /// JSON has not is text.
    /// </summary>
    public static TailJson Lines { get; } = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}
