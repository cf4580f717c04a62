namespace ShoeFunctions.Local.Terminal;

/// <summary>What a line shows of a text that may be of any length: others write such, and faults on purpose.</summary>
internal static class Excerpt
{
    /// <summary>Longer than any text of ours.</summary>
    public const int Most = 40;

    /// <summary>The text, or its first characters and an ellipsis.</summary>
    public static string Of(string text) => text.Length > Most ? text[..Most] + "…" : text;
}
