using System.Numerics;

namespace ShoeFunctions.Engine.Ticks;

/// <summary>
/// The integral of a curve's factors over one day, exact. On a line from a to b that takes L seconds it is a·y + (b−a)·y²/2L
/// after y seconds: a whole number of parts of 1/(2·M·d), where M is a multiple of all L and 1/d divides all factors.
/// </summary>
internal sealed class CurveIntegral
{
    private readonly Part[] _parts;

    /// <summary>The integral of a curve.</summary>
    public CurveIntegral(LoadCurve curve)
    {
        var segments = curve.Segments;
        var divisor = Divisor(curve.Points.Select(point => point.Millionths));
        var multiple = segments.Where(line => line.From != line.To).Aggregate(BigInteger.One, (multiple, line) =>
            Multiple(multiple, line.Length / BigInteger.GreatestCommonDivisor(line.Length, (line.To - line.From) / divisor)));
        Unit = 2 * multiple * (LoadCurve.One / divisor);

        _parts = new Part[segments.Length];
        var sum = BigInteger.Zero;
        for (var place = 0; place < segments.Length; place++)
        {
            var line = segments[place];
            var part = new Part(line.Begin, line.Start, 0, 2 * multiple * (line.From / divisor), (line.To - line.From) / divisor * multiple / line.Length);
            _parts[place] = part = part with { Constant = sum - part.Until(line.Begin) };
            sum = part.Until(place + 1 < segments.Length ? segments[place + 1].Begin : ScheduleDays.Length);
        }

        Day = sum;
    }

    /// <summary>What a factor of 1 comes to in a second.</summary>
    public BigInteger Unit { get; }

    /// <summary>The integral over the whole day.</summary>
    public BigInteger Day { get; }

    /// <summary>The integral from midnight to a second of the day.</summary>
    public BigInteger Until(int second)
    {
        var place = _parts.Length - 1;
        while (_parts[place].Begin > second)
            place--;
        return _parts[place].Until(second);
    }

    /// <summary>The largest part of 1 that all factors are whole multiples of, in millionths.</summary>
    public static long Divisor(IEnumerable<long> millionths) => (long)millionths.Aggregate((BigInteger)LoadCurve.One, (divisor, factor) => BigInteger.GreatestCommonDivisor(divisor, factor));

    /// <summary>The least common multiple.</summary>
    public static BigInteger Multiple(BigInteger one, BigInteger other) => one / BigInteger.GreatestCommonDivisor(one, other) * other;

    private readonly record struct Part(int Begin, int Start, BigInteger Constant, BigInteger Level, BigInteger Slope)
    {
        public BigInteger Until(int second) => (((Slope * (second - Start)) + Level) * (second - Start)) + Constant;
    }
}
