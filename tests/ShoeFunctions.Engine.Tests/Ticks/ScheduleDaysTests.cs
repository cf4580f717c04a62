using ShoeFunctions.Engine.Ticks;

namespace ShoeFunctions.Engine.Tests.Ticks;

public sealed class ScheduleDaysTests
{
    /// <summary>A whole leap year and what comes after it, in seconds.</summary>
    private static readonly Tick From = Tick.At(new DateTimeOffset(2028, 1, 1, 0, 0, 0, TimeSpan.Zero)), To = Tick.At(new DateTimeOffset(2029, 3, 2, 0, 0, 0, TimeSpan.Zero));

    [Theory]
    [InlineData("0 */10 * * * *")]
    [InlineData("*/7 */13 9-16 * * 1-5")]
    [InlineData("5/20 59 23 29 2 *")]
    [InlineData("0 0 9 13 * 5")]
    [InlineData("0,30 15-45/10 0,12 1-7 */3 Sunday,sat")]
    [InlineData("  1-3  0 6/5 * dec-December mon-Friday/2 ")]
    [InlineData("0 0 0 30 2 *")]
    public void Days_and_times_are_those_of_the_schedule(string expression)
    {
        Assert.True(TickSchedule.TryParse(expression, new ShoeRate.Batch(1), out var schedule));
        var ticks = schedule.Between(new Tick(From.UnixSeconds - 1), new Tick(To.UnixSeconds - 1)).ToArray();
        var days = new ScheduleDays(expression);
        Assert.Equal(
            ticks,
            from day in Enumerable.Range((int)(From.UnixSeconds / ScheduleDays.Length), (int)((To.UnixSeconds - From.UnixSeconds) / ScheduleDays.Length))
            where days.Has(day)
            from time in days.Times
            select new Tick(((long)day * ScheduleDays.Length) + time));
        Assert.Equal(ticks.Length, days.CountBetween(From, To));
        foreach (var tick in ticks.Take(100))
            Assert.Equal((0, 1, 1), (days.CountBetween(tick, tick), days.CountBetween(tick, new Tick(tick.UnixSeconds + 1)), days.CountBetween(From, new Tick(tick.UnixSeconds + 1)) - days.CountBetween(From, tick)));
    }

    [Theory]
    [InlineData("*/10 * * * * *", true)]
    [InlineData("0 0 9 1-31 jan-dec 0-4,5,6", true)]
    [InlineData("0 0 9 1-30 * *", false)]
    [InlineData("0 0 9 * 2-12 *", false)]
    [InlineData("0 0 9 * * 1-6", false)]
    public void Where_all_days_have_ticks_it_is_known(string expression, bool are) => Assert.Equal(are, new ScheduleDays(expression).AreAll);

    [Fact]
    public void The_next_day_is_as_many_days_away_as_the_next_tick()
    {
        Assert.True(TickSchedule.TryParse("0 0 12 29 2 1", new ShoeRate.Batch(1), out var schedule));
        var monday = schedule.Next(From)!.Value;
        var days = new ScheduleDays("0 0 12 29 2 1");
        Assert.Equal((schedule.Next(monday)!.Value.UnixSeconds - monday.UnixSeconds) / ScheduleDays.Length, (long?)days.ToNext(monday.UnixSeconds / ScheduleDays.Length));
        Assert.Null(new ScheduleDays("0 0 0 30 2 *").ToNext(0));
    }
}
