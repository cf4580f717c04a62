using Microsoft.Extensions.Configuration;
using ShoeFunctions.Engine.Configuration;
using ShoeFunctions.Engine.Running;
using ShoeFunctions.Engine.Ticks;
using ShoeFunctions.Hosting;
using ShoeFunctions.Tests.Adapters;

namespace ShoeFunctions.Tests.Hosting;

public sealed class HostLimitTests
{
    [Fact]
    public void It_is_what_the_shipped_host_json_says() => Assert.Equal(TimeSpan.FromMinutes(10), Read().Longest);

    [Fact]
    public void The_environment_goes_before_host_json() =>
        Assert.Equal(TimeSpan.FromMinutes(2), Read(("AzureFunctionsJobHost:functionTimeout", "00:02:00")).Longest);

    [Fact]
    public void A_negative_one_is_none() => Assert.Null(Read(("AzureFunctionsJobHost:functionTimeout", "-1")).Longest);

    [Theory]
    [InlineData("9m30s", true)]
    [InlineData("9m31s", false)]
    [InlineData("1h", false)]
    public void A_KAFKA_TIMEOUT_that_a_run_cannot_last_is_refused(string timeout, bool isAccepted)
    {
        using var app = new TestApp(("KAFKA_TIMEOUT", timeout));
        TickOptions Ticks() => (TickOptions)app.Services.GetService(typeof(TickOptions))!;
        if (isAccepted)
            Assert.Equal(TimeSpan.FromSeconds(570), Ticks().LongestRun);
        else
            Assert.Equal(
                $"KAFKA_TIMEOUT: '{timeout}' is longer than a run may be: the Functions host ends one after 00:10:00 (functionTimeout in host.json); accepted is a duration from 1s to 570s, for example 30s.",
                Assert.Single(Assert.Throws<SettingsException>(Ticks).Failures));
    }

    private static RunLimit Read(params (string Name, string Value)[] settings) => HostLimit.Read(
        new ConfigurationBuilder().AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Name, (string?)setting.Value))).Build(), AppContext.BaseDirectory);
}
