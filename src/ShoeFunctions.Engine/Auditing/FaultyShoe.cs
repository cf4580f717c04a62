using ShoeFunctions.Engine.Faults;

namespace ShoeFunctions.Engine.Auditing;

/// <summary>One fault of one shoe: what was done to it, and nothing that was not.</summary>
public sealed record FaultyShoe
{
    /// <summary>The shoe's id.</summary>
    public required long Id { get; init; }

    /// <summary>The tick's time, UTC.</summary>
    public required DateTimeOffset Tick { get; init; }

    /// <summary>Which of the tick's shoes, from 0.</summary>
    public required int Index { get; init; }

    /// <summary>The kind of fault.</summary>
    public required FaultKind Kind { get; init; }

    /// <summary>Of a late one: how much older than its tick the timestamp is, in milliseconds.</summary>
    public long? LatenessMs { get; init; }

    /// <summary>
    /// Of a reordered one: after so many further places it is sent. Of a repeated one: so many places after the first record comes
    /// the second. A place is a shoe of the tick, whether it is there or left out.
    /// </summary>
    public int? Places { get; init; }

    /// <summary>Of a corrupt one: how the value's bytes were damaged.</summary>
    public CorruptionKind? Bytes { get; init; }

    /// <summary>Of a truncated value: how many bytes are cut off.</summary>
    public int? CutBytes { get; init; }

    /// <summary>Of a wrong schema id: the id.</summary>
    public int? SchemaId { get; init; }

    /// <summary>Of a wrong magic byte: the byte.</summary>
    public int? MagicByte { get; init; }

    /// <summary>Of random bytes: how many.</summary>
    public int? Length { get; init; }

    /// <summary>Of an outlier: the field, as the schema names it.</summary>
    public string? Field { get; init; }

    /// <summary>Of an outlier: what the field holds, a number or a text.</summary>
    public object? Value { get; init; }
}
