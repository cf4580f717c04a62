using System.Numerics;

namespace ShoeFunctions.Engine.Ticks;

/// <summary>
/// How many shoes a load asks for up to any moment since 1970: the integral of the rate, rounded up. Shoe n (from 0) is due where
/// the integral reaches n; a tick holds those that are due from its time on and before the next tick's. So any stretch is right to
/// one shoe, whatever ticks it is cut into, and no tick's number depends on another's.
/// </summary>
internal sealed class LoadedShoes
{
    private readonly LoadIntegral _integral;
    private readonly BigInteger _times;
    private readonly BigInteger _parts;

    private LoadedShoes(LoadIntegral integral, BigInteger times, BigInteger parts)
    {
        var divisor = BigInteger.GreatestCommonDivisor(times, parts);
        (_integral, _times, _parts) = (integral, times / divisor, parts / divisor);
    }

    /// <summary>A rate's; null where it has no load, and so is the same at all times.</summary>
    public static LoadedShoes? Of(ShoeRate rate, Lazy<ScheduleDays> days) => rate switch
    {
        { Load: null } => null,
        ShoeRate.Interval { Nanoseconds: var interval, Load: var load } when new LoadOverTime(load) is var time => new(time, 1_000_000_000, time.Unit * interval),
        ShoeRate.Batch { Shoes: var shoes, Load: var load } when new LoadOverTicks(load, days.Value) is var ticks => new(ticks, shoes, ticks.Unit),
        _ => throw new ArgumentOutOfRangeException(nameof(rate)),
    };

    /// <summary>How many shoes are due before a moment.</summary>
    public Int128 Before(Tick moment) => (Int128)(((_integral.Until(moment) * _times) + _parts - 1) / _parts);

    /// <summary>How many are due from one moment on and before another; more than there are numbers are as many as there are.</summary>
    public static long Between(Int128 before, Int128 beforeNext) => (long)Int128.Min(beforeNext - before, long.MaxValue);
}
