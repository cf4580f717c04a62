using System.Text.RegularExpressions;

namespace ShoeFunctions.Engine.Configuration;

/// <summary>Values with their names, as <c>name=value,name=value</c>.</summary>
internal static partial class NamedValues
{
    /// <summary>Reads them. A part without a name goes on with the value before it, which then has a comma in it.</summary>
    /// <param name="text">The text.</param>
    /// <param name="values">Name and value, in the text's order.</param>
    /// <returns>What is wrong with the text, or null.</returns>
    public static string? Read(string text, out List<KeyValuePair<string, string>> values)
    {
        values = [];
        foreach (var part in text.Split(','))
        {
            var equals = part.IndexOf('=', StringComparison.Ordinal);
            var name = equals < 0 ? "" : part[..equals].Trim();
            if (equals < 0 && values.Count > 0)
                values[^1] = new(values[^1].Key, $"{values[^1].Value},{part.Trim()}");
            else if (name.Length == 0)
                return "has a part without '='";
            else if (values.Exists(known => known.Key == name))
                return $"has {name} twice";
            else
                values.Add(new(name, part[(equals + 1)..].Trim()));
        }

        return values.Find(value => value.Value.Length == 0) is { Key: { } empty } ? $"has no value for {empty}" : null;
    }

    /// <summary>The same as it may be shown: names, and the values of those that cannot be secret.</summary>
    public static string Display(string text)
    {
        var isShown = false;
        return string.Join(',', text.Split(',').Select(part =>
        {
            var equals = part.IndexOf('=', StringComparison.Ordinal);
            isShown = equals < 0 ? isShown : !MayBeSecret(part[..equals].Trim());
            return isShown ? part : equals < 0 ? "…" : $"{part[..equals]}=…";
        }));
    }

    /// <summary>Whether a value of this name may be one that nobody is to see, misspelt or not.</summary>
    public static bool MayBeSecret(string name) => Secret.IsMatch(name);

    [GeneratedRegex(@"^(?:sasl|ssl)\.|pass|secret|key|pem|token|config|jaas|cred", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Secret { get; }
}
