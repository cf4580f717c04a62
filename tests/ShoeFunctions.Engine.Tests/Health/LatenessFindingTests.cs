using ShoeFunctions.Engine.Faults;
using ShoeFunctions.Engine.Health;
using ShoeFunctions.Engine.Kafka;

namespace ShoeFunctions.Engine.Tests.Health;

public sealed class LatenessFindingTests
{
    [Theory]
    [InlineData("CreateTime", "9223372036854775807", null, HealthState.Healthy, "js_shoe takes records of any age and keeps their time; shoes are up to 15 min late")]
    [InlineData("CreateTime", "3600000", null, HealthState.Healthy, "js_shoe takes records up to 60 min old (message.timestamp.before.max.ms), and shoes are up to 15 min late: a tick that is made up for more than 45 min after its time will fail")]
    [InlineData("CreateTime", "900000", null, HealthState.Degraded, "js_shoe takes records up to 15 min old (message.timestamp.before.max.ms), and shoes are up to 15 min late: a tick that is made up for more than 0 s after its time will fail")]
    [InlineData("CreateTime", null, "3600000", HealthState.Healthy, "js_shoe takes records up to 60 min old (message.timestamp.difference.max.ms), and shoes are up to 15 min late: a tick that is made up for more than 45 min after its time will fail")]
    [InlineData("CreateTime", "9223372036854775807", "60000", HealthState.Unhealthy, "js_shoe refuses records that are older than 60 s (message.timestamp.difference.max.ms), and shoes are up to 15 min late, so ticks with such a shoe will fail: lower FAULT_LATENESS, or raise the topic's setting")]
    [InlineData("CreateTime", "30000", "3600000", HealthState.Unhealthy, "js_shoe refuses records that are older than 30 s (message.timestamp.before.max.ms), and shoes are up to 15 min late, so ticks with such a shoe will fail: lower FAULT_LATENESS, or raise the topic's setting")]
    [InlineData("LogAppendTime", "30000", null, HealthState.Degraded, "js_shoe gives records its own time (message.timestamp.type=LogAppendTime), so no shoe will look late: set it to CreateTime")]
    public void What_the_topic_does_with_late_records_is_said(string type, string? before, string? difference, HealthState state, string text)
    {
        var rules = TimestampRules.Of(name => name switch
        {
            "message.timestamp.type" => type,
            "message.timestamp.before.max.ms" => before,
            "message.timestamp.difference.max.ms" => difference,
            _ => null,
        });
        Assert.Equal(new Finding("late shoes", state, text), LatenessFinding.Of(FaultOptions.None, "js_shoe", rules));
    }

    [Fact]
    public void Where_the_brokers_do_not_tell_it_is_untested_and_says_what_must_hold() => Assert.Equal(
        new Finding("late shoes", HealthState.Healthy, "the brokers do not tell js_shoe's settings: message.timestamp.type must be CreateTime, and message.timestamp.before.max.ms above 3 h", IsTested: false),
        LatenessFinding.Of(FaultOptions.None with { Lateness = TimeSpan.FromHours(3) }, "js_shoe", null));
}
