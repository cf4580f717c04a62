using CsCheck;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using FieldLabel = Google.Protobuf.Reflection.FieldDescriptorProto.Types.Label;
using FieldType = Google.Protobuf.Reflection.FieldDescriptorProto.Types.Type;

namespace ShoeFunctions.Local.Tests.EmbeddedSchemaRegistry.Schemas;

/// <summary>Makes valid files of every shape from random numbers.</summary>
internal sealed class RandomFiles
{
    private static readonly FieldType[] Scalars =
        [.. Enum.GetValues<FieldType>().Where(type => type is not (FieldType.Group or FieldType.Message or FieldType.Enum))];

    private readonly uint[] _choices;
    private readonly FileDescriptorProto _file = new();
    private readonly List<string> _messages = [];
    private readonly List<(string Name, string Value)> _enums = [];
    private int _next;
    private int _names;

    private RandomFiles(uint[] choices)
    {
        _choices = choices;
        if (Chance(2))
            _file.Package = Chance(2) ? "shop" : "shop.shoes";
        if (IsProto3 = Chance(2))
            _file.Syntax = "proto3";
        Scope = _file.Package.Length == 0 ? "" : "." + _file.Package;
    }

    public static Gen<FileDescriptorProto> All { get; } = Gen.UInt.Array[10, 300].Select(choices => new RandomFiles(choices).Build());

    private bool IsProto3 { get; }

    private string Scope { get; }

    private FileDescriptorProto Build()
    {
        Imports();
        for (var count = Pick(3); count > 0; count--)
            _file.EnumType.Add(Enumeration(Scope));
        for (var count = 1 + Pick(4); count > 0; count--)
            _file.MessageType.Add(Message(Scope, depth: 0));
        if (Chance(3))
            _file.Options = new Google.Protobuf.Reflection.FileOptions { JavaPackage = Words(), CcEnableArenas = Chance(2), OptimizeFor = Google.Protobuf.Reflection.FileOptions.Types.OptimizeMode.LiteRuntime };
        if (Chance(3))
            _file.Service.Add(Service());
        return _file;
    }

    private void Imports()
    {
        string[] names = ["google/protobuf/any.proto", "google/protobuf/duration.proto", "google/protobuf/wrappers.proto"];
        foreach (var name in names.Where(_ => Chance(3)))
        {
            if (Chance(4))
                _file.PublicDependency.Add(_file.Dependency.Count);
            else if (Chance(4))
                _file.WeakDependency.Add(_file.Dependency.Count);
            _file.Dependency.Add(name);
        }

        if (_file.Dependency.Contains("google/protobuf/any.proto"))
            _messages.Add(".google.protobuf.Any");
        if (!Chance(2))
            return;

        _file.Dependency.Add("google/protobuf/descriptor.proto");
        foreach (var (type, number) in new[] { (FieldType.String, 50000), (FieldType.Sint64, 50001), (FieldType.Double, 50002), (FieldType.Bool, 50003), (FieldType.Bytes, 50004) })
        {
            _file.Extension.Add(new FieldDescriptorProto
            {
                Name = Name("custom"),
                Extendee = ".google.protobuf.FieldOptions",
                Number = number,
                Type = type,
                Label = FieldLabel.Optional,
            });
        }
    }

    private EnumDescriptorProto Enumeration(string scope)
    {
        var one = new EnumDescriptorProto { Name = Name("Enum") };
        for (int count = 1 + Pick(4), number = 0; count > 0; count--, number += 1 + Pick(3))
            one.Value.Add(new EnumValueDescriptorProto { Name = Name("VALUE"), Number = number });
        if (Chance(3))
            one.Value.Add(new EnumValueDescriptorProto { Name = Name("VALUE"), Number = -1 - Pick(100), Options = new EnumValueOptions { Deprecated = true } });
        if (Chance(3))
        {
            one.Value.Add(new EnumValueDescriptorProto { Name = Name("VALUE"), Number = 0 });
            one.Options = new EnumOptions { AllowAlias = true };
        }

        if (Chance(3))
        {
            one.ReservedRange.Add(new EnumDescriptorProto.Types.EnumReservedRange { Start = 100, End = 100 + Pick(3) });
            one.ReservedRange.Add(new EnumDescriptorProto.Types.EnumReservedRange { Start = 200, End = int.MaxValue });
            one.ReservedName.Add(Name("OLD"));
        }

        _enums.Add(($"{scope}.{one.Name}", one.Value[^1].Name));
        return one;
    }

