using System.Text.Json.Serialization;
using ShoeFunctions.Engine.Auditing;

namespace ShoeFunctions.Local.Terminal;

/// <summary>What <c>audit --json</c> prints: what was asked, the counts, what was found.</summary>
internal sealed record AuditOutcome : AuditCounts
{
    public AuditOutcome(AuditCounts counts) : base(counts)
    {
    }

    [JsonPropertyOrder(-1)]
    public required string Topic { get; init; }

    /// <summary>The range's first second.</summary>
    [JsonPropertyOrder(-1)]
    public required DateTimeOffset From { get; init; }

    /// <summary>The first second after it.</summary>
    [JsonPropertyOrder(-1)]
    public required DateTimeOffset To { get; init; }

    /// <summary>Whether repeats fail.</summary>
    [JsonPropertyOrder(-1)]
    public required bool ExactlyOnce { get; init; }

    /// <summary>What is wrong with shoes on purpose, and how these are counted; null where nothing is.</summary>
    [JsonPropertyOrder(-1)]
    public required string? Faults { get; init; }

    /// <summary>Whether the exit code is 0.</summary>
    [JsonPropertyOrder(-1)]
    public bool Passed => Passes(ExactlyOnce);

    /// <summary>The first few of each kind.</summary>
    [JsonPropertyOrder(1)]
    public required IReadOnlyList<AuditFinding> Findings { get; init; }

    /// <summary>Partitions of which retention has deleted records that might have mattered.</summary>
    [JsonPropertyOrder(1)]
    public required IReadOnlyList<TruncatedPartition> Truncated { get; init; }

    /// <summary>The range's large ticks whose chunks are still being made: they are left out.</summary>
    [JsonPropertyOrder(1)]
    public required IReadOnlyList<DateTimeOffset> OpenTicks { get; init; }

    /// <summary>How long the reading took.</summary>
    [JsonPropertyOrder(1)]
    public required double DurationMs { get; init; }
}

/// <summary>How it is written.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(AuditOutcome))]
internal sealed partial class AuditJson : JsonSerializerContext;
