extern alias protobufnet;

using System.Text.RegularExpressions;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using FileDescriptorProto = Google.Protobuf.Reflection.FileDescriptorProto;
using FileDescriptorSet = Google.Protobuf.Reflection.FileDescriptorSet;
using Parser = protobufnet::Google.Protobuf.Reflection.FileDescriptorSet;

namespace ShoeFunctions.Local.EmbeddedSchemaRegistry.Schemas;

/// <summary>Reads schemas as clients send them: text, or the base64 of a FileDescriptorProto.</summary>
internal static partial class ProtobufSchemaText
{
    /// <summary>The parser wants a name; no import can have this one.</summary>
    private const string FileName = "<schema>";

    private const int UnresolvedOption = 7;

    /// <summary>As Google's parsers have it. The text's parser has no limit but the stack, whose end would be the process's.</summary>
    private const int MaxDepth = 100;

    /// <summary>More files than any schema has; a chain of imports is followed as deep as it is long.</summary>
    private const int MaxFiles = 500;

    /// <summary>Reads a schema.</summary>
    /// <param name="schema">Text, or the base64 of a FileDescriptorProto.</param>
    /// <param name="references">The registered schemas that it may import.</param>
    /// <exception cref="InvalidSchemaException">It is neither, or not valid.</exception>
    public static ProtobufSchema Parse(string schema, IReadOnlyList<(SchemaReference Reference, ProtobufSchema Schema)> references)
    {
        try
        {
            var sources = Sources(references);
            var file = Decode(schema);
            (var parsed, var dependencies) = Read(file is null ? schema : ImportsOf(file), sources);
            file ??= parsed;
            ProtobufNormalForm.Apply(file);
            FileDescriptor.BuildFromByteStrings([.. dependencies.Select(dependency => dependency.ToByteString()), file.ToByteString()]);
            return new(file, dependencies, [.. references.Select(one => one.Reference)], sources);
        }
        catch (Exception error) when (error is not InvalidSchemaException)
        {
            // Whatever a parser stumbles over is the text's fault.
            throw new InvalidSchemaException(error.Message, error);
        }
    }

    private static Dictionary<string, string> Sources(IReadOnlyList<(SchemaReference Reference, ProtobufSchema Schema)> references)
    {
        var sources = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (reference, schema) in references)
            sources[reference.Name] = schema.Text;
        foreach (var (name, text) in references.SelectMany(reference => reference.Schema.Sources))
            sources.TryAdd(name, text);
        return sources.Count <= MaxFiles ? sources : throw new InvalidSchemaException($"It imports more than {MaxFiles} files");
    }

    /// <summary>The descriptor, or null where the schema is not the base64 of one.</summary>
    private static FileDescriptorProto? Decode(string schema)
    {
        var bytes = new byte[schema.Length];
        if (!Convert.TryFromBase64String(schema, bytes, out var length))
            return null;

        try
        {
            var file = FileDescriptorProto.Parser.WithDiscardUnknownFields(true).ParseFrom(bytes, 0, length);
            return file.CalculateSize() == 0 ? null : FileDescriptorProto.Parser.ParseFrom(bytes, 0, length);
        }
        catch (InvalidProtocolBufferException)
        {
            return null;
        }
    }

    /// <summary>A text that imports the same files: the parser finds them.</summary>
    private static string ImportsOf(FileDescriptorProto file) =>
        string.Concat(["syntax = \"proto3\";", .. file.Dependency.Select(path => $"import {ProtobufLiteral.Of(path)};")]);

    private static (FileDescriptorProto File, IReadOnlyList<FileDescriptorProto> Dependencies) Read(string text, Dictionary<string, string> sources)
    {
        if (IsTooDeep(text))
            throw new InvalidSchemaException($"Nested deeper than {MaxDepth}");

        var parser = new Parser();
        foreach (var (name, source) in sources)
            parser.Add(name, includeInOutput: true, new StringReader(ParserGaps.Close(source)));
        parser.Add(FileName, includeInOutput: true, new StringReader(ParserGaps.Close(text)));
        parser.Process();

        var errors = parser.GetErrors().Where(error => error.IsError).ToList();
        ThrowAny(errors.Where(error => error.ErrorNumber != UnresolvedOption));

        using var bytes = new MemoryStream();
        parser.Serialize(Parser.Serializer, bytes, includeImports: true);
        var files = FileDescriptorSet.Parser.ParseFrom(bytes.ToArray()).File.ToDictionary(file => file.Name, StringComparer.Ordinal);

        var file = files[FileName];
        if (!NewerOptions.TryInterpret(file))
            ThrowAny(errors);
        ParserGaps.MarkWeak(file, text);
        return (file, InOrder(file, files));
    }

    /// <summary>
    /// Whether a text is nested too deep for the parser. What is in comments and strings closes nothing, nor does what closes something else:
    /// the parser goes on after such a fault.
    /// </summary>
    private static bool IsTooDeep(string text)
    {
        var open = new Stack<char>();
        foreach (var match in Brackets.EnumerateMatches(text))
        {
            var bracket = text[match.Index];
            if (bracket is '{' or '[' or '<' or '(')
                open.Push(bracket);
            else if (open.TryPeek(out var last) && last == bracket switch { '}' => '{', ']' => '[', '>' => '<', ')' => '(', _ => default })
                open.Pop();
            if (open.Count > MaxDepth)
                return true;
        }

        return false;
    }

    /// <remarks>Each of its ways takes whatever follows its beginning, so that it never goes back: it takes as long as the text is.</remarks>
    [GeneratedRegex("""//[^\n]*|/\*(?s:.*?)(?:\*/|\z)|"(?>[^"\\\n]*(?:\\.[^"\\\n]*)*)"?|'(?>[^'\\\n]*(?:\\.[^'\\\n]*)*)'?|[{}\[\]<>()]""")]
    private static partial Regex Brackets { get; }

    private static void ThrowAny(IEnumerable<protobufnet::ProtoBuf.Reflection.Error> errors)
    {
        if (errors.FirstOrDefault() is { } error)
            throw new InvalidSchemaException($"{(error.File == FileName ? "" : error.File + ":")}{error.LineNumber}:{error.ColumnNumber}: {error.Message}");
    }

    /// <summary>The files that a file imports, and those that they import: what is imported comes first.</summary>
    private static List<FileDescriptorProto> InOrder(FileDescriptorProto file, Dictionary<string, FileDescriptorProto> files)
    {
        var ordered = new List<FileDescriptorProto>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        Visit(file);
        return ordered;

        void Visit(FileDescriptorProto importing)
        {
            foreach (var name in importing.Dependency.Where(seen.Add))
            {
                Visit(files[name]);
                ordered.Add(files[name]);
            }
        }
    }
}
