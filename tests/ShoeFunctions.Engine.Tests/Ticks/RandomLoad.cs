using ShoeFunctions.Engine.Shoes;
using ShoeFunctions.Engine.Ticks;

namespace ShoeFunctions.Engine.Tests.Ticks;

/// <summary>Loads, rates and times by chance, the same for the same seed.</summary>
internal sealed class RandomLoad(ulong seed)
{
    private static readonly string[] Schedules =
        ["* * * * * *", "*/10 * * * * *", "*/7 */13 9-16 * * 1-5", "0 0 * * * *", "5,50 30 3 * * *", "0 17 0,23 * * 0,3", "30 0 12 1,15,29 * *", "0 0 9 13 * 5", "0 */5 * 29 2 *"];

    private SplitMix64 _numbers = new(seed);

    /// <summary>A schedule.</summary>
    public string Schedule => Schedules[_numbers.Below((uint)Schedules.Length)];

    /// <summary>A rate by the second or by the tick.</summary>
    public ShoeRate Rate(LoadCurve? load) => _numbers.Below(2) == 0
        ? new ShoeRate.Interval(1 + (long)(_numbers.Next() % 5_000_000_000)) { Load = load }
        : new ShoeRate.Batch(1 + (int)_numbers.Below(5000)) { Load = load };

    /// <summary>A moment in the years from 1970 to 2050.</summary>
    public Tick Moment() => new((long)(_numbers.Next() % 2_524_608_000));

    /// <summary>A whole number below another.</summary>
    public int Below(int bound) => (int)_numbers.Below((uint)bound);

    /// <summary>A curve, with spikes in the day after a time.</summary>
    public LoadCurve Load(Tick around)
    {
        var points = Enumerable.Range(0, Below(6)).Select(_ => Below(24 * 60) * 60).Distinct().Order().Select(second => new LoadCurve.Point(second, Factor())).ToArray();
        var weekdays = Enum.GetValues<DayOfWeek>().Where(_ => Below(3) == 0).ToDictionary(day => day, _ => Factor());
        var edges = Enumerable.Range(0, 2 * Below(4)).Select(_ => around.UnixSeconds + Below(ScheduleDays.Length)).Distinct().Order().Chunk(2).Where(edge => edge.Length == 2);
        return new LoadCurve(points, weekdays, edges.Select(edge => new LoadCurve.Spike(new Tick(edge[0]), new Tick(edge[1]), Factor())));
    }

    /// <summary>Often 0, rarely round.</summary>
    private long Factor() => Below(4) switch { 0 => 0, 1 => Below(30) * (LoadCurve.One / 10), _ => Below(5_000_000) };
}
