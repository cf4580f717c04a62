using System.Collections.Concurrent;
using Confluent.Kafka;
using ShoeFunctions.Engine.Connections;
using ShoeFunctions.Engine.Tests.Processes;
using ShoeFunctions.Local.EmbeddedKafka;

namespace ShoeFunctions.Local.Tests.Faults;

/// <summary>A producer that is given up while the brokers owe it answers.</summary>
public sealed class GivenUpTests
{
    [Fact]
    public async Task What_the_brokers_have_and_what_is_still_to_go_there_is_reported_as_failed()
    {
        await using var engine = await FaultyEngine.StartAsync([], TestContext.Current.CancellationToken);
        var sender = engine.Get<OpenSender>()(null);
        var reports = new ConcurrentQueue<ErrorCode>();
        void Send() => sender.Produce(new Message<byte[], byte[]> { Key = [1], Value = [1] }, report => reports.Enqueue(report.Error.Code));
        Send();
        await Wait.UntilAsync(() => !reports.IsEmpty);
        Assert.Equal([ErrorCode.NoError], reports);

        engine.Cluster.SetRoundTrip(Wait.Patience);
        engine.Cluster.StartCounting();
        Send();
        await Wait.UntilAsync(() => engine.Cluster.Count(KafkaRequest.Produce) > 0);
        Send();
        sender.Dispose();
        // The last one may have gone as well by then.
        Assert.Contains(ErrorCode.Local_PurgeInflight, reports);
        Assert.Equal(2, reports.Count(code => code is ErrorCode.Local_PurgeInflight or ErrorCode.Local_PurgeQueue));
    }
}
