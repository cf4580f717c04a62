using Microsoft.Extensions.Configuration;

namespace ShoeFunctions.Engine.Configuration;

/// <summary>A name in the configuration that looks like a setting and is none: it would be ignored without a word.</summary>
/// <param name="Name">The name.</param>
/// <param name="Meant">The setting that it is a misspelling of, as far as that can be told.</param>
public sealed record UnknownSetting(string Name, Setting? Meant)
{
    /// <summary>Names that begin so are taken for settings, however far they are from any.</summary>
    private static readonly string[] Ours = ["KAFKA_", "SCHEMA_REGISTRY_", "PRODUCE_", "SHOE_"];

    /// <summary>What to say of it.</summary>
    public override string ToString() => $"{Name} is set, but is not a setting and is ignored{(Meant is { } meant ? $": did you mean {meant.Name}?" : "")}";

    /// <summary>Those of a configuration, by name.</summary>
    public static IEnumerable<UnknownSetting> In(IConfiguration configuration) =>
        from entry in configuration.GetChildren()
        let name = entry.Key.ToUpperInvariant()
        where !Settings.All.Any(setting => setting.Name == name)
        let meant = Misspelling.Of(name, Settings.All, setting => setting.Name)
        where meant is not null || Ours.Any(start => name.StartsWith(start, StringComparison.Ordinal))
        orderby name
        select new UnknownSetting(entry.Key, meant);
}
