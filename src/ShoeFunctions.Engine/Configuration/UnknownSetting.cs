using Microsoft.Extensions.Configuration;

namespace ShoeFunctions.Engine.Configuration;

/// <summary>A name in the configuration that looks like a setting and is none: it would be ignored without a word.</summary>
/// <param name="Name">The name.</param>
/// <param name="Meant">The setting that it is a misspelling of, as far as that can be told.</param>
public sealed record UnknownSetting(string Name, Setting? Meant)
{
    /// <summary>A name with so few letters a mistake is taken for a misspelling: one typed wrong, left out, too much or swapped.</summary>
    private const int LettersAMistake = 5;

    /// <summary>Names that begin so are taken for settings, however far they are from any.</summary>
    private static readonly string[] Ours = ["KAFKA_", "SCHEMA_REGISTRY_", "PRODUCE_", "SHOE_"];

    /// <summary>What to say of it.</summary>
    public override string ToString() => $"{Name} is set, but is not a setting and is ignored{(Meant is { } meant ? $": did you mean {meant.Name}?" : "")}";

    /// <summary>Those of a configuration, by name.</summary>
    public static IEnumerable<UnknownSetting> In(IConfiguration configuration) =>
        from entry in configuration.GetChildren()
        let name = entry.Key.ToUpperInvariant()
        where !Settings.All.Any(setting => setting.Name == name)
        let meant = Nearest(name)
        where meant is not null || Ours.Any(start => name.StartsWith(start, StringComparison.Ordinal))
        orderby name
        select new UnknownSetting(entry.Key, meant);

    /// <summary>The setting that it is nearest to, where it is near one. Most of an environment is not even as long.</summary>
    private static Setting? Nearest(string name)
    {
        var most = name.Length / LettersAMistake;
        return Settings.All
            .Where(setting => Math.Abs(setting.Name.Length - name.Length) <= most)
            .Select(setting => new { Setting = setting, Mistakes = Mistakes(name, setting.Name) })
            .Where(near => near.Mistakes <= most)
            .MinBy(near => near.Mistakes)?.Setting;
    }

    /// <summary>How many letters were typed wrong, left out, too much, or swapped with the next (optimal string alignment distance).</summary>
    private static int Mistakes(string typed, string meant)
    {
        var table = new int[typed.Length + 1, meant.Length + 1];
        for (var i = 0; i <= typed.Length; i++)
            for (var j = 0; j <= meant.Length; j++)
            {
                if (i == 0 || j == 0)
                {
                    table[i, j] = i + j;
                    continue;
                }

                table[i, j] = Math.Min(
                    Math.Min(table[i - 1, j], table[i, j - 1]) + 1,
                    table[i - 1, j - 1] + (typed[i - 1] == meant[j - 1] ? 0 : 1));
                if (i > 1 && j > 1 && typed[i - 1] == meant[j - 2] && typed[i - 2] == meant[j - 1])
                    table[i, j] = Math.Min(table[i, j], table[i - 2, j - 2] + 1);
            }

        return table[typed.Length, meant.Length];
    }
}
