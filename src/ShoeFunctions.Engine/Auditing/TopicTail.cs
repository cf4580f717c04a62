using ShoeFunctions.Engine.Failures;

namespace ShoeFunctions.Engine.Auditing;

/// <summary>The newest records of the topic.</summary>
public sealed class TopicTail(TopicReader reader)
{
    /// <summary>Where offsets without a record leave too few, so many times as many are read.</summary>
    private const int Further = 8;

    /// <summary>Reads the newest records: of those that each partition has at its end, the latest by timestamp and the shoe's id.</summary>
    /// <param name="count">How many.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>The records, newest last; fewer where the topic has fewer.</returns>
    /// <exception cref="FailureException">The cluster did not answer well, has no such topic, or fell silent.</exception>
    public async Task<IReadOnlyList<TopicRecord>> ReadAsync(int count, CancellationToken cancellation)
    {
        for (long offsets = count; ; offsets *= Further)
        {
            var newest = new PriorityQueue<TopicRecord, (long, long, int, long)>();
            var isAll = await reader.ReadLastAsync(
                offsets,
                taken =>
                {
                    var record = TopicRecord.Of(taken);
                    newest.Enqueue(record, Order(record));
                    if (newest.Count > count)
                        newest.Dequeue();
                },
                cancellation);
            if (isAll || newest.Count == count)
                return [.. newest.UnorderedItems.OrderBy(item => item.Priority).Select(item => item.Element)];
        }
    }

    private static (long, long, int, long) Order(TopicRecord record) => (record.TimestampMs, record.Shoe?.Id ?? -1, record.Partition, record.Offset);
}
