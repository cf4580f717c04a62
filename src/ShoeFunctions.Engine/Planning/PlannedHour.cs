using System.Collections.Immutable;
using ShoeFunctions.Engine.Ticks;

namespace ShoeFunctions.Engine.Planning;

/// <summary>An hour of a load.</summary>
/// <param name="From">Its first second.</param>
/// <param name="Shoes">How many shoes its ticks hold.</param>
/// <param name="LowestFactor">The lowest factor in it, rounded to six decimals.</param>
/// <param name="HighestFactor">The highest.</param>
public sealed record PlannedHour(DateTimeOffset From, long Shoes, double LowestFactor, double HighestFactor)
{
    private const int Seconds = 3600, ADay = 24;

    /// <summary>The whole hours of a day, from a time on; none where the rate is the same at all times.</summary>
    public static ImmutableArray<PlannedHour> Day(TickSchedule schedule, Tick from)
    {
        if (schedule.Rate.Load is not { } load)
            return [];

        var first = (from.UnixSeconds + Seconds - 1) / Seconds;
        return
        [
            .. Enumerable.Range(0, ADay).Select(hour => new Tick((first + hour) * Seconds)).Select(start =>
            {
                var end = new Tick(start.UnixSeconds + Seconds);
                var (lowest, highest) = load.Extremes(start, end);
                return new PlannedHour(start.Time, schedule.ShoesBetween(start, end), Math.Round(lowest, 6), Math.Round(highest, 6));
            }),
        ];
    }
}