    private DescriptorProto Message(string scope, int depth)
    {
        var message = new DescriptorProto { Name = Name("Message") };
        var fullName = $"{scope}.{message.Name}";
        _messages.Add(fullName);
        if (depth < 2 && Chance(3))
            message.EnumType.Add(Enumeration(fullName));
        for (var count = depth < 2 ? Pick(3) : 0; count > 0; count--)
            message.NestedType.Add(Message(fullName, depth + 1));

        Fields(message, fullName, depth);
        if (Chance(4))
            message.Options = new MessageOptions { Deprecated = true };
        if (Chance(3))
        {
            message.ReservedRange.Add(new DescriptorProto.Types.ReservedRange { Start = 1000, End = 1001 + Pick(5) });
            message.ReservedRange.Add(new DescriptorProto.Types.ReservedRange { Start = 2000, End = 536870912 });
            message.ReservedName.Add(Name("old"));
        }
        else if (!IsProto3 && Chance(3))
        {
            message.ExtensionRange.Add(new DescriptorProto.Types.ExtensionRange { Start = 1000, End = 1001 + Pick(5) });
            message.ExtensionRange.Add(new DescriptorProto.Types.ExtensionRange { Start = 2000, End = 536870912 });
            (Chance(2) ? message.Extension : _file.Extension).Add(
                new FieldDescriptorProto { Name = Name("extension"), Extendee = fullName, Number = 1000, Type = FieldType.Int32, Label = FieldLabel.Optional });
        }

        return message;
    }

    private void Fields(DescriptorProto message, string fullName, int depth)
    {
        var number = 0;
        for (var count = Pick(6); count > 0; count--)
            message.Field.Add(Field(message, fullName, depth, number += 1 + Pick(3), mayRepeat: true));
        for (var count = Pick(3); count > 0; count--)
        {
            for (var members = 1 + Pick(3); members > 0; members--)
            {
                message.Field.Add(Field(message, fullName, depth, number += 1 + Pick(3), mayRepeat: false));
                message.Field[^1].OneofIndex = message.OneofDecl.Count;
            }

            message.OneofDecl.Add(new OneofDescriptorProto { Name = Name("oneof") });
        }

        if (!IsProto3)
            return;

        // What is optional in proto3 is alone in a oneof, and those come last.
        foreach (var field in message.Field.Where(field => !field.HasOneofIndex && field.Label == FieldLabel.Optional && Chance(3)))
        {
            field.Proto3Optional = true;
            field.OneofIndex = message.OneofDecl.Count;
            message.OneofDecl.Add(new OneofDescriptorProto { Name = "_" + field.Name });
        }
    }

    private FieldDescriptorProto Field(DescriptorProto message, string fullName, int depth, int number, bool mayRepeat)
    {
        var field = new FieldDescriptorProto { Name = Name("field"), Number = number, Label = FieldLabel.Optional };
        if (mayRepeat)
            field.Label = Pick(4) switch { 0 => FieldLabel.Repeated, 1 when !IsProto3 => FieldLabel.Required, _ => FieldLabel.Optional };
        switch (Pick(6))
        {
            case 0:
                field.Type = FieldType.Message;
                field.TypeName = _messages[Pick(_messages.Count)];
                break;
            case 1 when _enums.Count > 0:
                var (name, value) = _enums[Pick(_enums.Count)];
                field.Type = FieldType.Enum;
                field.TypeName = name;
                if (MayHaveDefault(field))
                    field.DefaultValue = value;
                break;
            case 2 when mayRepeat:
                Map(message, fullName, field);
                break;
            case 3 when !IsProto3 && depth < 2:
                Group(message, fullName, depth, field);
                return field; // the text's parser does not know options of groups
            default:
                Scalar(field);
                break;
        }

        if (Chance(4))
            field.JsonName = Words();
        if (Chance(4))
            (field.Options ??= new FieldOptions()).Deprecated = true;
        if (Chance(6))
            (field.Options ??= new FieldOptions()).DebugRedact = true;
        if (_file.Dependency.Contains("google/protobuf/descriptor.proto") && Chance(3))
            (field.Options ??= new FieldOptions()).MergeFrom(CustomOption());
        return field;
    }

    private void Map(DescriptorProto message, string fullName, FieldDescriptorProto field)
    {
        var entry = new DescriptorProto { Name = field.Name.Replace("field_x", "FieldX", StringComparison.Ordinal).Replace("field", "Field", StringComparison.Ordinal) + "Entry", Options = new MessageOptions { MapEntry = true } };
        entry.Field.Add(new FieldDescriptorProto { Name = "key", Number = 1, Label = FieldLabel.Optional, Type = Chance(2) ? FieldType.String : FieldType.Sfixed64 });
        entry.Field.Add(new FieldDescriptorProto { Name = "value", Number = 2, Label = FieldLabel.Optional, Type = Scalars[Pick(Scalars.Length)] });
        if (Chance(3))
        {
            entry.Field[1].Type = FieldType.Message;
            entry.Field[1].TypeName = _messages[Pick(_messages.Count)];
        }

        message.NestedType.Add(entry);
        field.Label = FieldLabel.Repeated;
        field.Type = FieldType.Message;
        field.TypeName = $"{fullName}.{entry.Name}";
    }

