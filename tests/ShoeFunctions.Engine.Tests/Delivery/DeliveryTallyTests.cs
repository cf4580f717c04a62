using Confluent.Kafka;
using ShoeFunctions.Engine.Delivery;
using ShoeFunctions.Engine.Tests.Processes;
using ShoeFunctions.Engine.Ticks;

namespace ShoeFunctions.Engine.Tests.Delivery;

public sealed class DeliveryTallyTests
{
    private const int Sends = 100_000;

    [Fact]
    public async Task No_report_is_lost_between_the_threads_that_they_come_on()
    {
        var tally = new DeliveryTally(TimeProvider.System);
        var handlers = new Action<DeliveryReport<byte[], byte[]>>[Sends];
        for (var send = 0; send < Sends; send++)
        {
            handlers[send] = tally.NextHandler();
            tally.Started();
        }

        Parallel.For(0, Sends, send => handlers[send](Acknowledged(partition: send % 6, offset: send)));
        await tally.SettledAsync().WaitAsync(Wait.Patience, TimeProvider.System, TestContext.Current.CancellationToken);

        var report = tally.Into(new TickReport { Tick = new Tick(0), StartedAt = default, Duration = default, Shoes = Sends });
        Assert.Equal((Sends, Sends * 3L, Sends), (report.Delivered, report.Bytes, report.Partitions.Sum(partition => partition.Count)));
        Assert.Equal([0, 1, 2, 3, 4, 5], report.Partitions.Select(partition => partition.First));
        Assert.NotEqual(TimeSpan.Zero, report.LatencyMax);
    }

    private static DeliveryReport<byte[], byte[]> Acknowledged(int partition, long offset) => new()
    {
        Message = new Message<byte[], byte[]> { Value = [1, 2, 3] },
        Partition = partition,
        Offset = offset,
        Error = new Error(ErrorCode.NoError),
    };
}
