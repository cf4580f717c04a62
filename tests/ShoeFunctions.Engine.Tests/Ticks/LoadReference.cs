using System.Numerics;
using ShoeFunctions.Engine.Ticks;

namespace ShoeFunctions.Engine.Tests.Ticks;

/// <summary>
/// The factors and their integral once more, in fractions, straight from what they mean: minute by minute, and by the formula of a
/// trapezium, which is exact where a line has no corner within.
/// </summary>
internal static class LoadReference
{
    private const int Day = 24 * 3600, Minute = 60;

    /// <summary>The integral over seconds, as a fraction.</summary>
    public static (BigInteger Over, BigInteger Under) Integral(LoadCurve load, Tick from, Tick to)
    {
        var sum = (Over: BigInteger.Zero, Under: BigInteger.One);
        for (var second = from.UnixSeconds; second < to.UnixSeconds;)
        {
            var end = load.Spikes.SelectMany(spike => new[] { spike.From.UnixSeconds, spike.To.UnixSeconds }).Append(second - (second % Minute) + Minute).Append(to.UnixSeconds).Where(edge => edge > second).Min();
            var (now, next) = (OverDay(load, second), OverDay(load, end));
            var rest = (BigInteger)load.Weekdays[(int)DateTimeOffset.FromUnixTimeSeconds(second).DayOfWeek] * (end - second)
                * load.Spikes.Where(spike => spike.From.UnixSeconds <= second && second < spike.To.UnixSeconds).Select(spike => spike.Millionths).DefaultIfEmpty(LoadCurve.One).Single();
            sum = Sum(sum, (rest * ((now.Over * next.Under) + (next.Over * now.Under)), 2 * now.Under * next.Under));
            second = end;
        }

        return Reduced(sum.Over, sum.Under * BigInteger.Pow(LoadCurve.One, 3));
    }

    /// <summary>One fraction and another.</summary>
    public static (BigInteger Over, BigInteger Under) Sum((BigInteger Over, BigInteger Under) one, (BigInteger Over, BigInteger Under) other) => one.Under == other.Under
        ? (one.Over + other.Over, one.Under)
        : Reduced((one.Over * other.Under) + (other.Over * one.Under), one.Under * other.Under);

    private static (BigInteger Over, BigInteger Under) OverDay(LoadCurve load, long second)
    {
        var time = (int)(second % Day);
        var after = load.Points.Where(point => point.Second > time).Select(point => (point.Second, point.Millionths)).DefaultIfEmpty((load.Points[0].Second + Day, load.Points[0].Millionths)).First();
        var before = load.Points.Where(point => point.Second <= time).Select(point => (point.Second, point.Millionths)).DefaultIfEmpty((load.Points[^1].Second - Day, load.Points[^1].Millionths)).Last();
        var length = after.Item1 - before.Item1;
        return ((before.Item2 * length) + ((BigInteger)(after.Item2 - before.Item2) * (time - before.Item1)), length);
    }

    private static (BigInteger Over, BigInteger Under) Reduced(BigInteger over, BigInteger under)
    {
        var divisor = BigInteger.GreatestCommonDivisor(over, under);
        return (over / divisor, under / divisor);
    }
}
