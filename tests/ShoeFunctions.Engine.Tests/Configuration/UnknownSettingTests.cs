using Microsoft.Extensions.Configuration;
using ShoeFunctions.Engine.Configuration;

namespace ShoeFunctions.Engine.Tests.Configuration;

public sealed class UnknownSettingTests
{
    [Theory]
    [InlineData("MESSAGE_INTERVALL", "MESSAGE_INTERVAL")]
    [InlineData("MESAGE_INTERVAL", "MESSAGE_INTERVAL")]
    [InlineData("BATHC_SIZE", "BATCH_SIZE")]
    [InlineData("BATCHSIZE", "BATCH_SIZE")]
    [InlineData("kafka_topics", "KAFKA_TOPIC")]
    [InlineData("KAFKA_BOOTSTRAP_SERVER", "KAFKA_BOOTSTRAP_SERVERS")]
    [InlineData("SCHEMA_REGISTRY_URI", "SCHEMA_REGISTRY_URL")]
    [InlineData("PRODUCER_SCHEDULE", "PRODUCE_SCHEDULE")]
    [InlineData("LOGLEVEL", "LOG_LEVEL")]
    public void A_misspelt_name_is_said_with_what_is_meant(string name, string meant)
    {
        var unknown = Assert.Single(In(name));
        Assert.Equal((name, meant), (unknown.Name, unknown.Meant?.Name));
        Assert.Equal($"{name} is set, but is not a setting and is ignored: did you mean {meant}?", $"{unknown}");
    }

    [Theory]
    [InlineData("KAFKA_HEAP_OPTS")]
    [InlineData("SCHEMA_REGISTRY_PASSWORD_FILE")]
    public void A_name_that_begins_like_ours_is_said_too(string name)
    {
        var unknown = Assert.Single(In(name));
        Assert.Null(unknown.Meant);
        Assert.Equal($"{name} is set, but is not a setting and is ignored", $"{unknown}");
    }

    [Theory]
    [InlineData("PATH")]
    [InlineData("HOME")]
    [InlineData("LOG")]
    [InlineData("MESSAGE")]
    [InlineData("kafka_topic")]
    [InlineData("AzureWebJobsStorage")]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT")]
    [InlineData("APPLICATIONINSIGHTS_CONNECTION_STRING")]
    public void Others_names_and_our_own_are_not(string name) => Assert.Empty(In(name));

    [Fact]
    public void None_of_ours_is_said_and_what_is_said_comes_by_name() =>
        Assert.Equal(["BATCH_SIZES", "KAFKA_TOPICS"], In(["KAFKA_TOPICS", "BATCH_SIZES", .. Settings.All.Select(setting => setting.Name)]).Select(unknown => unknown.Name));

    private static IEnumerable<UnknownSetting> In(params string[] names) =>
        UnknownSetting.In(new ConfigurationBuilder().AddInMemoryCollection(names.Select(name => KeyValuePair.Create(name, (string?)"any"))).Build());
}
