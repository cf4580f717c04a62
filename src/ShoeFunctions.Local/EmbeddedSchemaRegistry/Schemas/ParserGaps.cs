using System.Text.RegularExpressions;
using Google.Protobuf.Reflection;

namespace ShoeFunctions.Local.EmbeddedSchemaRegistry.Schemas;

/// <summary>
/// Rewrites what protobuf-net.Reflection 3.4.40 cannot parse into what it can: weak imports, lists of extension ranges,
/// and characters beyond U+FFFF. To be removed when the parser knows them.
/// </summary>
internal static partial class ParserGaps
{
    public static string Close(string text)
    {
        text = WeakImports().Replace(text, "${import}${path}");
        text = ExtensionLists().Replace(text, list => string.Concat(list.Groups["ranges"].Value.Split(',').Select(range => $"extensions {range};")));
        return SurrogatePairs().Replace(text, pair => $"\\U{char.ConvertToUtf32(pair.Value, 0):X8}");
    }

    /// <summary>Marks the imports as weak that are weak in the text.</summary>
    public static void MarkWeak(FileDescriptorProto file, string text)
    {
        var weak = WeakImports().Matches(text).Select(import => import.Groups["path"].Value[1..^1]).ToHashSet(StringComparer.Ordinal);
        file.WeakDependency.Add(Enumerable.Range(0, file.Dependency.Count).Where(index => weak.Contains(file.Dependency[index])));
    }

    [GeneratedRegex("""(?<=^|;)(?<import>[ \t]*import\s+)weak\s+(?<path>"[^"\n]*"|'[^'\n]*')""", RegexOptions.Multiline)]
    private static partial Regex WeakImports();

    [GeneratedRegex("""\bextensions\s+(?<ranges>\d+(\s+to\s+\d+)?(\s*,\s*\d+(\s+to\s+(\d+|max))?)+)\s*;""", RegexOptions.ExplicitCapture)]
    private static partial Regex ExtensionLists();

    [GeneratedRegex("""[\uD800-\uDBFF][\uDC00-\uDFFF]""")]
    private static partial Regex SurrogatePairs();
}
