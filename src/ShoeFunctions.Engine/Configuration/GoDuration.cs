using System.Globalization;
using System.Text.RegularExpressions;

namespace ShoeFunctions.Engine.Configuration;

/// <summary>Durations as Go writes them: <c>500ms</c>, <c>1.5s</c>, <c>1h30m</c>.</summary>
/// <remarks>Source: the documentation of Go's <c>time.ParseDuration</c>, whose syntax the settings share with the Go program.</remarks>
public static partial class GoDuration
{
    /// <summary>Digits that cannot matter: finer than a nanosecond in any unit, or above 2^63 in any.</summary>
    private const int MostDigits = 19;

    /// <summary>Reads a duration; false where it is none, or more than 2^63-1 nanoseconds (292 years).</summary>
    /// <param name="text">One or more numbers, each with a unit of ns, us, µs, ms, s, m or h; a sign before; or 0.</param>
    /// <param name="nanoseconds">The duration. What is finer than a nanosecond is cut off.</param>
    public static bool TryParse(string text, out long nanoseconds)
    {
        nanoseconds = 0;
        if (text is "0" or "+0" or "-0")
            return true;
        if (Syntax.Match(text) is not { Success: true } match)
            return false;

        UInt128 sum = 0;
        var terms = match.Groups["unit"].Captures.Zip(match.Groups["whole"].Captures, match.Groups["fraction"].Captures);
        foreach (var (unit, whole, fraction) in terms)
        {
            var wholeDigits = whole.Value.TrimStart('0');
            if (wholeDigits.Length > MostDigits || whole.Length + fraction.Length == 0)
                return false;

            sum += Number(wholeDigits) * Nanoseconds(unit.ValueSpan) + Fraction(fraction.Value, Nanoseconds(unit.ValueSpan));
            if (sum > long.MaxValue)
                return false;
        }

        nanoseconds = text[0] == '-' ? -(long)sum : (long)sum;
        return true;
    }

    private static UInt128 Number(string digits) => digits.Length == 0 ? 0 : UInt128.Parse(digits, CultureInfo.InvariantCulture);

    private static UInt128 Fraction(string digits, ulong unit)
    {
        var significant = digits[..Math.Min(digits.Length, MostDigits)];
        var scale = UInt128.One;
        for (var digit = 0; digit < significant.Length; digit++)
            scale *= 10;
        return Number(significant) * unit / scale;
    }

    private static ulong Nanoseconds(ReadOnlySpan<char> unit) => unit switch
    {
        "ns" => 1,
        "us" or "µs" or "μs" => 1_000,
        "ms" => 1_000_000,
        "s" => 1_000_000_000,
        "m" => 60_000_000_000,
        _ => 3_600_000_000_000,
    };

    [GeneratedRegex(@"^[+-]?(?:(?<whole>[0-9]*)(?:\.(?<fraction>[0-9]*)|(?<fraction>))(?<unit>ns|us|µs|μs|ms|s|m|h))+\z", RegexOptions.CultureInvariant)]
    private static partial Regex Syntax { get; }
}
