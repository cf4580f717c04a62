using Confluent.Kafka;
using Microsoft.Extensions.Time.Testing;
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

        var report = Counted(tally, Sends);
        Assert.Equal((Sends, Sends * 3L, Sends), (report.Delivered, report.Bytes, report.Partitions.Sum(partition => partition.Count)));
        Assert.Equal([0, 1, 2, 3, 4, 5], report.Partitions.Select(partition => partition.First));
        Assert.NotEqual(TimeSpan.Zero, report.LatencyMax);
    }

    [Fact]
    public void Of_several_errors_the_most_frequent_is_named()
    {
        var tally = new DeliveryTally(TimeProvider.System);
        Assert.Null(tally.MostFrequentError);
        foreach (var code in (ErrorCode[])[ErrorCode.Local_MsgTimedOut, ErrorCode.TopicAuthorizationFailed, ErrorCode.TopicAuthorizationFailed, ErrorCode.NotEnoughReplicas])
            tally.Refused(code);
        Assert.Equal(ErrorCode.TopicAuthorizationFailed, tally.MostFrequentError);
    }

    [Fact]
    public void Partitions_that_got_no_record_are_not_named()
    {
        var tally = new DeliveryTally(TimeProvider.System);
        Start(tally)(Acknowledged(partition: 3, offset: 7));
        Start(tally)(Acknowledged(partition: 5, offset: 8));
        Assert.Equal([new(3, 7, 7, 1), new(5, 8, 8, 1)], Counted(tally, 2).Partitions);
    }

    [Fact]
    public void There_is_room_when_fewer_are_under_way_and_no_sooner()
    {
        var tally = new DeliveryTally(TimeProvider.System);
        var first = Start(tally);
        var second = Start(tally);
        Start(tally);
        Assert.False(tally.RoomAsync(3).IsCompleted);
        var room = tally.RoomAsync(2);
        first(Acknowledged(partition: 0, offset: 0));
        Assert.False(room.IsCompleted);
        second(Acknowledged(partition: 0, offset: 1));
        Assert.True(room.IsCompletedSuccessfully);
        Assert.True(tally.RoomAsync(2).IsCompletedSuccessfully);
    }

    [Fact]
    public void A_start_is_shared_by_32_sends_and_by_no_more()
    {
        var time = new FakeTimeProvider();
        var tally = new DeliveryTally(time);
        var first = Start(tally);
        for (var send = 1; send < 32; send++)
            Assert.Same(first, Start(tally));

        time.Advance(TimeSpan.FromSeconds(1));
        Start(tally)(Acknowledged(partition: 0, offset: 0));
        Assert.Equal(TimeSpan.Zero, Counted(tally, 33).LatencyMax);
        first(Acknowledged(partition: 0, offset: 1));
        Assert.Equal(TimeSpan.FromSeconds(1), Counted(tally, 33).LatencyMax);
    }

    private static Action<DeliveryReport<byte[], byte[]>> Start(DeliveryTally tally)
    {
        var handler = tally.NextHandler();
        tally.Started();
        return handler;
    }

    private static TickReport Counted(DeliveryTally tally, int shoes) =>
        tally.Into(new TickReport { Tick = new Tick(0), StartedAt = default, Duration = default, Shoes = shoes });

    private static DeliveryReport<byte[], byte[]> Acknowledged(int partition, long offset) => new()
    {
        Message = new Message<byte[], byte[]> { Value = [1, 2, 3] },
        Partition = partition,
        Offset = offset,
        Error = new Error(ErrorCode.NoError),
    };
}
