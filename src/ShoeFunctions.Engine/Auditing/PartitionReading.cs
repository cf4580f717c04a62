using Confluent.Kafka;

namespace ShoeFunctions.Engine.Auditing;

/// <summary>How far one partition is read.</summary>
internal sealed class PartitionReading(TopicPartition partition, long low, long high)
{
    private long _next = low;
    private long? _skipBeforeMs;

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

    /// <summary>Begins at an offset, and leaves out what comes before the first record that is not before a time.</summary>
    public void StartAt(long offset, DateTimeOffset from) => (Start, _skipBeforeMs) = (offset, from.ToUnixTimeMilliseconds());

    /// <summary>The first record that was read, and its timestamp, which may be any.</summary>
    public (long Offset, long TimeMs)? First { get; private set; }

    public bool IsDone => _next >= High;

    /// <summary>How many offsets are behind it.</summary>
    public long Read => Math.Min(_next, High) - Start;

    /// <summary>How many there are.</summary>
    public long Total => High - Start;

    /// <summary>Takes note of a record, or of the partition's end; false for a record that does not matter: it came after the reading began, or is before its time.</summary>
    public bool Advance(ConsumeResult<byte[], byte[]> record)
    {
        if (record.IsPartitionEOF)
        {
            // Before the offset to stop at, only a transaction that is open keeps back what follows.
            _next = Math.Max(High, record.Offset.Value);
            return false;
        }

        if (record.Offset.Value >= High)
        {
            // What was between has been compacted away.
            _next = High;
            return false;
        }

        var timeMs = record.Message.Timestamp.UnixTimestampMs;
        First ??= (record.Offset.Value, timeMs);
        _next = record.Offset.Value + 1;
        if (timeMs < _skipBeforeMs)
            return false;

        _skipBeforeMs = null;
        return true;
    }

    /// <summary>Whether records at or after a time may have been deleted: the first one that is kept is not before it.</summary>
    public bool IsTruncated(DateTimeOffset from) => Low > 0 && Start == Low && (First is not { } first || first.TimeMs >= from.ToUnixTimeMilliseconds());
}
