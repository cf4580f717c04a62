using Microsoft.Extensions.Configuration;
using ShoeFunctions.Engine.Configuration;
using ShoeFunctions.Engine.Setup;
using ShoeFunctions.Engine.Ticks;

namespace ShoeFunctions.Engine.Tests.Running;

public sealed class LoadSettingsTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 23, 14, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Without_any_of_the_three_there_is_no_load() => Assert.Null(Load(("LOAD_CURVE", "")));

    [Fact]
    public void Points_weekdays_and_spikes_are_read_as_they_are_written()
    {
        var load = Load(
            ("LOAD_CURVE", "00:00=0.2, 08:00=1,20:30 = 3.000001"), ("LOAD_WEEK", "sat=1.5,Sunday=0.5,MON=0"),
            ("LOAD_SPIKES", "2026-12-24T18:00:00Z/1h30m=0.000001, 2026-11-27T08:00:00Z/1h=5,2026-11-27T09:00:00Z/1s=1000"))!;
        Assert.Equal([new(0, 200_000), new(8 * 3600, 1_000_000), new((20 * 3600) + 1800, 3_000_001)], load.Points);
        Assert.Equal([500_000, 0, LoadCurve.One, LoadCurve.One, LoadCurve.One, LoadCurve.One, 1_500_000], load.Weekdays);
        Assert.Equal(
            ["2026-11-27T08:00:00Z 2026-11-27T09:00:00Z 5000000", "2026-11-27T09:00:00Z 2026-11-27T09:00:01Z 1000000000", "2026-12-24T18:00:00Z 2026-12-24T19:30:00Z 1"],
            load.Spikes.Select(spike => $"{spike.From} {spike.To} {spike.Millionths}"));
        Assert.Equal([new(0, LoadCurve.One)], Load(("LOAD_WEEK", "sat=2"))!.Points);
        Assert.Equal(["1970-01-01T00:00:00Z", "2241-12-31T23:59:59Z"], Load(("LOAD_SPIKES", "1970-01-01T00:00:00Z/1s=2,2241-12-31T23:59:59Z/1s=2"))!.Spikes.Select(spike => $"{spike.From}"));
    }

    [Theory]
    [InlineData("LOAD_CURVE", "08:00=1,07:00=2", "has 07:00 after a later time")]
    [InlineData("LOAD_CURVE", "00:00=1,08:00=1,08:00=2", "has 08:00 twice")]
    [InlineData("LOAD_CURVE", "08:00=1,,09:00=2", "has a part that is not HH:MM=factor, the 2nd")]
    [InlineData("LOAD_CURVE", "8:00=1", "has a part that is not HH:MM=factor, the 1st")]
    [InlineData("LOAD_CURVE", "24:00=1", "has a part that is not HH:MM=factor, the 1st")]
    [InlineData("LOAD_CURVE", "00:60=1", "has a part that is not HH:MM=factor, the 1st")]
    [InlineData("LOAD_CURVE", "00:00:00=1", "has a part that is not HH:MM=factor, the 1st")]
    [InlineData("LOAD_CURVE", "1", "has a part that is not HH:MM=factor, the 1st")]
    [InlineData("LOAD_CURVE", "00:00=-0.5", "has a factor below 0, in part 1")]
    [InlineData("LOAD_CURVE", "00:00=1,01:00=1000.000001", "has a factor above 1000, in part 2")]
    [InlineData("LOAD_CURVE", "00:00=0.1234567", "has a factor that is no number of at most six decimals, in part 1")]
    [InlineData("LOAD_CURVE", "00:00=", "has a factor that is no number of at most six decimals, in part 1")]
    [InlineData("LOAD_CURVE", "00:00=1e3", "has a factor that is no number of at most six decimals, in part 1")]
    [InlineData("LOAD_CURVE", "00:00=.5", "has a factor that is no number of at most six decimals, in part 1")]
    [InlineData("LOAD_CURVE", "00:00=\u0661", "has a factor that is no number of at most six decimals, in part 1")]
    [InlineData("LOAD_WEEK", "sat=1,sun=2,Saturday=3", "has Saturday twice")]
    [InlineData("LOAD_WEEK", "caturday=2", "has a weekday that is none, in part 1")]
    [InlineData("LOAD_WEEK", "mon=1,6=2", "has a part that is not weekday=factor, the 2nd")]
    [InlineData("LOAD_WEEK", "sat=2000", "has a factor above 1000, in part 1")]
    [InlineData("LOAD_SPIKES", "2026-11-27T08:00:00Z/1h=5,2026-11-27T08:59:59Z/1h=2", "has spikes that overlap, those of 2026-11-27T08:00:00Z and 2026-11-27T08:59:59Z")]
    [InlineData("LOAD_SPIKES", "2026-11-27T08:00:00Z/1h=5,2026-11-27T08:00:00Z/1h=5", "has spikes that overlap")]
    [InlineData("LOAD_SPIKES", "2026-11-27T08:00:00.5Z/1h=5", "has a time that is no whole second in UTC from 1970 to 2241, in part 1")]
    [InlineData("LOAD_SPIKES", "2026-11-27T08:00:00/1h=5", "has a time that is no whole second in UTC")]
    [InlineData("LOAD_SPIKES", "2026-02-30T08:00:00Z/1h=5", "has a time that is no whole second in UTC")]
    [InlineData("LOAD_SPIKES", "2242-01-01T00:00:00Z/1h=5", "has a time that is no whole second in UTC")]
    [InlineData("LOAD_SPIKES", "1969-12-31T23:59:59Z/1h=5", "has a time that is no whole second in UTC")]
    [InlineData("LOAD_SPIKES", "2026-11-27T08:00:00Z/1500ms=5", "has a duration that is not one of whole seconds, at least 1s, in part 1")]
    [InlineData("LOAD_SPIKES", "2026-11-27T08:00:00Z/0s=5", "has a duration that is not one of whole seconds")]
    [InlineData("LOAD_SPIKES", "2026-11-27T08:00:00Z/-1h=5", "has a duration that is not one of whole seconds")]
    [InlineData("LOAD_SPIKES", "2026-11-27T08:00:00Z/hour=5", "has a duration that is not one of whole seconds")]
    [InlineData("LOAD_SPIKES", "2026-11-27T08:00:00Z=5", "has a part that is not time/duration=factor, the 1st")]
    [InlineData("LOAD_SPIKES", "2026-11-27T08:00:00Z/1h=-5", "has a factor below 0, in part 1")]
    public void What_is_not_accepted_is_named_with_what_is(string name, string value, string why)
    {
        var wrong = Assert.Throws<SettingsException>(() => Read((name, value)));
        var fault = Assert.Single(wrong.Failures);
        Assert.StartsWith($"{name}: '{value}' {why}", fault, StringComparison.Ordinal);
        Assert.Contains("; accepted is ", fault, StringComparison.Ordinal);
        Assert.Contains("a factor is from 0 to 1000, with at most six decimals, for example ", fault, StringComparison.Ordinal);
        // Over HTTP the same is said without what was typed.
        Assert.Contains($"what it holds {why}", wrong.ToFailure().Advice, StringComparison.Ordinal);
        Assert.DoesNotContain($"'{value}'", wrong.ToFailure().Advice, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(3, "3rd")]
    [InlineData(4, "4th")]
    [InlineData(10, "10th")]
    [InlineData(11, "11th")]
    [InlineData(12, "12th")]
    [InlineData(13, "13th")]
    [InlineData(14, "14th")]
    [InlineData(21, "21st")]
    public void The_part_that_is_wrong_is_numbered_as_people_do(int place, string number)
    {
        var parts = Enumerable.Range(0, place - 1).Select(minute => $"00:{minute:00}=1");
        Assert.Contains($" is not HH:MM=factor, the {number};", Fault(("LOAD_CURVE", string.Join(',', parts.Append("wrong")))), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("LOAD_CURVE")]
    [InlineData("LOAD_WEEK")]
    [InlineData("LOAD_SPIKES")]
    public void The_example_that_is_given_is_accepted(string name) => Assert.NotNull(Load((name, Settings.All.Single(setting => setting.Name == name).Example)));

    [Fact]
    public void A_tick_that_would_hold_too_many_is_said_with_its_moment_and_the_settings_that_make_it()
    {
        Assert.Equal(
            "BATCH_SIZE and LOAD_CURVE and LOAD_SPIKES: with this PRODUCE_SCHEDULE the tick 2026-11-27T08:00:00Z would hold 1,200,000 shoes; a tick holds at most 1048576: lower BATCH_SIZE or the factors.",
            Fault(("BATCH_SIZE", "200000"), ("LOAD_CURVE", "00:00=2"), ("LOAD_SPIKES", "2026-11-27T08:00:00Z/1m=3")));
        Assert.Equal(
            "MESSAGE_INTERVAL and LOAD_WEEK: with this PRODUCE_SCHEDULE the tick 2026-11-28T00:00:00Z would hold 2,000,000 shoes; a tick holds at most 1048576: raise MESSAGE_INTERVAL, lower the factors, or let PRODUCE_SCHEDULE fire more often.",
            Fault(("MESSAGE_INTERVAL", "10us"), ("LOAD_WEEK", "sat=2")));
        Read(("MESSAGE_INTERVAL", "10us"), ("LOAD_WEEK", "sat=1.048576"));
        Read(("BATCH_SIZE", "1048576"), ("LOAD_CURVE", "00:00=0,12:00=1"));
    }

    private static string Fault(params (string, string)[] values) => Assert.Single(Assert.Throws<SettingsException>(() => Read(values)).Failures);

    private static LoadCurve? Load(params (string, string)[] values) => Read(values).Ticks.Schedule.Rate.Load;

    private static ShoeSettings Read(params (string Name, string Value)[] values)
    {
        var all = new Dictionary<string, string?> { ["KAFKA_BOOTSTRAP_SERVERS"] = "localhost:9092", ["SCHEMA_REGISTRY_URL"] = "http://localhost:8081" };
        foreach (var (name, value) in values)
            all[name] = value;
        return ShoeSettings.Read(new ConfigurationBuilder().AddInMemoryCollection(all).Build(), Now);
    }
}
