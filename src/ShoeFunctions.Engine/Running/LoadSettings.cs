using System.Globalization;
using System.Text.RegularExpressions;
using ShoeFunctions.Engine.Configuration;
using ShoeFunctions.Engine.Ticks;

namespace ShoeFunctions.Engine.Running;

/// <summary>Reads what the settings say of the load: <c>LOAD_CURVE</c>, <c>LOAD_WEEK</c>, <c>LOAD_SPIKES</c>.</summary>
internal static partial class LoadSettings
{
    private const long NanosecondsPerSecond = 1_000_000_000;

    /// <summary>The load; null where none of the three is set.</summary>
    public static LoadCurve? Read(SettingsReader reader)
    {
        var points = Read<LoadCurve.Point>(reader, Settings.LoadCurve, Points);
        var weekdays = Read<KeyValuePair<DayOfWeek, long>>(reader, Settings.LoadWeek, Weekdays);
        var spikes = Read<LoadCurve.Spike>(reader, Settings.LoadSpikes, Spikes);
        return points is null && weekdays is null && spikes is null ? null : new LoadCurve(points ?? [], weekdays ?? [], spikes ?? []);
    }

    /// <summary>The settings that are set, to begin a sentence with.</summary>
    /// <param name="reader">The settings.</param>
    /// <param name="rate">The one that the load is of.</param>
    public static string Named(SettingsReader reader, Setting rate) => string.Join(
        " and ", new[] { rate, Settings.LoadCurve, Settings.LoadWeek, Settings.LoadSpikes }.Where(setting => setting == rate || reader.IsSet(setting)).Select(setting => setting.Name));

    private delegate string? TryRead<T>(string[] parts, List<T> values);

    private static List<T>? Read<T>(SettingsReader reader, Setting setting, TryRead<T> read)
    {
        if (!reader.IsSet(setting))
            return null;

        string? why = null;
        return reader.Read(
            setting,
            (string text, out List<T> values) =>
            {
                values = [];
                why = read(text.Split(',', StringSplitOptions.TrimEntries), values);
                return why is null;
            },
            [],
            _ => why);
    }

    private static string? Points(string[] parts, List<LoadCurve.Point> points)
    {
        for (var place = 0; place < parts.Length; place++)
        {
            if (PointForm.Match(parts[place]) is not { Success: true } match)
                return Malformed(place, "HH:MM=factor");
            if (Factor(match.Groups["factor"].Value, place, out var factor) is { } wrong)
                return wrong;

            var second = (Number(match, "hour") * 3600) + (Number(match, "minute") * 60);
            if (points.Count > 0 && second <= points[^1].Second)
                return $"has {match.Groups["time"]} {(points.Exists(point => point.Second == second) ? "twice" : "after a later time")}";
            points.Add(new LoadCurve.Point(second, factor));
        }

        return null;
    }

    private static string? Weekdays(string[] parts, List<KeyValuePair<DayOfWeek, long>> weekdays)
    {
        for (var place = 0; place < parts.Length; place++)
        {
            if (WeekdayForm.Match(parts[place]) is not { Success: true } match)
                return Malformed(place, "weekday=factor");
            if (Factor(match.Groups["factor"].Value, place, out var factor) is { } wrong)
                return wrong;
            if (Enum.GetValues<DayOfWeek>().Cast<DayOfWeek?>().FirstOrDefault(day => IsNamed(day!.Value, match.Groups["day"].Value)) is not { } weekday)
                return $"has a weekday that is none, in part {place + 1}";
            if (weekdays.Exists(known => known.Key == weekday))
                return $"has {weekday} twice";
            weekdays.Add(new(weekday, factor));
        }

        return null;
    }

    private static string? Spikes(string[] parts, List<LoadCurve.Spike> spikes)
    {
        for (var place = 0; place < parts.Length; place++)
        {
            if (SpikeForm.Match(parts[place]) is not { Success: true } match)
                return Malformed(place, "time/duration=factor");
            if (Factor(match.Groups["factor"].Value, place, out var factor) is { } wrong)
                return wrong;
            if (!DateTimeOffset.TryParseExact(
                    match.Groups["time"].Value, "yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) || time.Year is < FirstYear or > LastYear)
                return $"has a time that is no whole second in UTC from {FirstYear} to {LastYear}, in part {place + 1}";
            if (!GoDuration.TryParse(match.Groups["duration"].Value, out var duration) || duration <= 0 || duration % NanosecondsPerSecond != 0)
                return $"has a duration that is not one of whole seconds, at least 1s, in part {place + 1}";
            spikes.Add(new LoadCurve.Spike(Tick.At(time), new Tick(time.ToUnixTimeSeconds() + (duration / NanosecondsPerSecond)), factor));
        }

        spikes.Sort((one, other) => one.From.CompareTo(other.From));
        return spikes.Zip(spikes.Skip(1)).Where(two => two.Second.From < two.First.To).Select(two => $"has spikes that overlap, those of {two.First.From} and {two.Second.From}").FirstOrDefault();
    }

    private static string? Factor(string text, int place, out long millionths)
    {
        millionths = 0;
        if (FactorForm.Match(text) is not { Success: true } match)
            return $"has a factor that is no number of at most six decimals, in part {place + 1}";
        millionths = (long)(decimal.Parse(text, NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture) * LoadCurve.One);
        return match.Groups["minus"].Success ? $"has a factor below 0, in part {place + 1}"
            : millionths > LoadCurve.Most ? $"has a factor above {LoadCurve.Most / LoadCurve.One}, in part {place + 1}"
            : null;
    }

    /// <summary>Not what was typed: the sentence is also said where no value may be.</summary>
    private static string Malformed(int place, string form) => $"has a part that is not {form}, the {Ordinal(place + 1)}";

    private static string Ordinal(int number) => (number % 100 is >= 11 and <= 13 ? 0 : number % 10) switch
    {
        1 => $"{number}st",
        2 => $"{number}nd",
        3 => $"{number}rd",
        _ => $"{number}th",
    };

    private static bool IsNamed(DayOfWeek day, string name) =>
        name.Equals($"{day}", StringComparison.OrdinalIgnoreCase) || name.Equals($"{day}"[..ShortName], StringComparison.OrdinalIgnoreCase);

    private static int Number(Match match, string group) => int.Parse(match.Groups[group].ValueSpan, CultureInfo.InvariantCulture);

    /// <summary>As in a schedule.</summary>
    private const int ShortName = 3;

    /// <summary>Ids end in 2242.</summary>
    private const int FirstYear = 1970, LastYear = 2241;

    [GeneratedRegex(@"^(?<time>(?<hour>[01][0-9]|2[0-3]):(?<minute>[0-5][0-9]))\s*=\s*(?<factor>.*)\z")]
    private static partial Regex PointForm { get; }

    [GeneratedRegex(@"^(?<day>[A-Za-z]+)\s*=\s*(?<factor>.*)\z")]
    private static partial Regex WeekdayForm { get; }

    [GeneratedRegex(@"^(?<time>[^/=]*)/(?<duration>[^/=]*?)\s*=\s*(?<factor>.*)\z")]
    private static partial Regex SpikeForm { get; }

    [GeneratedRegex(@"^(?<minus>-)?[0-9]{1,9}(\.[0-9]{1,6})?\z", RegexOptions.ExplicitCapture)]
    private static partial Regex FactorForm { get; }
}
