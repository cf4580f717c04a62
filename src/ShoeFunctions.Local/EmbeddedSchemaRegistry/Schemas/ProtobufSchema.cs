using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace ShoeFunctions.Local.EmbeddedSchemaRegistry.Schemas;

/// <summary>A schema as the registry keeps it.</summary>
/// <param name="file">The file, normalised: without a name, comments, and JSON names that follow from the names.</param>
/// <param name="dependencies">The files that it imports, and those that they import: what is imported comes first.</param>
/// <param name="references">Where the imported files are registered.</param>
/// <param name="sources">The texts of the imported files that are registered, by name.</param>
internal sealed class ProtobufSchema(
    FileDescriptorProto file,
    IReadOnlyList<FileDescriptorProto> dependencies,
    IReadOnlyList<SchemaReference> references,
    IReadOnlyDictionary<string, string> sources)
{
    public FileDescriptorProto File => file;

    public IReadOnlyList<SchemaReference> References => references;

    public IReadOnlyDictionary<string, string> Sources => sources;

    public ProtobufTypes Types { get; } = new(file, dependencies);

    /// <summary>The canonical text.</summary>
    public string Text => _text ??= ProtobufPrinter.Print(file, Types);

    /// <summary>The same for schemas that are the same.</summary>
    public string Key => _key ??= string.Join('\n', [Text, .. references.Select(reference => $"{reference}")]);

    /// <summary>The descriptor in base64, as the deserialisers for JavaScript and Python want it.</summary>
    public string Serialized => file.ToByteString().ToBase64();

    private string? _text;
    private string? _key;
}
