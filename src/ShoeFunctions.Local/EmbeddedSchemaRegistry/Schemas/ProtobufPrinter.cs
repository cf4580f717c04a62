using Google.Protobuf;
using Google.Protobuf.Collections;
using Google.Protobuf.Reflection;
using FieldLabel = Google.Protobuf.Reflection.FieldDescriptorProto.Types.Label;
using FieldType = Google.Protobuf.Reflection.FieldDescriptorProto.Types.Type;

namespace ShoeFunctions.Local.EmbeddedSchemaRegistry.Schemas;

/// <summary>
/// Prints a file in the one form that the registry keeps: two spaces, a blank line between sections, types by their
/// full names, no comments. Files that mean the same are printed the same.
/// </summary>
internal sealed class ProtobufPrinter
{
    private const int LastFieldNumber = 536_870_911;

    private readonly FileDescriptorProto _file;
    private readonly ProtobufOptions _options;
    private readonly bool _isProto3;

    private ProtobufPrinter(FileDescriptorProto file, ProtobufTypes types)
    {
        _file = file;
        _options = new ProtobufOptions(types);
        _isProto3 = file.Syntax == "proto3";
    }

    public static string Print(FileDescriptorProto file, ProtobufTypes types) => new ProtobufPrinter(file, types).File();

    private string File()
    {
        var scope = _file.Package.Length == 0 ? "" : "." + _file.Package;
        return Sections(
        [
            Lines([$"syntax = \"{(_isProto3 ? "proto3" : "proto2")}\";", .. _file.Package.Length == 0 ? [] : new[] { $"package {_file.Package};" }]),
            Lines(_file.Dependency.Select(Import)),
            Lines(OptionStatements(_file.Options)),
            .. Types(scope, _file.MessageType, _file.EnumType, _file.Extension),
            .. _file.Service.Select(Service),
        ]);
    }

    private string Import(string path, int index)
    {
        var kind = _file.PublicDependency.Contains(index) ? "public " : _file.WeakDependency.Contains(index) ? "weak " : "";
        return $"import {kind}{ProtobufLiteral.Of(path)};";
    }

    private IEnumerable<string> Types(
        string scope, RepeatedField<DescriptorProto> messages, RepeatedField<EnumDescriptorProto> enums, RepeatedField<FieldDescriptorProto> extensions) =>
    [
        .. messages.Where(message => !IsPrintedWithItsField(message, $"{scope}.{message.Name}", scope)).Select(message => Message(message, scope)),
        .. enums.Select(Enum),
        .. extensions.GroupBy(extension => extension.Extendee).Select(extend => Block(
            $"extend {extend.Key}", [Lines(extend.Select(extension => Field(extension, scope)))])),
    ];

    /// <summary>Maps and groups have a message of their own that the language does not show.</summary>
    private bool IsPrintedWithItsField(DescriptorProto message, string fullName, string scope) =>
        message.Options?.MapEntry == true || FieldsIn(scope).Any(field => field.Type == FieldType.Group && field.TypeName == fullName);

    private string Message(DescriptorProto message, string scope) => Block($"message {message.Name}", MessageBody(message, $"{scope}.{message.Name}"));

    private IEnumerable<string> MessageBody(DescriptorProto message, string fullName)
    {
        var oneofs = message.Field.Where(IsInOneof).ToLookup(field => field.OneofIndex);
        return
        [
            Lines(
            [
                .. Reserved(message.ReservedRange.Select(range => Range(range.Start, range.End - 1, LastFieldNumber)), message.ReservedName),
                .. message.ExtensionRange.Select(range => $"extensions {Range(range.Start, range.End - 1, LastFieldNumber)}{InlineOptions(_options.Of(range.Options))};"),
            ]),
            Lines(OptionStatements(message.Options)),
            Lines(message.Field.Where(field => !IsInOneof(field)).Select(field => Field(field, fullName))),
            .. message.OneofDecl.Select((oneof, index) => (oneof, fields: oneofs[index]))
                .Where(one => one.fields.Any())
                .Select(one => Block(
                    $"oneof {one.oneof.Name}",
                    [Lines(OptionStatements(one.oneof.Options)), Lines(one.fields.Select(field => Field(field, fullName)))])),
            .. Types(fullName, message.NestedType, message.EnumType, message.Extension),
        ];
    }

    /// <summary>A field that is optional in proto3 is alone in a oneof that the language does not show.</summary>
    private static bool IsInOneof(FieldDescriptorProto field) => field.HasOneofIndex && !field.Proto3Optional;

    private string Field(FieldDescriptorProto field, string scope)
    {
        var (label, type) = MapEntry(field) is { } entry
            ? ("", $"map<{TypeOf(entry.Field[0])}, {TypeOf(entry.Field[1])}>")
            : (LabelOf(field), TypeOf(field));
        var options = InlineOptions([.. OwnOptions(field), .. _options.Of(field.Options)]);
        if (field.Type != FieldType.Group || Find(field.TypeName) is not { } group)
            return $"{label}{type} {field.Name} = {field.Number}{options};";

        return Block($"{label}group {group.Name} = {field.Number}{options}", MessageBody(group, field.TypeName)).TrimEnd();
    }

