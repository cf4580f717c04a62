using System.Collections.Immutable;
using System.Globalization;
using ShoeFunctions.Engine.Configuration;

namespace ShoeFunctions.Engine.Faults;

/// <summary>How many shoes have which faults, and how large these are.</summary>
public sealed record FaultOptions
{
    /// <summary>The draws that a lateness is one of have at most 32 bits of milliseconds.</summary>
    private static readonly TimeSpan LongestLateness = TimeSpan.FromDays(30);

    /// <summary>No shoe has any.</summary>
    public static FaultOptions None { get; } = new();

    /// <summary>Of a hundred shoes so many, for each kind that has any.</summary>
    public ImmutableSortedDictionary<FaultKind, decimal> Percent { get; init; } = ImmutableSortedDictionary<FaultKind, decimal>.Empty;

    /// <summary>How much older than its tick a late shoe's timestamp is at most; whole milliseconds.</summary>
    public TimeSpan Lateness { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>Whether a faulty shoe's record says so in a header.</summary>
    public bool AreLabelled { get; init; }

    /// <summary>Whether any shoe has a fault.</summary>
    public bool AreWanted => !Percent.IsEmpty;

    /// <summary>What they are, and how the shoes are counted, in a sentence; null where no shoe has any.</summary>
    public string? InWords => !AreWanted ? null : string.Concat(
        $"{this}",
        Percent.ContainsKey(FaultKind.Missing) ? ": a shoe that is left out is not asked for" : "",
        Percent.ContainsKey(FaultKind.Repeated) ? $"{(Percent.ContainsKey(FaultKind.Missing) ? ", and" : ":")} one that is repeated counts twice" : "");

    /// <summary>As <c>FAULTS</c> has it: <c>late=0.5%,repeated=0.2%</c>.</summary>
    public override string ToString() =>
        string.Join(',', Percent.Select(rate => string.Create(CultureInfo.InvariantCulture, $"{rate.Key.Name()}={rate.Value}%")));

    /// <summary>Reads what the settings say of faults.</summary>
    internal static FaultOptions Read(SettingsReader reader) => new()
    {
        Percent = reader.IsSet(Settings.Faults)
            ? reader.Read(Settings.Faults, (string text, out ImmutableSortedDictionary<FaultKind, decimal> rates) => Read(text, out rates) is null, None.Percent, text => Read(text, out _))
            : None.Percent,
        Lateness = reader.ReadDuration(Settings.FaultLateness, TimeSpan.FromMilliseconds(1), LongestLateness),
        AreLabelled = reader.ReadWord(Settings.FaultLabels, ("false", false), ("true", true)),
    };

    /// <summary>Reads rates.</summary>
    /// <returns>What is wrong with the text, to go on after it, or null.</returns>
    private static string? Read(string text, out ImmutableSortedDictionary<FaultKind, decimal> rates)
    {
        rates = None.Percent;
        if (NamedValues.Read(text, out var parts) is { } malformed)
            return malformed;

        foreach (var (name, value) in parts)
        {
            if (!FaultKinds.TryParse(name, out var kind))
                return $"has '{name}', which is no kind of fault";
            if (rates.ContainsKey(kind))
                return $"has {kind.Name()} twice";
            if (!decimal.TryParse(value.EndsWith('%') ? value[..^1].TrimEnd() : value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var percent) || percent > 100)
                return $"has '{value}' for {kind.Name()}, which is no percentage from 0 to 100";
            rates = rates.Add(kind, percent);
        }

        var sum = rates.Values.Sum();
        rates = rates.RemoveRange(rates.Where(rate => rate.Value == 0).Select(rate => rate.Key));
        return sum > 100 ? string.Create(CultureInfo.InvariantCulture, $"adds up to {sum} %, more than all shoes") : null;
    }
}
