using CsCheck;
using ShoeFunctions.Engine.Ticks;

namespace ShoeFunctions.Engine.Tests.Ticks;

public sealed class TickScheduleTests
{
    private const string EveryTenSeconds = "*/10 * * * * *";
    private const string OfficeHours = "*/7 */13 9-16 * * 1-5";

    private static readonly ShoeRate OneASecond = new ShoeRate.Interval(1_000_000_000);

    [Theory]
    [InlineData(EveryTenSeconds, "2026-11-23T14:00:09Z", "2026-11-23T14:00:10Z")]
    [InlineData(EveryTenSeconds, "2026-11-23T14:00:10Z", "2026-11-23T14:00:20Z")]
    [InlineData(EveryTenSeconds, "2026-11-23T14:00:09.999Z", "2026-11-23T14:00:10Z")]
    [InlineData("0 0 12 29 2 *", "2026-11-23T14:00:00Z", "2028-02-29T12:00:00Z")]
    [InlineData("0 0 12 29 2 *", "2096-11-23T14:00:00Z", "2104-02-29T12:00:00Z")]
    [InlineData("30 0 0 * * 0", "2026-11-23T14:00:00Z", "2026-11-29T00:00:30Z")]
    // As the README says, and not as crontab has it: a Friday the 13th, not every Friday and every 13th.
    [InlineData("0 0 9 13 * 5", "2026-11-14T00:00:00Z", "2027-08-13T09:00:00Z")]
    public void The_next_tick_is_the_first_after(string expression, string after, string next) =>
        Assert.Equal(next, Schedule(expression).Next(Time(after)).ToString());

    [Theory]
    [InlineData(EveryTenSeconds, "2026-11-23T14:00:09Z", "2026-11-23T14:00:00Z")]
    [InlineData(EveryTenSeconds, "2026-11-23T14:00:10Z", "2026-11-23T14:00:10Z")]
    [InlineData(EveryTenSeconds, "2026-11-23T14:00:10.5Z", "2026-11-23T14:00:10Z")]
    [InlineData("0 0 12 29 2 *", "2026-11-23T14:00:00Z", "2024-02-29T12:00:00Z")]
    [InlineData("0 0 12 29 2 *", "2103-11-23T14:00:00Z", "2096-02-29T12:00:00Z")]
    [InlineData("30 0 0 * * 0", "2026-11-23T14:00:00Z", "2026-11-22T00:00:30Z")]
    public void The_latest_tick_is_the_last_that_is_not_after(string expression, string now, string latest) =>
        Assert.Equal(latest, Schedule(expression).Latest(Time(now)).ToString());

    [Fact]
    public void The_latest_tick_is_the_one_that_reading_forward_finds() =>
        Gen.Select(Gen.Int[0, 3].Select(index => new[] { EveryTenSeconds, OfficeHours, "0 0 * * * *", "5,50 30 3 * * *" }[index]), Gen.Long[1_700_000_000, 1_900_000_000]).Sample((expression, seconds) =>
        {
            var schedule = Schedule(expression);
            var now = new Tick(seconds);
            Assert.Equal(schedule.Between(new Tick(seconds - 4 * 24 * 3600), now).Last(), schedule.Latest(now.Time));
        });

    [Fact]
    public void Between_gives_every_tick_after_the_first_up_to_the_last_in_order() =>
        Assert.Equal(
            ["2026-11-23T14:00:10Z", "2026-11-23T14:00:20Z", "2026-11-23T14:00:30Z"],
            Schedule(EveryTenSeconds).Between(Tick.At(Time("2026-11-23T14:00:00Z")), Tick.At(Time("2026-11-23T14:00:30Z"))).Select(tick => tick.ToString()));

    [Fact]
    public void Batches_are_the_ticks_with_their_shoes()
    {
        var schedule = Schedule(OfficeHours, new ShoeRate.Interval(700_000_001));
        var (after, last) = (Tick.At(Time("2026-11-23T16:40:00Z")), Tick.At(Time("2026-11-24T09:20:00Z")));
        Assert.Equal(schedule.Between(after, last).Select(tick => (tick, schedule.ShoesIn(tick))), schedule.BatchesBetween(after, last));
        Assert.Equal(5, schedule.BatchesBetween(after, new Tick(long.MaxValue)).Take(5).Count());
    }

