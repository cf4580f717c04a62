using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging.Abstractions;
using ShoeFunctions.Engine.Credentials;
using ShoeFunctions.Engine.Kafka;
using ShoeFunctions.Engine.Librdkafka;
using ShoeFunctions.Engine.Tests.Processes;
using ShoeFunctions.Local.EmbeddedKafka;

namespace ShoeFunctions.Local.Tests.EmbeddedKafka;

/// <summary>Brokers tell their cluster's id with their first answer; that of embedded ones is another one at each start.</summary>
public sealed class ClusterIdTests
{
    [Fact]
    public async Task Embedded_brokers_id_is_heard_and_counts_as_none()
    {
        using var cluster = new EmbeddedCluster();
        using var sender = new KafkaSender(
            new KafkaOptions { BootstrapServers = cluster.BootstrapServers }, PeerCredentials.None, false, TimeProvider.System, new KafkaLog(TimeProvider.System, NullLogger<KafkaLog>.Instance));
        Assert.Null(await sender.ClusterIdAsync(TimeSpan.MaxValue).WaitAsync(Wait.Patience, TimeProvider.System, TestContext.Current.CancellationToken));
        Assert.True(ClientLibrary.IsMock(HeardBy(sender)));
    }

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_clusterId")]
    private static extern ref string? HeardBy(KafkaSender sender);
}
