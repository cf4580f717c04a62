using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace ShoeFunctions.Engine.Dashboard;

/// <summary>The page to look at: one file, which asks for the statistics beside it.</summary>
public static partial class DashboardPage
{
    /// <summary>The page, in UTF-8. Its line ends are those that browsers make of any, since they hash what they have read.</summary>
    public static ReadOnlyMemory<byte> Html { get; } = Read();

    /// <summary>The headers to send it with. Nothing runs in it and nothing is loaded but what the page itself holds.</summary>
    public static ImmutableArray<(string Name, string Value)> Headers { get; } =
    [
        ("Content-Type", "text/html; charset=utf-8"),
        ("Content-Security-Policy",
            $"default-src 'none'; script-src {Sources("script")}; style-src {Sources("style")}; img-src data:; connect-src 'self'; "
            + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"),
        ("X-Content-Type-Options", "nosniff"),
        // Its own address may have a function key in it.
        ("Referrer-Policy", "no-referrer"),
        ("Cache-Control", "no-store"),
    ];

    private static byte[] Read()
    {
        using var stream = typeof(DashboardPage).Assembly.GetManifestResourceStream("dashboard.html")!;
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return Encoding.UTF8.GetBytes(reader.ReadToEnd().ReplaceLineEndings("\n"));
    }

    private static string Sources(string element) => string.Join(' ', Inline.Matches(Encoding.UTF8.GetString(Html.Span))
        .Where(match => match.Groups["element"].Value == element)
        .Select(match => $"'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(match.Groups["text"].Value)))}'"));

    [GeneratedRegex("<(?<element>script|style)>(?<text>.*?)</\\k<element>>", RegexOptions.Singleline)]
    private static partial Regex Inline { get; }
}
