using ShoeFunctions.Engine.Auditing;
using ShoeFunctions.Engine.Ticks;

namespace ShoeFunctions.Engine.Tests.Auditing;

public sealed class TickRangeTests
{
    [Theory]
    [InlineData("2026-11-23T14:00:10Z", "2026-11-23T14:00:10Z")]
    [InlineData("2026-11-23T14:00:10", "2026-11-23T14:00:10Z")]
    [InlineData("2026-11-23T14:00", "2026-11-23T14:00:00Z")]
    [InlineData("2026-11-23", "2026-11-23T00:00:00Z")]
    [InlineData("2026-11-23T14:00:10+02:00", "2026-11-23T12:00:10Z")]
    [InlineData("2026-11-23T14:00:10.25Z", "2026-11-23T14:00:10.25Z")]
    [InlineData("1970-01-01", "1970-01-01T00:00:00Z")]
    public void A_time_is_iso_8601_and_utc_where_it_names_no_zone(string text, string expected)
    {
        Assert.True(TickRange.TryParseTime(text, out var time));
        Assert.Equal((DateTimeOffset.Parse(expected), TimeSpan.Zero), (time, time.Offset));
    }

    [Theory]
    [InlineData("")]
    [InlineData("yesterday")]
    [InlineData("14:00")]
    [InlineData("11/23/2026")]
    [InlineData("2026-11-31")]
    [InlineData("1969-12-31T23:59:59Z")]
    [InlineData("2242-03-17")]
    [InlineData("9999-12-31")]
    public void Anything_else_is_refused(string text) => Assert.False(TickRange.TryParseTime(text, out _));

    [Theory]
    [InlineData("2026-11-23T14:00:00Z", "2026-11-23T14:00:30Z", "00 10 20")]
    [InlineData("2026-11-23T14:00:00.001Z", "2026-11-23T14:00:30.001Z", "10 20 30")]
    [InlineData("2026-11-23T14:00:01Z", "2026-11-23T14:00:10Z", "")]
    public void The_first_time_is_included_and_the_last_is_not(string from, string to, string seconds)
    {
        Assert.True(TickSchedule.TryParse("*/10 * * * * *", new ShoeRate.Batch(1), out var schedule));
        var range = TickRange.Between(DateTimeOffset.Parse(from), DateTimeOffset.Parse(to));
        Assert.Equal(seconds, string.Join(' ', range.Ticks(schedule).Select(tick => tick.Time.ToString("ss"))));
        Assert.All(range.Ticks(schedule), tick => Assert.True(range.Contains(tick)));
    }
}
