namespace ShoeFunctions.Engine.Configuration;

/// <summary>Values with their names, as <c>name=value,name=value</c>.</summary>
internal static class NamedValues
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
                return "has a part without a name";
            else if (values.Exists(known => known.Key == name))
                return $"has {name} twice";
            else
                values.Add(new(name, part[(equals + 1)..].Trim()));
        }

        return values.Find(value => value.Value.Length == 0) is { Key: { } empty } ? $"has no value for {empty}" : null;
    }
}
