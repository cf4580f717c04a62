using System.Text;
using Google.Protobuf.Reflection;

namespace ShoeFunctions.Local.EmbeddedSchemaRegistry.Schemas;

/// <summary>Removes from a file what does not change its meaning.</summary>
internal static class ProtobufNormalForm
{
    public static void Apply(FileDescriptorProto file)
    {
        file.ClearName();
        file.SourceCodeInfo = null;
        if (file.Package.Length == 0)
            file.ClearPackage();
        if (file.Syntax == "proto2")
            file.ClearSyntax();
        if (file.Options?.CalculateSize() == 0)
            file.Options = null;
        foreach (var extension in file.Extension)
            Apply(extension);
        foreach (var message in file.MessageType)
            Apply(message);
    }

    private static void Apply(DescriptorProto message)
    {
        if (message.Options?.CalculateSize() == 0)
            message.Options = null;
        foreach (var field in message.Field.Concat(message.Extension))
            Apply(field);
        foreach (var nested in message.NestedType)
            Apply(nested);
    }

    private static void Apply(FieldDescriptorProto field)
    {
        if (field.JsonName == JsonName(field.Name))
            field.ClearJsonName();
        if (field.Options?.CalculateSize() == 0)
            field.Options = null;
    }

    /// <summary>The name that JSON has by default: without underscores, what follows one in upper case.</summary>
    private static string JsonName(string name)
    {
        var json = new StringBuilder(name.Length);
        var isAfterUnderscore = false;
        foreach (var character in name)
        {
            if (character != '_')
                json.Append(isAfterUnderscore && char.IsAsciiLetterLower(character) ? char.ToUpperInvariant(character) : character);
            isAfterUnderscore = character == '_';
        }

        return json.ToString();
    }
}
