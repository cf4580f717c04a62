using Confluent.Kafka;
using ShoeFunctions.Engine.Connections;
using ShoeFunctions.Engine.Credentials;
using ShoeFunctions.Engine.Tests.Processes;
using ShoeFunctions.Local.EmbeddedKafka;

namespace ShoeFunctions.Local.Tests.Faults;

/// <summary>Brokers that make a topic when somebody asks for it, as the embedded ones do.</summary>
public sealed class MissingTopicTests
{
    [Fact]
    public async Task A_producer_that_is_only_opened_has_none_made()
    {
        await using var engine = await FaultyEngine.StartAsync([("KAFKA_TOPIC", "typo")], TestContext.Current.CancellationToken);
        engine.Cluster.StartCounting();
        using var sender = engine.Get<OpenSender>()(PeerCredentials.None);
        // It asks for the brokers at once, and for its topics with them.
        await Wait.UntilAsync(() => engine.Cluster.Count(KafkaRequest.Metadata) > 0);
        await sender.SendAsync(_ => { }, batch => batch.Take(TimeSpan.FromMilliseconds(20)));
        using var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = engine.Cluster.BootstrapServers }).SetLogHandler((_, _) => { }).Build();
        Assert.DoesNotContain(admin.GetMetadata(Wait.Patience).Topics, topic => topic.Topic == "typo");
    }
}
