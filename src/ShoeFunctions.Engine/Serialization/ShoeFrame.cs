using System.Buffers.Binary;
using Google.Protobuf;
using Main;
using ShoeFunctions.Engine.Shoes;

namespace ShoeFunctions.Engine.Serialization;

/// <summary>Writes shoes in Confluent's wire format, straight into their final bytes, and reads them.</summary>
/// <remarks>
/// A frame is: byte 0, the schema's id (4 bytes, big endian), the message indexes (a single 0: the file's first
/// message), then the Protobuf encoding of <see cref="Shoe"/>, fields in the order of their numbers, as
/// Google.Protobuf writes it. Source: Confluent, "Wire format" in the documentation of Schema Registry's serialisers.
/// </remarks>
public sealed class ShoeFrame
{
    /// <summary>What comes before the message.</summary>
    internal const int PrefixLength = 6;

    private const int DoubleFieldLength = 1 + sizeof(double);
    private const byte IdTag = Shoe.IdFieldNumber << 3;
    private const byte SalePriceTag = Shoe.SalePriceFieldNumber << 3 | 1;
    private const byte RatingTag = Shoe.RatingFieldNumber << 3 | 1;

    private readonly byte[] _prefix = new byte[PrefixLength];

    /// <summary>The frame for one registered schema.</summary>
    /// <param name="schemaId">The id that the registry gave to the schema.</param>
    public ShoeFrame(int schemaId)
    {
        SchemaId = schemaId;
        BinaryPrimitives.WriteInt32BigEndian(_prefix.AsSpan(1), schemaId);
    }

    /// <summary>The id that the registry gave to the schema.</summary>
    public int SchemaId { get; }

    /// <summary>How many bytes a shoe's frame has.</summary>
    public static int Length(in GeneratedShoe shoe) =>
        PrefixLength
        + (shoe.Id == 0 ? 0 : 1 + VarintLength((ulong)shoe.Id))
        + shoe.Model.EncodedFields.Length
        + (shoe.PriceCents == 0 ? 0 : DoubleFieldLength)
        + (shoe.RatingTenths == 0 ? 0 : DoubleFieldLength);

    /// <summary>Writes a shoe's frame.</summary>
    /// <param name="shoe">The shoe.</param>
    /// <param name="frame">Exactly <see cref="Length"/> bytes.</param>
    public void Write(in GeneratedShoe shoe, Span<byte> frame)
    {
        _prefix.CopyTo(frame);
        var rest = frame[PrefixLength..];
        if (shoe.Id != 0)
        {
            rest[0] = IdTag;
            rest = WriteVarint((ulong)shoe.Id, rest[1..]);
        }

        shoe.Model.EncodedFields.CopyTo(rest);
        rest = rest[shoe.Model.EncodedFields.Length..];
        rest = WriteDouble(SalePriceTag, shoe.SalePrice, rest);
        WriteDouble(RatingTag, shoe.Rating, rest);
    }

    /// <summary>Reads a frame that anybody may have written.</summary>
    /// <returns>The id of its schema, if it is a frame, and the shoe, or in words why there is none.</returns>
    public static (int? SchemaId, Shoe? Shoe, string? Fault) Read(ReadOnlySpan<byte> frame)
    {
        if (frame.IsEmpty)
            return (null, null, "it has no value");
        if (frame.Length < PrefixLength || frame[0] != 0)
            return (null, null, "it is not in Confluent's wire format");

        var schemaId = BinaryPrimitives.ReadInt32BigEndian(frame[1..]);
        if (frame[PrefixLength - 1] != 0)
            return (schemaId, null, "it is not the first message of its schema, or not Protobuf");

        try
        {
            var shoe = Shoe.Parser.ParseFrom(frame[PrefixLength..]);
            return shoe is { Id: 0, Brand: "", Name: "" } ? (schemaId, null, "it has none of a shoe's fields") : (schemaId, shoe, null);
        }
        catch (InvalidProtocolBufferException)
        {
            return (schemaId, null, "it is not Protobuf");
        }
    }

    private static int VarintLength(ulong value) => 1 + System.Numerics.BitOperations.Log2(value | 1) / 7;

    private static Span<byte> WriteVarint(ulong value, Span<byte> destination)
    {
        var length = 0;
        for (; value >= 0x80; value >>= 7)
            destination[length++] = (byte)(value | 0x80);
        destination[length++] = (byte)value;
        return destination[length..];
    }

    /// <summary>Zero is the default in proto3 and takes no bytes.</summary>
    private static Span<byte> WriteDouble(byte tag, double value, Span<byte> destination)
    {
        if (value == 0)
            return destination;

        destination[0] = tag;
        BinaryPrimitives.WriteDoubleLittleEndian(destination[1..], value);
        return destination[DoubleFieldLength..];
    }
}
