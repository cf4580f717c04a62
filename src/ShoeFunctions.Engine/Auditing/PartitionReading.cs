using Confluent.Kafka;

namespace ShoeFunctions.Engine.Auditing;

/// <summary>How far one partition is read.</summary>
internal sealed class PartitionReading(TopicPartition partition, long low, long high)
{
    private long _next = low;

    public TopicPartition Partition { get; } = partition;

    /// <summary>The first offset that it still holds.</summary>
    public long Low { get; } = low;

    /// <summary>Where to stop: the offset after the last one.</summary>
    public long High { get; } = high;

    /// <summary>Where to begin.</summary>
    public long Start
    {
        get;
        set => _next = field = value;
    } = low;

    /// <summary>The first record that was read.</summary>
    public (long Offset, DateTimeOffset Time)? First { get; private set; }

    public bool IsDone => _next >= High;

    /// <summary>How many offsets are behind it.</summary>
    public long Read => Math.Min(_next, High) - Start;

    /// <summary>How many there are.</summary>
    public long Total => High - Start;

    /// <summary>Takes note of a record, or of the partition's end; false for a record that came after the reading began.</summary>
    public bool Advance<TKey>(ConsumeResult<TKey, byte[]> record)
    {
        if (record.IsPartitionEOF)
        {
            _next = Math.Max(_next, record.Offset.Value);
            return false;
        }

        if (record.Offset.Value >= High)
        {
            // What was between has been compacted away.
            _next = High;
            return false;
        }

        First ??= (record.Offset.Value, DateTimeOffset.FromUnixTimeMilliseconds(record.Message.Timestamp.UnixTimestampMs));
        _next = record.Offset.Value + 1;
        return true;
    }

    /// <summary>Whether records at or after a time may have been deleted: the first one that is kept is not before it.</summary>
    public bool IsTruncated(DateTimeOffset from) => Low > 0 && Start == Low && (First is not { } first || first.Time >= from);
}
