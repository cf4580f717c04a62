using Confluent.Kafka;
using ShoeFunctions.Engine.Delivery;
using ShoeFunctions.Engine.Ticks;

namespace ShoeFunctions.Engine.Tests.Delivery;

public sealed class DeliveryTallyTests
{
    [Fact]
    public void Every_report_is_counted_once()
    {
        var tally = new DeliveryTally();
        for (var send = 0; send < 600; send++)
            tally.Started();
        Assert.True(tally.IsSilent);
        for (var send = 0; send < 600; send++)
            tally.Reported(new(send % 10 == 9 ? ErrorCode.NotEnoughReplicas : ErrorCode.NoError, send % 6, send, 3, TimeSpan.FromMilliseconds(send)));

        var report = Counted(tally, 600);
        Assert.Equal((0, false, true), (tally.InFlight, tally.IsSilent, tally.HasErrors));
        Assert.Equal((600, 540, 540 * 3L, 540), (report.Attempted, report.Delivered, report.Bytes, report.Partitions.Sum(partition => partition.Count)));
        Assert.Equal([0, 1, 2, 3, 4, 5], report.Partitions.Select(partition => partition.First));
        Assert.Equal([594, 595, 596, 597, 598, 593], report.Partitions.Select(partition => partition.Last));
        Assert.Equal(TimeSpan.FromMilliseconds(598), report.LatencyMax);
    }

    [Fact]
    public void Of_several_errors_the_most_frequent_is_named()
    {
        var tally = new DeliveryTally();
        Assert.Null(tally.MostFrequentError);
        foreach (var code in (ErrorCode[])[ErrorCode.Local_MsgTimedOut, ErrorCode.TopicAuthorizationFailed, ErrorCode.TopicAuthorizationFailed, ErrorCode.NotEnoughReplicas])
            tally.Refused(code);
        Assert.Equal(ErrorCode.TopicAuthorizationFailed, tally.MostFrequentError);
    }

    [Fact]
    public void Partitions_that_got_no_record_are_not_named()
    {
        var tally = new DeliveryTally();
        tally.Started();
        tally.Reported(new(ErrorCode.NoError, Partition: 3, Offset: 7, 3, default));
        tally.Started();
        tally.Reported(new(ErrorCode.NoError, Partition: 5, Offset: 8, 3, default));
        Assert.Equal([new(3, 7, 7, 1), new(5, 8, 8, 1)], Counted(tally, 2).Partitions);
    }

    [Fact]
    public void The_offsets_of_a_partition_go_from_the_lowest_to_the_highest_in_whatever_order_they_are_reported()
    {
        var tally = new DeliveryTally();
        foreach (var offset in (long[])[8, 9, 7])
        {
            tally.Started();
            tally.Reported(new(ErrorCode.NoError, Partition: 3, offset, 3, default));
        }

        Assert.Equal([new(3, 7, 9, 3)], Counted(tally, 3).Partitions);
    }

    private static TickReport Counted(DeliveryTally tally, int shoes) =>
        tally.Into(new TickReport { Tick = new Tick(0), StartedAt = default, Duration = default, Shoes = shoes });
}
