using Google.Protobuf.Reflection;
using FieldLabel = Google.Protobuf.Reflection.FieldDescriptorProto.Types.Label;
using FieldType = Google.Protobuf.Reflection.FieldDescriptorProto.Types.Type;

namespace ShoeFunctions.Local.EmbeddedSchemaRegistry.Schemas;

/// <summary>
/// Finds what keeps a schema from reading what was written with another one. The rules are those of Confluent Schema
/// Registry (protobuf-provider, SchemaDiff, August 2026), with two exceptions: a changed package is no difference, and
/// proto3's missing label counts as singular.
/// </summary>
internal sealed class ProtobufCompatibility
{
    private readonly ProtobufTypes _writerTypes;
    private readonly ProtobufTypes _readerTypes;
    private readonly HashSet<(string, string)> _imported = [];
    private readonly List<ProtobufDifference> _differences = [];

    private ProtobufCompatibility(ProtobufSchema writer, ProtobufSchema reader)
    {
        _writerTypes = writer.Types;
        _readerTypes = reader.Types;
        Compare("#", writer.File.MessageType, reader.File.MessageType);
    }

    private enum Kind
    {
        Number,
        SignedNumber,
        Fixed32,
        Fixed64,
        Float,
        Double,
        StringOrBytes,
        Message,
        Map,
        Group,
    }

    /// <summary>What keeps <paramref name="reader"/> from reading what was written with <paramref name="writer"/>.</summary>
    public static IReadOnlyList<ProtobufDifference> Differences(ProtobufSchema writer, ProtobufSchema reader) =>
        new ProtobufCompatibility(writer, reader)._differences;

    private void Add(string type, string path) => _differences.Add(new(type, path));

    private void Compare(string path, IEnumerable<DescriptorProto> writers, IEnumerable<DescriptorProto> readers)
    {
        var readerOf = readers.ToDictionary(message => message.Name, StringComparer.Ordinal);
        foreach (var writer in writers.Where(message => message.Options?.MapEntry != true))
        {
            var messagePath = $"{path}/{writer.Name}";
            if (readerOf.TryGetValue(writer.Name, out var reader))
                Compare(messagePath, writer, reader);
            else
                Add(ProtobufDifference.MessageRemoved, messagePath);
        }
    }

    private void Compare(string path, DescriptorProto writer, DescriptorProto reader)
    {
        var writerFields = Fields(writer);
        var readerFields = Fields(reader);
        CompareOneofs(path, reader, writerFields);

        foreach (var number in writerFields.Keys.Union(readerFields.Keys).Order())
        {
            var old = writerFields.GetValueOrDefault(number);
            var present = readerFields.GetValueOrDefault(number);
            if (old is null)
            {
                if (present!.Field.Label == FieldLabel.Required)
                    Add(ProtobufDifference.RequiredFieldAdded, $"{path}/{number}");
            }
            else if (present is null)
            {
                CompareRemoved(path, old, reader, writerFields, readerFields);
            }
            else
            {
                Compare(present.Oneof is { } oneof ? $"{path}/{oneof}/{number}" : $"{path}/{number}", old.Field, present.Field);
            }
        }

        Compare(path, writer.NestedType.Where(nested => !IsGroup(nested, writer)), reader.NestedType);
    }

    /// <summary>Fields that could be set together must not exclude each other now.</summary>
    private void CompareOneofs(string path, DescriptorProto reader, SortedDictionary<int, Member> writerFields)
    {
        foreach (var oneof in Fields(reader).Values.Where(member => member.Oneof is not null).GroupBy(member => member.Oneof!))
        {
            var origins = oneof.Select(member => writerFields.GetValueOrDefault(member.Field.Number)).OfType<Member>()
                .Select(old => old.Oneof ?? $"{old.Field.Number}").Distinct(StringComparer.Ordinal).ToList();
            if (origins.Count > 1)
            {
                Add(
                    origins.Count(origin => char.IsAsciiDigit(origin[0])) > 1
                        ? ProtobufDifference.MultipleFieldsMovedToOneof
                        : ProtobufDifference.FieldMovedToExistingOneof,
                    $"{path}/{oneof.Key}");
            }
        }
    }

