using System.Text.Json.Serialization;

namespace ShoeFunctions.Engine.Auditing;

/// <summary>One thing that is not as it must be.</summary>
/// <param name="Kind">What is wrong.</param>
/// <param name="Tick">The tick's time, or null where the record tells none.</param>
/// <param name="Id">The shoe's id, or null where the record tells none.</param>
/// <param name="Partition">Where the record lies; null for one that is missing.</param>
/// <param name="Offset">Where in the partition it lies; null for one that is missing.</param>
public sealed record AuditFinding(AuditFindingKind Kind, DateTimeOffset? Tick, long? Id, int? Partition, long? Offset);

/// <summary>What is wrong with a shoe or a record.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<AuditFindingKind>))]
public enum AuditFindingKind
{
    /// <summary>No record has the shoe.</summary>
    [JsonStringEnumMemberName("missing")] Missing,

    /// <summary>Another record had the shoe before.</summary>
    [JsonStringEnumMemberName("repeated")] Repeated,

    /// <summary>The record says that it has the shoe, and value, headers or timestamp are not the shoe's.</summary>
    [JsonStringEnumMemberName("altered")] Altered,

    /// <summary>The record has no shoe of ours.</summary>
    [JsonStringEnumMemberName("foreign")] Foreign,
}
