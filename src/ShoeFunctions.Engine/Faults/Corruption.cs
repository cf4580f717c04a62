using System.Buffers.Binary;
using System.Text.Json.Serialization;
using ShoeFunctions.Engine.Shoes;

namespace ShoeFunctions.Engine.Faults;

/// <summary>How a value is damaged, so that no deserialiser reads it.</summary>
/// <remarks>
/// Some do not look at the schema's id, some not at the byte before it, some not at the wire type of fields that they know; and a
/// message that is cut between two fields, or is empty, is a message. So in all but a truncated one the first field is one that
/// shoes have not, 15, of the wire type 7, which there is not (source: Protocol Buffers, "Encoding"), and a truncated one ends
/// inside its last field, whose eight bytes are never all there.
/// </remarks>
/// <param name="Kind">What is done.</param>
/// <param name="Number">
/// Of a truncated value how many bytes are cut off, of a wrong schema id the id, of a wrong magic byte the byte, of random
/// bytes how many they are.
/// </param>
public sealed record Corruption(CorruptionKind Kind, int Number)
{
    private const int IdOffset = 1;
    private const int MessageIndexOffset = 5;
    private const int MessageOffset = 6;

    /// <summary>The wire type that there is not, and the fields that shoes have not and whose tags are one byte.</summary>
    private const int NoWireType = 7, FirstStrangeField = 6, LastStrangeField = 15;

    private const byte StrangeTag = LastStrangeField << 3 | NoWireType;

    /// <summary>Ids that no registry has come to.</summary>
    private const int FirstWrongId = 2_000_000_000, WrongIds = 100_000_000;

    private const int LeastBytes = 8, MostBytes = 64;

    /// <summary>Where the random bytes come from.</summary>
    private SplitMix64 Random { get; init; }

    /// <summary>The next one of a stream.</summary>
    internal static Corruption Draw(ref SplitMix64 random)
    {
        var kind = (CorruptionKind)random.Below(4);
        var number = kind switch
        {
            CorruptionKind.Truncated => 1 + (int)random.Below(sizeof(double)),
            CorruptionKind.SchemaId => FirstWrongId + (int)random.Below(WrongIds),
            CorruptionKind.MagicByte => ((FirstStrangeField + (int)random.Below(LastStrangeField - FirstStrangeField + 1)) << 3) | NoWireType,
            _ => LeastBytes + (int)random.Below(MostBytes - LeastBytes + 1),
        };
        return new Corruption(kind, number) { Random = random };
    }

    /// <summary>The damaged value.</summary>
    /// <param name="frame">The value as it should be, in Confluent's wire format.</param>
    internal byte[] Damage(ReadOnlySpan<byte> frame)
    {
        if (Kind == CorruptionKind.Truncated)
            return frame[..^Number].ToArray();

        var damaged = Kind == CorruptionKind.RandomBytes ? RandomBytes() : frame.ToArray();
        damaged[MessageIndexOffset] = 0;
        damaged[MessageOffset] = StrangeTag;
        if (Kind == CorruptionKind.SchemaId)
            BinaryPrimitives.WriteInt32BigEndian(damaged.AsSpan(IdOffset), Number);
        else if (Kind == CorruptionKind.MagicByte)
            damaged[0] = (byte)Number;
        else
            damaged[0] = StrangeTag;
        return damaged;
    }

    private byte[] RandomBytes()
    {
        var random = Random;
        var bytes = new byte[Number];
        for (var place = 0; place < bytes.Length; place++)
            bytes[place] = (byte)random.Below(256);
        return bytes;
    }
}

/// <summary>The ways to damage a value.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<CorruptionKind>))]
public enum CorruptionKind
{
    /// <summary>Its last bytes are cut off.</summary>
    [JsonStringEnumMemberName("truncated")] Truncated,

    /// <summary>It names a schema that there is not, and is no message of any.</summary>
    [JsonStringEnumMemberName("schema-id")] SchemaId,

    /// <summary>It does not begin with 0.</summary>
    [JsonStringEnumMemberName("magic-byte")] MagicByte,

    /// <summary>Other bytes stand in its place.</summary>
    [JsonStringEnumMemberName("random-bytes")] RandomBytes,
}
