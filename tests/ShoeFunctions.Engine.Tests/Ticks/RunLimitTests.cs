using ShoeFunctions.Engine.Ticks;

namespace ShoeFunctions.Engine.Tests.Ticks;

public sealed class RunLimitTests
{
    [Theory]
    [InlineData("00:00:40", "00:00:20")]
    [InlineData("00:01:00", "00:00:30")]
    [InlineData("00:01:10", "00:00:40")]
    [InlineData("00:10:00", "00:09:30")]
    [InlineData("01:00:30", "01:00:00")]
    [InlineData("12:00:00", "01:00:00")]
    public void Ticks_have_half_a_minute_less_than_the_run_but_half_of_it_at_least_and_an_hour_at_most(string longest, string forTicks) =>
        Assert.Equal(TimeSpan.Parse(forTicks), new RunLimit(TimeSpan.Parse(longest), "").ForTicks);

    [Fact]
    public void A_run_that_nobody_ends_has_an_hour() => Assert.Equal(TimeSpan.FromHours(1), RunLimit.None.ForTicks);
}
