using Confluent.Kafka;
using ShoeFunctions.Engine.Kafka;
using ShoeFunctions.Engine.Tests.Doubles;

namespace ShoeFunctions.Engine.Tests.Producing;

/// <summary>What the guarantees rest on in the client's configuration.</summary>
public sealed class KafkaSenderTests
{
    [Fact]
    public void A_record_counts_when_all_replicas_have_it_and_is_there_once_however_often_it_is_sent()
    {
        var config = Config();
        Assert.Equal((Acks.All, true, 5), (config.Acks, config.EnableIdempotence, config.MessageSendMaxRetries));
    }

    [Fact]
    public void What_is_never_sent_again_needs_no_idempotence_which_the_client_would_refuse() =>
        Assert.False(Config(("KAFKA_RETRY_MAX", "0")).EnableIdempotence);

    [Theory]
    [InlineData("3s")]
    [InlineData("30s")]
    [InlineData("5m")]
    [InlineData("1h")]
    public void A_message_that_times_out_is_reported_within_the_setting(string timeout)
    {
        var options = Options(("KAFKA_TIMEOUT", timeout));
        // The client looks for time-outs once a second.
        Assert.InRange(KafkaSender.Config(options, null, allowInsecure: false).MessageTimeoutMs!.Value, 1000, options.Timeout.TotalMilliseconds - 1000);
    }

    [Fact]
    public void Keys_find_the_partitions_that_the_Java_client_would_choose() => Assert.Equal(Partitioner.Murmur2Random, Config().Partitioner);

    /// <summary>With it the client logs a line at every start, of brokers that take such reports as of those that do not.</summary>
    [Fact]
    public void The_brokers_are_sent_no_reports_about_the_client() => Assert.False(Config().EnableMetricsPush);

    private static ProducerConfig Config(params (string Name, string Value)[] settings) => KafkaSender.Config(Options(settings), null, allowInsecure: false);

    private static KafkaOptions Options(params (string Name, string Value)[] settings)
    {
        using var engine = new TestEngine(settings);
        return engine.KafkaOptions;
    }
}