    private void Group(DescriptorProto message, string fullName, int depth, FieldDescriptorProto field)
    {
        var group = Message(fullName, depth + 1);
        _messages.RemoveAll(name => name.StartsWith($"{fullName}.{group.Name}", StringComparison.Ordinal));
        message.NestedType.Add(group);
        field.Name = group.Name.ToLowerInvariant();
        field.Type = FieldType.Group;
        field.TypeName = $"{fullName}.{group.Name}";
    }

    private void Scalar(FieldDescriptorProto field)
    {
        field.Type = Scalars[Pick(Scalars.Length)];
        if (field.Label == FieldLabel.Repeated)
        {
            if (field.Type is not (FieldType.String or FieldType.Bytes) && Chance(2))
                field.Options = new FieldOptions { Packed = Chance(2) };
        }
        else if (MayHaveDefault(field))
        {
            field.DefaultValue = field.Type switch
            {
                FieldType.Bool => Chance(2) ? "true" : "false",
                FieldType.String => Words(),
                FieldType.Bytes => "\\001\\377\\\"x",
                FieldType.Double => new[] { "1.5", "-0.25", "inf", "-inf", "nan", "0.1" }[Pick(6)],
                FieldType.Float => new[] { "1.5", "-0.25", "inf", "-inf", "nan" }[Pick(5)],
                FieldType.Uint64 or FieldType.Fixed64 => "18446744073709551615",
                FieldType.Uint32 or FieldType.Fixed32 => "4294967295",
                FieldType.Int64 or FieldType.Sint64 or FieldType.Sfixed64 => "-9223372036854775808",
                _ => "-2147483648",
            };
        }
    }

    private bool MayHaveDefault(FieldDescriptorProto field) => !IsProto3 && field.Label != FieldLabel.Repeated && Chance(2);

    /// <summary>Never zero or empty: the text's parser drops those.</summary>
    private ByteString CustomOption()
    {
        using var bytes = new MemoryStream();
        using (var output = new CodedOutputStream(bytes, leaveOpen: true))
        {
            switch (Pick(5))
            {
                case 0:
                    output.WriteTag(50000, WireFormat.WireType.LengthDelimited);
                    output.WriteString("w" + Words());
                    break;
                case 1:
                    output.WriteTag(50001, WireFormat.WireType.Varint);
                    output.WriteSInt64(-1 - Pick(1000));
                    break;
                case 2:
                    output.WriteTag(50002, WireFormat.WireType.Fixed64);
                    output.WriteDouble((1 + Pick(1000)) / 8.0);
                    break;
                case 3:
                    output.WriteTag(50003, WireFormat.WireType.Varint);
                    output.WriteBool(true);
                    break;
                default:
                    output.WriteTag(50004, WireFormat.WireType.LengthDelimited);
                    output.WriteBytes(ByteString.CopyFrom(0, 255, 34, 39, 92, 97, 10));
                    break;
            }
        }

        return ByteString.CopyFrom(bytes.ToArray());
    }

    private ServiceDescriptorProto Service()
    {
        var service = new ServiceDescriptorProto { Name = Name("Service") };
        for (var count = Pick(4); count > 0; count--)
        {
            var method = new MethodDescriptorProto { Name = Name("Method"), InputType = _messages[Pick(_messages.Count)], OutputType = _messages[Pick(_messages.Count)] };
            if (Chance(3))
                method.ClientStreaming = true;
            if (Chance(3))
                method.ServerStreaming = true;
            if (Chance(3))
                method.Options = new MethodOptions { Deprecated = true };
            service.Method.Add(method);
        }

        if (Chance(3))
            service.Options = new ServiceOptions { Deprecated = true };
        return service;
    }

    private string Name(string kind) => $"{kind}{(Chance(4) ? "_x" : "")}{_names++}";

    private string Words() => new[] { "plain", "it's \"quoted\"", "back\\slash", "line\nbreak\ttab", "Schuhgröße 42 👟", "\u0001\u007f", "" }[Pick(7)];

    private bool Chance(int oneIn) => Pick(oneIn) == 0;

    private int Pick(int count) => (int)(_choices[_next++ % _choices.Length] / (1 + (uint)(_next / _choices.Length)) % (uint)count);
}