    private string LabelOf(FieldDescriptorProto field) => field.Label switch
    {
        FieldLabel.Repeated => "repeated ",
        FieldLabel.Required => "required ",
        _ when IsInOneof(field) => "",
        _ when _isProto3 && !field.Proto3Optional => "",
        _ => "optional ",
    };

    private static string TypeOf(FieldDescriptorProto field) =>
        field.HasTypeName ? field.TypeName : field.Type.ToString().ToLowerInvariant();

    private DescriptorProto? MapEntry(FieldDescriptorProto field) =>
        field.Label == FieldLabel.Repeated && field.Type == FieldType.Message && Find(field.TypeName) is { Options.MapEntry: true, Field.Count: 2 } entry
            ? entry
            : null;

    private static IEnumerable<(string, string)> OwnOptions(FieldDescriptorProto field)
    {
        if (field.HasDefaultValue)
            yield return ("default", field.Type switch
            {
                FieldType.String => ProtobufLiteral.Of(field.DefaultValue),
                FieldType.Bytes => $"\"{field.DefaultValue}\"", // a descriptor holds it escaped
                _ => field.DefaultValue,
            });
        if (field.HasJsonName)
            yield return ("json_name", ProtobufLiteral.Of(field.JsonName));
    }

    private string Enum(EnumDescriptorProto one) => Block(
        $"enum {one.Name}",
        [
            Lines(Reserved(one.ReservedRange.Select(range => Range(range.Start, range.End, int.MaxValue)), one.ReservedName)),
            Lines(OptionStatements(one.Options)),
            Lines(one.Value.Select(value => $"{value.Name} = {value.Number}{InlineOptions(_options.Of(value.Options))};")),
        ]);

    private string Service(ServiceDescriptorProto service) => Block(
        $"service {service.Name}", [Lines(OptionStatements(service.Options)), Lines(service.Method.Select(Method))]);

    private string Method(MethodDescriptorProto method)
    {
        var signature = $"rpc {method.Name} ({Stream(method.ClientStreaming)}{method.InputType}) returns ({Stream(method.ServerStreaming)}{method.OutputType})";
        var options = Lines(OptionStatements(method.Options));
        return options.Length == 0 ? signature + ";" : Block(signature, [options]).TrimEnd();

        static string Stream(bool isStream) => isStream ? "stream " : "";
    }

    private static IEnumerable<string> Reserved(IEnumerable<string> ranges, RepeatedField<string> names)
    {
        var numbers = string.Join(", ", ranges);
        if (numbers.Length > 0)
            yield return $"reserved {numbers};";
        if (names.Count > 0)
            yield return $"reserved {string.Join(", ", names.Select(ProtobufLiteral.Of))};";
    }

    private static string Range(int first, int last, int max) =>
        first == last ? $"{first}" : $"{first} to {(last == max ? "max" : last)}";

    private IEnumerable<string> OptionStatements(IMessage? options) =>
        _options.Of(options).Select(option => $"option {option.Name} = {option.Value};");

    private static string InlineOptions(IReadOnlyList<(string Name, string Value)> options) =>
        options.Count == 0 ? "" : $" [{string.Join(", ", options.Select(option => $"{option.Name} = {option.Value}"))}]";

    private IEnumerable<FieldDescriptorProto> FieldsIn(string scope) =>
        Find(scope) is { } message ? message.Field.Concat(message.Extension) : _file.Extension;

    /// <summary>A message that this file declares.</summary>
    private DescriptorProto? Find(string fullName)
    {
        var messages = _file.MessageType;
        var rest = fullName;
        if (_file.Package.Length > 0)
        {
            if (!rest.StartsWith($".{_file.Package}.", StringComparison.Ordinal))
                return null;
            rest = rest[(_file.Package.Length + 1)..];
        }

        DescriptorProto? found = null;
        foreach (var name in rest.Split('.').Skip(1))
        {
            found = messages.FirstOrDefault(message => message.Name == name);
            if (found is null)
                return null;
            messages = found.NestedType;
        }

        return found;
    }

    private static string Block(string head, IEnumerable<string> sections)
    {
        var body = Sections(sections);
        return body.Length == 0 ? $"{head} {{}}\n" : $"{head} {{\n{Indented(body)}}}\n";
    }

    private static string Sections(IEnumerable<string> sections) => string.Join('\n', sections.Where(section => section.Length > 0));

    private static string Lines(IEnumerable<string> lines) => string.Concat(lines.Select(line => line + "\n"));

    /// <summary>Literals hold no line breaks, so that every line may be indented.</summary>
    private static string Indented(string text) =>
        string.Concat(text.Split('\n').SkipLast(1).Select(line => line.Length == 0 ? "\n" : $"  {line}\n"));
}