    [Theory]
    [InlineData("")]
    [InlineData("*/10 * * * *")]
    [InlineData("61 * * * * *")]
    [InlineData("every ten seconds")]
    [InlineData("*/10 * * * * * *")]
    public void What_is_no_six_field_expression_is_refused(string expression) =>
        Assert.False(TickSchedule.TryParse(expression, OneASecond, out _));

    [Theory]
    [InlineData("*/0 * * * * *", "Its second has a step that is not a whole number from 1 to 60.")]
    [InlineData("*/61 * * * * *", "Its second has a step that is not a whole number from 1 to 60.")]
    [InlineData("*/-5 * * * * *", "Its second is none of")]
    [InlineData("*/+5 * * * * *", "Its second is none of")]
    [InlineData("*/99999999999 * * * * *", "Its second has a step that is not")]
    [InlineData("*/5/2 * * * * *", "Its second is none of")]
    [InlineData("0 0/0 * * * *", "Its minute has a step that is not a whole number from 1 to 60.")]
    [InlineData("0 10-20/0 * * * *", "Its minute has a step that is not")]
    [InlineData("0 5,*/0 * * * *", "Its minute has a step that is not")]
    [InlineData("0 0 */25 * * *", "Its hour has a step that is not a whole number from 1 to 24.")]
    [InlineData("0 0 22-5 * * *", "Its hour has a range that ends before it begins")]
    [InlineData("0 0 24 * * *", "Its hour has a value that is not a number from 0 to 23.")]
    [InlineData("0 0 0 0 * *", "Its day has a value that is not a number from 1 to 31.")]
    [InlineData("0 0 0 L * *", "Its day has a value that is not a number from 1 to 31.")]
    [InlineData("0 0 0 15W * *", "Its day is none of")]
    [InlineData("0 0 0 ? * *", "Its day is none of")]
    [InlineData("0 0 0 * 13 *", "Its month has a value that is not a number from 1 to 12, or a name from Jan to Dec.")]
    [InlineData("0 0 0 * J *", "Its month has a value that is not")]
    [InlineData("0 0 0 * Dec-Jan *", "Its month has a range that ends before it begins")]
    [InlineData("0 0 0 * * M", "Its weekday has a value that is not a number from 0 to 6, or a name from Sun to Sat.")]
    [InlineData("0 0 0 * * 7", "Its weekday has a value that is not")]
    [InlineData("0 0 0 * * fri-mon", "Its weekday has a range that ends before it begins")]
    [InlineData("0 0 0 * * 1#2", "Its weekday is none of")]
    [InlineData("0 0 0 * * 1,", "Its weekday is none of")]
    [InlineData("0 0 0 * * 1-", "Its weekday is none of")]
    [InlineData("0 0 0 * * -1", "Its weekday is none of")]
    [InlineData("0 0 0 * * \u0661", "Its weekday is none of")]
    [InlineData("0 0 0 * * 1\n", "Fields are separated by spaces")]
    [InlineData("0\t0 0 0 * * 1", "Fields are separated by spaces")]
    [InlineData("@daily", "It has one field, not six.")]
    [InlineData("00:00:10", "It has one field, not six.")]
    [InlineData("*/5 * * * *", "It has 5 fields, not six: the second comes first.")]
    public void What_crontab_does_not_mean_is_refused_with_its_field_and_the_reason(string expression, string reason)
    {
        Assert.False(TickSchedule.TryParse(expression, OneASecond, out _));
        Assert.StartsWith(reason, TickSchedule.Fault(expression), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0/5 * * * * *", "5/5,0 * * * * *")]
    [InlineData("0,30 * * * * *", "*/30 * * * * *")]
    [InlineData("0 */60 * * * *", "0 0 * * * *")]
    [InlineData("0 0 0 * jan-MAR Sunday,sat", "0 0 0 * 1-3 0,6")]
    [InlineData("0 0 0 * december mon-Friday/2", "0 0 0 * 12 1,3,5")]
    [InlineData("  00  05 *  * * *  ", "0 5 * * * *")]
    public void What_crontab_and_the_host_mean_alike_is_taken_so(string expression, string other) =>
        Assert.Equal(Ticks(Schedule(expression), 100), Ticks(Schedule(other), 100));

    [Fact]
    public void A_schedule_that_never_fires_has_no_ticks()
    {
        var schedule = Schedule("0 0 0 30 2 *");
        Assert.Null(schedule.Next(Time("2026-11-23T14:00:00Z")));
        Assert.Null(schedule.Latest(Time("2026-11-23T14:00:00Z")));
    }

    [Fact]
    public void A_shoe_a_second_every_ten_seconds_makes_ten_a_tick() =>
        Assert.All(Ticks(Schedule(EveryTenSeconds), 1000), tick => Assert.Equal(10, Schedule(EveryTenSeconds).ShoesIn(tick)));

    [Theory]
    [InlineData(EveryTenSeconds, 300_000_000)]
    [InlineData(EveryTenSeconds, 3_000_000_000)]
    [InlineData(EveryTenSeconds, 33_000_000_000)]
    [InlineData(EveryTenSeconds, 999_999_937)]
    [InlineData(OfficeHours, 700_000_001)]
    public void Over_any_number_of_ticks_the_interval_is_kept_exactly(string expression, long nanoseconds)
    {
        var schedule = Schedule(expression, new ShoeRate.Interval(nanoseconds));
        var ticks = Ticks(schedule, 2000).ToArray();
        Int128 start = (Int128)ticks[0].UnixSeconds * 1_000_000_000, shoes = 0;
        foreach (var tick in ticks)
        {
            shoes += schedule.ShoesIn(tick);
            var elapsed = (Int128)schedule.Next(tick)!.Value.UnixSeconds * 1_000_000_000 - start;
            Assert.InRange(shoes - elapsed / nanoseconds, -1, 1);
        }
    }

    [Fact]
    public void A_batch_size_is_the_same_in_every_tick() =>
        Assert.All(Ticks(Schedule(OfficeHours, new ShoeRate.Batch(123)), 100), tick => Assert.Equal(123, Schedule(OfficeHours, new ShoeRate.Batch(123)).ShoesIn(tick)));

    [Theory]
    [InlineData(EveryTenSeconds, 9_000, true)]
    [InlineData(EveryTenSeconds, 10_000, false)]
    [InlineData("* * 9-16 * * 1-5", 1_000_000, true)]
    [InlineData("* * 9-16 * * *", 1_000_000_000, false)]
    [InlineData("0 0 0 1 * *", 1_000_000_000, true)]
    [InlineData("0 0 0 1 * *", 3_000_000_000, false)]
    public void A_tick_that_would_hold_too_many_is_found_however_far_off(string expression, long nanoseconds, bool isFound)
    {
        var schedule = Schedule(expression, new ShoeRate.Interval(nanoseconds));
        var found = schedule.FindOverfull(Time("2026-11-23T09:30:00Z"));
        Assert.Equal(isFound, found is not null);
        Assert.True(found is not { } tick || schedule.ShoesIn(tick) > Tick.MaxShoes);
    }

    private static TickSchedule Schedule(string expression, ShoeRate? rate = null)
    {
        Assert.True(TickSchedule.TryParse(expression, rate ?? OneASecond, out var schedule));
        return schedule;
    }

    private static IEnumerable<Tick> Ticks(TickSchedule schedule, int count)
    {
        var first = schedule.Next(Time("2026-11-23T14:00:00Z"))!.Value;
        return schedule.Between(first, new Tick(long.MaxValue >> 24)).Take(count);
    }

    private static DateTimeOffset Time(string text) => DateTimeOffset.Parse(text);
}