    private void CompareRemoved(
        string path, Member old, DescriptorProto reader, SortedDictionary<int, Member> writerFields, SortedDictionary<int, Member> readerFields)
    {
        if (old.Oneof is not { } oneof)
        {
            if (old.Field.Label == FieldLabel.Required)
                Add(ProtobufDifference.RequiredFieldRemoved, $"{path}/{old.Field.Number}");
        }
        else if (reader.OneofDecl.Any(one => one.Name == oneof)
            || writerFields.Values.Any(member => member.Oneof == oneof && readerFields.ContainsKey(member.Field.Number)))
        {
            // A oneof that is gone with all its fields is no loss that the other fields could be mistaken for.
            Add(ProtobufDifference.OneofFieldRemoved, $"{path}/{oneof}/{old.Field.Number}");
        }
    }

    private void Compare(string path, FieldDescriptorProto writer, FieldDescriptorProto reader)
    {
        var writerKind = KindOf(writer, _writerTypes);
        var readerKind = KindOf(reader, _readerTypes);
        if (writerKind != readerKind)
            Add(IsScalar(writerKind) && IsScalar(readerKind) ? ProtobufDifference.FieldScalarKindChanged : ProtobufDifference.FieldKindChanged, path);
        else if (writerKind == Kind.Map)
            CompareMaps(path, writer, reader);
        else if (writerKind is Kind.Message or Kind.Group)
            CompareTypes(path, writer, reader, isGroup: writerKind == Kind.Group);
        else if (writer.Label != reader.Label && writerKind != Kind.StringOrBytes)
            Add(ProtobufDifference.FieldNumericLabelChanged, path);
    }

    private void CompareMaps(string path, FieldDescriptorProto writer, FieldDescriptorProto reader)
    {
        var writerEntry = _writerTypes.FindMessage(writer.TypeName)!.Descriptor;
        var readerEntry = _readerTypes.FindMessage(reader.TypeName)!.Descriptor;
        foreach (var (old, present) in writerEntry.Field.Zip(readerEntry.Field))
            Compare(path, old, present);
    }

    /// <summary>Messages that the file itself declares are compared anyway; those that it imports, and groups, here.</summary>
    private void CompareTypes(string path, FieldDescriptorProto writer, FieldDescriptorProto reader, bool isGroup)
    {
        var old = _writerTypes.FindMessage(writer.TypeName);
        var present = _readerTypes.FindMessage(reader.TypeName);
        if (old?.LocalName != present?.LocalName)
        {
            Add(ProtobufDifference.FieldNamedTypeChanged, path);
        }
        else if (old is not null && present is not null && (isGroup || !old.IsLocal || !present.IsLocal) && _imported.Add((old.FullName, present.FullName)))
        {
            var before = _differences.Count;
            Compare($"#/{old.LocalName.Replace('.', '/')}", old.Descriptor, present.Descriptor);
            if (_differences.Count > before)
                Add(ProtobufDifference.FieldNamedTypeChanged, path);
        }
    }

    private static SortedDictionary<int, Member> Fields(DescriptorProto message)
    {
        var fields = new SortedDictionary<int, Member>();
        foreach (var field in message.Field)
            fields[field.Number] = new(field, field.HasOneofIndex && !field.Proto3Optional ? message.OneofDecl[field.OneofIndex].Name : null);
        return fields;
    }

    private static bool IsGroup(DescriptorProto nested, DescriptorProto parent) =>
        parent.Field.Any(field => field.Type == FieldType.Group && field.TypeName.EndsWith($".{parent.Name}.{nested.Name}", StringComparison.Ordinal));

    private static bool IsScalar(Kind kind) => kind < Kind.Message;

    /// <summary>
    /// Kinds with one wire type and one meaning. Source: "Updating A Message Type" in the Protobuf language guide.
    /// </summary>
    private static Kind KindOf(FieldDescriptorProto field, ProtobufTypes types) => field.Type switch
    {
        FieldType.Int32 or FieldType.Int64 or FieldType.Uint32 or FieldType.Uint64 or FieldType.Bool or FieldType.Enum => Kind.Number,
        FieldType.Sint32 or FieldType.Sint64 => Kind.SignedNumber,
        FieldType.Fixed32 or FieldType.Sfixed32 => Kind.Fixed32,
        FieldType.Fixed64 or FieldType.Sfixed64 => Kind.Fixed64,
        FieldType.Float => Kind.Float,
        FieldType.Double => Kind.Double,
        FieldType.String or FieldType.Bytes => Kind.StringOrBytes,
        FieldType.Group => Kind.Group,
        _ => types.FindMessage(field.TypeName)?.Descriptor.Options?.MapEntry == true ? Kind.Map : Kind.Message,
    };

    /// <summary>A field, and the oneof that it belongs to.</summary>
    private sealed record Member(FieldDescriptorProto Field, string? Oneof);
}
