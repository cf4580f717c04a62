using System.Globalization;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using FieldType = Google.Protobuf.Reflection.FieldDescriptorProto.Types.Type;

namespace ShoeFunctions.Local.EmbeddedSchemaRegistry.Schemas;

/// <summary>Reads options, custom ones too, from their bytes as text: names and values as they stand in a file.</summary>
internal sealed class ProtobufOptions(ProtobufTypes types)
{
    /// <summary>The options that are set, in the order of their numbers.</summary>
    public IReadOnlyList<(string Name, string Value)> Of(IMessage? options) =>
        options is null ? [] :
        [
            .. Read(options.ToByteString(), "." + options.Descriptor.FullName)
                .OrderBy(option => option.Number)
                .Select(option => (option.IsExtension ? $"({option.Name})" : option.Name, option.Value)),
        ];

    private List<Option> Read(ByteString bytes, string message)
    {
        var read = new List<Option>();
        var input = bytes.CreateCodedInput();
        for (uint tag; (tag = input.ReadTag()) != 0;)
        {
            var number = WireFormat.GetTagFieldNumber(tag);
            if (Find(message, number) is not { } found || IsLeftOut(found.Field))
            {
                input.SkipLastField();
                continue;
            }

            var isPacked = WireFormat.GetTagWireType(tag) == WireFormat.WireType.LengthDelimited
                && found.Field.Type is not (FieldType.String or FieldType.Bytes or FieldType.Message);
            var values = isPacked ? input.ReadBytes().CreateCodedInput() : input;
            do
                read.Add(new(number, found.Name, found.IsExtension, Value(values, found.Field)));
            while (isPacked && !values.IsAtEnd);
        }

        return read;
    }

    private (string Name, bool IsExtension, FieldDescriptorProto Field)? Find(string message, int number)
    {
        if (types.FindMessage(message)?.Descriptor.Field.FirstOrDefault(field => field.Number == number) is { } field)
            return (field.Name, false, field);
        if (types.FindExtension(message, number) is { } extension)
            return (extension.FullName[1..], true, extension.Field);
        return null;
    }

    /// <summary>What the syntax says in another way, and groups, which no option is these days.</summary>
    private static bool IsLeftOut(FieldDescriptorProto field) =>
        field.Name is "uninterpreted_option" or "map_entry" || field.Type == FieldType.Group;

    private string Value(CodedInputStream input, FieldDescriptorProto field) => field.Type switch
    {
        FieldType.Bool => input.ReadBool() ? "true" : "false",
        FieldType.String => ProtobufLiteral.Of(input.ReadString()),
        FieldType.Bytes => ProtobufLiteral.Of(input.ReadBytes()),
        FieldType.Double => Number(input.ReadDouble().ToString("R", CultureInfo.InvariantCulture)),
        FieldType.Float => Number(input.ReadFloat().ToString("R", CultureInfo.InvariantCulture)),
        FieldType.Int32 => $"{input.ReadInt32()}",
        FieldType.Int64 => $"{input.ReadInt64()}",
        FieldType.Uint32 => $"{input.ReadUInt32()}",
        FieldType.Uint64 => $"{input.ReadUInt64()}",
        FieldType.Sint32 => $"{input.ReadSInt32()}",
        FieldType.Sint64 => $"{input.ReadSInt64()}",
        FieldType.Fixed32 => $"{input.ReadFixed32()}",
        FieldType.Fixed64 => $"{input.ReadFixed64()}",
        FieldType.Sfixed32 => $"{input.ReadSFixed32()}",
        FieldType.Sfixed64 => $"{input.ReadSFixed64()}",
        FieldType.Enum => Enum(input.ReadEnum(), field.TypeName),
        _ => Aggregate(input.ReadBytes(), field.TypeName),
    };

    private string Enum(int number, string type) =>
        types.FindEnum(type)?.Value.FirstOrDefault(value => value.Number == number)?.Name ?? $"{number}";

    private string Aggregate(ByteString bytes, string type) =>
        $"{{ {string.Concat(Read(bytes, type).Select(field => $"{(field.IsExtension ? $"[{field.Name}]" : field.Name)}: {field.Value} "))}}}";

    private static string Number(string text) => text switch
    {
        "Infinity" => "inf",
        "-Infinity" => "-inf",
        "NaN" => "nan",
        _ => text.ToLowerInvariant(),
    };

    private readonly record struct Option(int Number, string Name, bool IsExtension, string Value);
}
