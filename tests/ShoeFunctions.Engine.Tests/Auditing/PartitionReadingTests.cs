using Confluent.Kafka;
using ShoeFunctions.Engine.Auditing;
using ShoeFunctions.Engine.Ticks;

namespace ShoeFunctions.Engine.Tests.Auditing;

public sealed class PartitionReadingTests
{
    private static readonly Tick SomeTick = Records.SomeTick;

    [Fact]
    public void It_ends_with_the_last_record_that_was_there_when_it_began()
    {
        var partition = Reading(low: 0, high: 2);
        Assert.Equal([true, true, false], new[] { 0, 1, 2 }.Select(offset => partition.Advance(At(offset))));
        Assert.Equal((true, 2, 2), (partition.IsDone, partition.Read, partition.Total));
    }

    [Fact]
    public void It_ends_as_well_where_the_last_records_are_no_longer_there()
    {
        var byEnd = Reading(low: 0, high: 5);
        byEnd.Advance(At(0));
        Assert.False(byEnd.IsDone);
        Assert.False(byEnd.Advance(new ConsumeResult<byte[], byte[]> { IsPartitionEOF = true, Offset = 5 }));
        Assert.True(byEnd.IsDone);

        var byLaterRecord = Reading(low: 0, high: 5);
        Assert.False(byLaterRecord.Advance(At(8)));
        Assert.True(byLaterRecord.IsDone);
    }

    [Fact]
    public void Nothing_to_read_is_done_at_once()
    {
        Assert.True(Reading(low: 3, high: 3).IsDone);
        var nothingSoLate = Reading(low: 0, high: 7);
        nothingSoLate.Start = 7;
        Assert.Equal((true, 0), (nothingSoLate.IsDone, nothingSoLate.Total));
    }

    [Theory]
    [InlineData(0, 0, 0, false)]
    [InlineData(4, 4, 0, true)]
    [InlineData(4, 4, 10, true)]
    [InlineData(4, 4, -10, false)]
    [InlineData(4, 6, 0, false)]
    public void Retention_may_have_deleted_of_the_range_where_the_first_record_kept_is_of_it(int low, int start, int firstSeconds, bool isTruncated)
    {
        var partition = Reading(low, high: 10);
        partition.Start = start;
        partition.Advance(Records.Of(new Tick(SomeTick.UnixSeconds + firstSeconds), 0, offset: start));
        Assert.Equal(isTruncated, partition.IsTruncated(SomeTick.Time));
    }

    [Fact]
    public void What_lies_between_the_offset_asked_for_and_the_first_record_of_its_time_is_left_out()
    {
        var partition = Reading(low: 3, high: 8);
        partition.StartAt(3, SomeTick.Time);
        int[] milliseconds = [-1, -1, 0, -5, 7];
        Assert.Equal([false, false, true, true, true], milliseconds.Select((milliseconds, index) =>
        {
            var record = At(3 + index);
            record.Message.Timestamp = new Timestamp(SomeTick.Time.AddMilliseconds(milliseconds));
            return partition.Advance(record);
        }));
        Assert.Equal((true, false), (partition.IsDone, partition.IsTruncated(SomeTick.Time)));
    }

    [Theory]
    [InlineData(long.MaxValue, true)]
    [InlineData(1_795_615_200_000_000, true)]
    [InlineData(long.MinValue, false)]
    public void A_first_record_whose_timestamp_is_no_time_ends_nothing(long timestampMs, bool isTruncated)
    {
        var partition = Reading(low: 4, high: 5);
        var record = At(4);
        record.Message.Timestamp = new Timestamp(timestampMs, TimestampType.CreateTime);
        Assert.True(partition.Advance(record));
        Assert.Equal(isTruncated, partition.IsTruncated(SomeTick.Time));
    }

    [Fact]
    public void A_partition_that_keeps_nothing_any_more_may_have_lost_anything() =>
        Assert.True(Reading(low: 9, high: 9).IsTruncated(SomeTick.Time));

    private static PartitionReading Reading(long low, long high) => new(new TopicPartition("js_shoe", 0), low, high);

    private static ConsumeResult<byte[], byte[]> At(long offset) => Records.Of(SomeTick, 0, offset: offset);
}
