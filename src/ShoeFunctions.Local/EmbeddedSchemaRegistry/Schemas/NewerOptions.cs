using System.Text.Json;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace ShoeFunctions.Local.EmbeddedSchemaRegistry.Schemas;

/// <summary>Interprets the options that protobuf-net.Reflection 3.4.40 is too old to know, such as <c>debug_redact</c>.</summary>
internal static class NewerOptions
{
    /// <summary>Interprets what the parser left uninterpreted; false where something is not known here either.</summary>
    public static bool TryInterpret(IMessage message)
    {
        foreach (var field in message.Descriptor.Fields.InDeclarationOrder())
        {
            if (field.FieldType != FieldType.Message || field.IsMap)
                continue;

            var value = field.Accessor.GetValue(message);
            var children = field.IsRepeated ? ((System.Collections.IList)value).Cast<IMessage>() : value is IMessage one ? [one] : [];
            if (field.Name != "uninterpreted_option")
            {
                if (!children.ToList().All(TryInterpret))
                    return false;
                continue;
            }

            foreach (var option in children.Cast<UninterpretedOption>().ToList())
            {
                if (!TryInterpret(message, option))
                    return false;
            }

            ((System.Collections.IList)value).Clear();
        }

        return true;
    }

    private static bool TryInterpret(IMessage options, UninterpretedOption option)
    {
        if (option.Name.Any(part => part.IsExtension))
            return false;

        var path = option.Name.SelectMany(part => part.NamePart_.Split('.')).ToList();
        var type = options.Descriptor;
        var json = "";
        var end = "";
        for (var depth = 0; depth < path.Count; depth++)
        {
            if (type?.FindFieldByName(path[depth]) is not { } field)
                return false;

            // The parser takes the parts of messages one by one: which of several they belong to is lost.
            var isLast = depth == path.Count - 1;
            if (field.IsRepeated && !isLast)
                return false;

            json += $"{{{JsonSerializer.Serialize(path[depth])}:{(field.IsRepeated ? "[" : "")}";
            if (isLast)
                json += field.FieldType == FieldType.Bool ? option.AggregateValue : JsonSerializer.Serialize(option.AggregateValue);
            end = $"{(field.IsRepeated ? "]" : "")}}}{end}";
            type = field.FieldType == FieldType.Message ? field.MessageType : null;
        }

        options.MergeFrom(JsonParser.Default.Parse(json + end, options.Descriptor).ToByteString());
        return true;
    }
}
