using System.Text;
using System.Text.RegularExpressions;

namespace ShoeFunctions.Engine.Configuration;

/// <summary>PEM as people paste it: with other line ends, escaped ones or none, and with other text around it.</summary>
/// <remarks>Source: RFC 7468.</remarks>
internal static partial class PemText
{
    private const int LineLength = 64;

    /// <summary>One block: what it is, for example CERTIFICATE, and its text.</summary>
    public readonly record struct Block(string Label, string Text);

    /// <summary>Whether a text is, or is meant as, PEM.</summary>
    public static bool IsIn(string text) => text.Contains("-----BEGIN", StringComparison.Ordinal);

    /// <summary>The blocks of a text, each as the format has it.</summary>
    public static IReadOnlyList<Block> Blocks(string text) =>
        [.. Whole.Matches(text).Select(match => new Block(match.Groups["label"].Value, Wrapped(match.Groups["label"].Value, match.Groups["body"].Value)))];

    private static string Wrapped(string label, string body)
    {
        var lines = EscapedLineEnd.Replace(body, "\n").Split((char[])['\r', '\n', '\t', ' '], StringSplitOptions.RemoveEmptyEntries);
        var bytes = string.Concat(lines);
        var text = new StringBuilder("-----BEGIN ").Append(label).Append("-----\n");
        for (var start = 0; start < bytes.Length; start += LineLength)
            text.Append(bytes, start, Math.Min(LineLength, bytes.Length - start)).Append('\n');
        return text.Append("-----END ").Append(label).Append("-----\n").ToString();
    }

    [GeneratedRegex("-----BEGIN (?<label>[^-]+)-----(?<body>.*?)-----END \\k<label>-----", RegexOptions.Singleline)]
    private static partial Regex Whole { get; }

    [GeneratedRegex(@"\\+[rn]")]
    private static partial Regex EscapedLineEnd { get; }
}
