using System.CommandLine;
using System.Globalization;
using ShoeFunctions.Engine.Ticks;

namespace ShoeFunctions.Local.Commands;

/// <summary>How many shoes a run makes, as it is typed: each is a short way to say it in settings.</summary>
internal sealed class Amount
{
    private const long NanosecondsPerSecond = 1_000_000_000;

    private readonly Option<long?> _count = Number("--count", "Exactly N shoes, in as few equal ticks as possible", 1, 1L << 40,
        count => TicksFor(count) is null ? $"cannot be divided into equal ticks of at most {Quantity.Of(Tick.MaxShoes)} shoes: choose another number" : null);
    private readonly Option<long?> _rate = Number("--rate", "N shoes a second, instead of MESSAGE_INTERVAL", 1, NanosecondsPerSecond, _ => null);

    /// <summary>The options, with what excludes what.</summary>
    /// <param name="command">The command that gets them.</param>
    /// <param name="ticks">Its number of ticks, which goes with no count.</param>
    public void AddTo(Command command, Option<int?> ticks)
    {
        command.Add(_count);
        command.Add(_rate);
        command.Validators.Add(result =>
        {
            if (result.GetResult(_count) is not { Implicit: false })
                return;
            foreach (var other in new Option[] { ticks, _rate })
                if (result.GetResult(other) is { Implicit: false })
                    result.AddError($"--count and {other.Name} exclude each other.");
        });
    }

    /// <summary>The ticks that are asked for, and the settings that say the same.</summary>
    public (int? Ticks, IReadOnlyDictionary<string, string?> Settings) Of(ParseResult parsed, int? ticks)
    {
        // An empty value is as none: what the environment has beside it does not hold.
        if (parsed.GetValue(_count) is { } count)
        {
            var runs = TicksFor(count)!.Value;
            return (runs, new Dictionary<string, string?>
            {
                ["BATCH_SIZE"] = (count / runs).ToString(CultureInfo.InvariantCulture),
                ["MESSAGE_INTERVAL"] = "",
                // Exactly so many are asked for, whatever the time of the day.
                ["LOAD_CURVE"] = "",
                ["LOAD_WEEK"] = "",
                ["LOAD_SPIKES"] = "",
            });
        }

        return (ticks, parsed.GetValue(_rate) is { } rate
            ? new Dictionary<string, string?> { ["MESSAGE_INTERVAL"] = $"{NanosecondsPerSecond / rate}ns", ["BATCH_SIZE"] = "" }
            : new Dictionary<string, string?>());
    }

    /// <summary>The least number of equal ticks; null where there is none, as of a large prime.</summary>
    private static int? TicksFor(long count)
    {
        for (var ticks = (count + Tick.MaxShoes - 1) / Tick.MaxShoes; ticks <= int.MaxValue && ticks * ticks <= count; ticks++)
            if (count % ticks == 0)
                return (int)ticks;
        return null;
    }

    private static Option<long?> Number(string name, string description, long least, long most, Func<long, string?> fault) => new(name)
    {
        Description = description,
        HelpName = "N",
        CustomParser = result =>
        {
            var text = result.Tokens is [var token, ..] ? token.Value : "";
            if (!long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) || value < least || value > most)
                result.AddError($"{name}: '{text}'; accepted is a whole number from {least} to {most}.");
            else if (fault(value) is { } wrong)
                result.AddError($"{name}: '{text}' {wrong}.");
            return value;
        },
    };
}
