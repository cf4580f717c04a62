using System.Text;
using Google.Protobuf;

namespace ShoeFunctions.Local.EmbeddedSchemaRegistry.Schemas;

/// <summary>Writes string literals of the Protobuf language.</summary>
internal static class ProtobufLiteral
{
    public static string Of(string value)
    {
        var text = new StringBuilder("\"");
        foreach (var character in value)
            Append(text, character, isPrintable: character is >= ' ' and not '\x7f');
        return text.Append('"').ToString();
    }

    public static string Of(ByteString value)
    {
        var text = new StringBuilder("\"");
        foreach (var octet in value)
            Append(text, (char)octet, isPrintable: octet is >= 0x20 and < 0x7f);
        return text.Append('"').ToString();
    }

    private static void Append(StringBuilder text, char character, bool isPrintable) => _ = character switch
    {
        '"' => text.Append("\\\""),
        '\\' => text.Append("\\\\"),
        '\n' => text.Append("\\n"),
        '\r' => text.Append("\\r"),
        '\t' => text.Append("\\t"),
        _ when isPrintable => text.Append(character),
        _ => text.Append('\\').Append(Convert.ToString(character, 8).PadLeft(3, '0')),
    };
}
