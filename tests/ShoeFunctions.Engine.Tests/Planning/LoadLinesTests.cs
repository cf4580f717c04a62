using ShoeFunctions.Engine.Planning;
using ShoeFunctions.Engine.Ticks;

namespace ShoeFunctions.Engine.Tests.Planning;

public sealed class LoadLinesTests
{
    private static readonly Tick From = Tick.At(new DateTimeOffset(2026, 11, 26, 23, 0, 1, TimeSpan.Zero));

    [Fact]
    public void Each_hour_is_a_line_and_each_minute_a_column_on_one_scale_from_nought()
    {
        // Nought before one, up to 8 at nine, one minute of 16 in a spike.
        var spike = new LoadCurve.Spike(Tick.At(new DateTimeOffset(2026, 11, 27, 10, 30, 0, TimeSpan.Zero)), Tick.At(new DateTimeOffset(2026, 11, 27, 10, 31, 0, TimeSpan.Zero)), 2_000_000);
        var lines = Lines("0 * * * * *", new ShoeRate.Interval(1_000_000_000) { Load = new LoadCurve([new(0, 0), new(3600, 0), new(9 * 3600, 8_000_000), new(23 * 3600, 8_000_000), new((23 * 3600) + 60, 0)], [], [spike]) });
        Assert.Equal(26, lines.Length);
        Assert.Equal("2026-11-27T00:00:00Z to 2026-11-28T00:00:00Z, a column a minute,", lines[0]);
        Assert.Equal("0 to 16 shoes a second high; at the right, the shoes of the hour's ticks:", lines[1]);
        Assert.Equal($"00:00  {new string(' ', 60)}       0", lines[2]);
        Assert.Equal($"01:00  {new string('▁', 60)}   1,800", lines[3]);
        Assert.Equal($"08:00  {new string('▄', 60)}  27,000", lines[10]);
        Assert.Equal($"10:00  {new string('▄', 30)}█{new string('▄', 29)}  29,280", lines[12]);
        Assert.Equal($"23:00  ▂{new string(' ', 59)}     240", lines[25]);
    }

    [Fact]
    public void A_batch_is_drawn_by_the_tick_and_however_much_it_is_no_line_is_longer_than_eighty()
    {
        var lines = Lines("* * * * * *", new ShoeRate.Batch(Tick.MaxShoes / 2) { Load = new LoadCurve([new(0, 2_000_000)], [], []) });
        Assert.Equal("0 to 1,048,576 shoes a tick high; at the right, the shoes of the hour's ticks:", lines[1]);
        Assert.Equal($"00:00 {new string('█', 60)} 3,774,873,600", lines[2]);
        Assert.All(lines, line => Assert.InRange(line.Length, 1, 80));
    }

    [Fact]
    public void Where_nothing_is_asked_for_nothing_is_drawn()
    {
        Assert.Empty(Lines("0 * * * * *", new ShoeRate.Batch(1)));
        Assert.All(Lines("0 * * * * *", new ShoeRate.Batch(1) { Load = new LoadCurve([new(0, 0)], [], []) })[2..], line => Assert.Equal($"{line[..5]}  {new string(' ', 60)}  0", line));
    }

    [Fact]
    public void The_hours_are_the_next_whole_ones_with_their_shoes_and_factors()
    {
        var schedule = Schedule("0 0,30 * * * *", new ShoeRate.Batch(120) { Load = new LoadCurve([new(0, 1_000_000), new(12 * 3600, 3_000_000)], [new(DayOfWeek.Saturday, 500_000)], []) });
        var hours = PlannedHour.Day(schedule, new Tick(From.UnixSeconds - 1));
        Assert.Equal(24, hours.Length);
        Assert.Equal(new PlannedHour(new DateTimeOffset(2026, 11, 26, 23, 0, 0, TimeSpan.Zero), 260, 1, 1.166667), hours[0]);
        Assert.Equal(new PlannedHour(new DateTimeOffset(2026, 11, 27, 0, 0, 0, TimeSpan.Zero), 260, 1, 1.166667), hours[1]);
        Assert.Equal(schedule.ShoesBetween(Tick.At(hours[0].From), Tick.At(hours[0].From.AddDays(1))), hours.Sum(hour => hour.Shoes));
    }

    private static string[] Lines(string expression, ShoeRate rate)
    {
        var schedule = Schedule(expression, rate);
        return [.. LoadLines.Of(rate, PlannedHour.Day(schedule, From))];
    }

    private static TickSchedule Schedule(string expression, ShoeRate rate)
    {
        Assert.True(TickSchedule.TryParse(expression, rate, out var schedule));
        return schedule;
    }
}
