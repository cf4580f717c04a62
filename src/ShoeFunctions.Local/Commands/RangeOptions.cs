using System.CommandLine;
using ShoeFunctions.Engine.Auditing;
using ShoeFunctions.Local.Terminal;

namespace ShoeFunctions.Local.Commands;

/// <summary>The options <c>--from</c> and <c>--to</c>.</summary>
internal sealed class RangeOptions
{
    /// <summary>How both are written, for a verb's description.</summary>
    public const string Explanation = "TIME is ISO 8601, UTC unless it names a time zone: 2026-11-23T14:00:10Z, or\n2026-11-23 for that midnight.";

    private readonly Option<DateTimeOffset> _from = Time("--from", "Time of the first tick, inclusive");
    private readonly Option<DateTimeOffset> _to = Time("--to", "Time to stop at, exclusive");

    public void AddTo(Command verb)
    {
        verb.Add(_from);
        verb.Add(_to);
    }

    /// <exception cref="CommandException">The range is empty.</exception>
    public TickRange Read(ParseResult result)
    {
        var (from, to) = (result.GetValue(_from), result.GetValue(_to));
        return from < to ? TickRange.Between(from, to) : throw new CommandException("--to: it must be later than --from.", ExitCode.WrongUsage);
    }

    /// <summary>An option that takes a time.</summary>
    public static Option<DateTimeOffset> Time(string name, string description, bool isRequired = true) => new(name)
    {
        Description = description,
        HelpName = "TIME",
        Required = isRequired,
        CustomParser = result =>
        {
            var text = result.Tokens is [var token, ..] ? token.Value : "";
            if (!TickRange.TryParseTime(text, out var time))
                result.AddError($"{name}: '{text}'; accepted is a time in ISO 8601 from 1970 to 2241, for example 2026-11-23T14:00:10Z.");
            return time;
        },
    };
}
