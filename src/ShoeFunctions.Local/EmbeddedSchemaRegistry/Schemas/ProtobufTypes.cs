using Google.Protobuf.Reflection;

namespace ShoeFunctions.Local.EmbeddedSchemaRegistry.Schemas;

/// <summary>What a file and the files that it imports declare, by full name with a leading dot.</summary>
internal sealed class ProtobufTypes
{
    private readonly Dictionary<string, Message> _messages = new(StringComparer.Ordinal);
    private readonly Dictionary<string, EnumDescriptorProto> _enums = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Extendee, int Number), Extension> _extensions = [];

    public ProtobufTypes(FileDescriptorProto file, IEnumerable<FileDescriptorProto> dependencies)
    {
        // Google's own descriptor.proto knows more options than the one that came with the parser: it is last, and wins.
        foreach (var dependency in dependencies)
            Add(dependency, isLocal: false);
        Add(DescriptorReflection.Descriptor.ToProto(), isLocal: false);
        Add(file, isLocal: true);
    }

    public Message? FindMessage(string fullName) => _messages.GetValueOrDefault(fullName);

    public EnumDescriptorProto? FindEnum(string fullName) => _enums.GetValueOrDefault(fullName);

    public Extension? FindExtension(string extendee, int number) => _extensions.GetValueOrDefault((extendee, number));

    private void Add(FileDescriptorProto file, bool isLocal)
    {
        var scope = file.Package.Length == 0 ? "" : "." + file.Package;
        AddEnums(scope, file.EnumType);
        AddExtensions(scope, file.Extension);
        foreach (var message in file.MessageType)
            Add(scope, scope.Length, message, isLocal);
    }

    private void Add(string scope, int packageLength, DescriptorProto message, bool isLocal)
    {
        var fullName = $"{scope}.{message.Name}";
        _messages[fullName] = new(fullName, fullName[(packageLength + 1)..], message, isLocal);
        AddEnums(fullName, message.EnumType);
        AddExtensions(fullName, message.Extension);
        foreach (var nested in message.NestedType)
            Add(fullName, packageLength, nested, isLocal);
    }

    private void AddEnums(string scope, IEnumerable<EnumDescriptorProto> enums)
    {
        foreach (var one in enums)
            _enums[$"{scope}.{one.Name}"] = one;
    }

    private void AddExtensions(string scope, IEnumerable<FieldDescriptorProto> extensions)
    {
        foreach (var one in extensions)
            _extensions[(one.Extendee, one.Number)] = new($"{scope}.{one.Name}", one);
    }

    /// <summary>A message type.</summary>
    /// <param name="FullName">With a leading dot.</param>
    /// <param name="LocalName">Without the package.</param>
    /// <param name="Descriptor">What it declares.</param>
    /// <param name="IsLocal">Whether the file itself declares it, not one that it imports.</param>
    public sealed record Message(string FullName, string LocalName, DescriptorProto Descriptor, bool IsLocal);

    /// <summary>A field that extends a message.</summary>
    public sealed record Extension(string FullName, FieldDescriptorProto Field);
}
