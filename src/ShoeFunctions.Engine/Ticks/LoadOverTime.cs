using System.Numerics;

namespace ShoeFunctions.Engine.Ticks;

/// <summary>The integral of the factors over time: seconds, each as often as the factor says. For rates by the second.</summary>
internal sealed class LoadOverTime(LoadCurve curve) : LoadIntegral(curve)
{
    /// <inheritdoc/>
    protected override BigInteger PlainUnit => Curve.Unit * WeekdayUnit;

    /// <inheritdoc/>
    protected override BigInteger Plain(long second)
    {
        var (day, rest) = Math.DivRem(second, ScheduleDays.Length);
        return (Curve.Day * WeekdaysBefore(day)) + (Curve.Until((int)rest) * Weekday(day));
    }
}
