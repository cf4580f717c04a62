using Confluent.Kafka;
using ShoeFunctions.Engine.Connections;
using ShoeFunctions.Engine.Credentials;
using ShoeFunctions.Engine.Librdkafka;
using ShoeFunctions.Engine.Tests.Processes;
using ShoeFunctions.Local.EmbeddedKafka;

namespace ShoeFunctions.Local.Tests.Faults;

/// <summary>A producer that is given up while the brokers owe it answers.</summary>
public sealed class GivenUpTests
{
    [Fact]
    public async Task It_waits_for_no_answer_and_nobody_is_told_of_what_was_under_way()
    {
        await using var engine = await FaultyEngine.StartAsync([], TestContext.Current.CancellationToken);
        var sender = engine.Get<OpenSender>()(PeerCredentials.None);
        var reports = new List<SendReport>();
        var record = new OutgoingRecord(timestampMs: 1, new RecordHeader("name", [1])) { Key = [1], Value = [1, 2, 3] };
        await sender.SendAsync(
            reports.Add,
            batch =>
            {
                Assert.Equal(ErrorCode.NoError, batch.Send(record));
                while (reports.Count == 0)
                    batch.Take(TimeSpan.FromMilliseconds(20));

                engine.Cluster.SetRoundTrip(TimeSpan.FromHours(1));
                engine.Cluster.StartCounting();
                Assert.Equal(ErrorCode.NoError, batch.Send(record));
                while (engine.Cluster.Count(KafkaRequest.Produce) == 0)
                    batch.Take(TimeSpan.FromMilliseconds(20));
                Assert.Equal(ErrorCode.NoError, batch.Send(record));
            });

        await Task.Run(sender.Dispose, TestContext.Current.CancellationToken).WaitAsync(Wait.Patience, TimeProvider.System, TestContext.Current.CancellationToken);
        var report = Assert.Single(reports);
        Assert.Equal((ErrorCode.NoError, 0L, 3), (report.Error, report.Offset, report.Bytes));
        Assert.InRange(report.Latency, TimeSpan.FromTicks(1), Wait.Patience);
    }
}
