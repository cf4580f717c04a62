using System.Collections.Immutable;
using ShoeFunctions.Engine.Ticks;

namespace ShoeFunctions.Engine.Progress;

/// <summary>What is written down of a chunk that was delivered whole.</summary>
/// <param name="First">The index of its first shoe.</param>
/// <param name="Count">How many records it has: a shoe that is left out on purpose has none, one that is repeated two.</param>
/// <param name="Bytes">The delivered records' values, in bytes before compression.</param>
/// <param name="StartedAt">When its production began, UTC.</param>
/// <param name="EndedAt">When the last delivery report came, UTC.</param>
/// <param name="Instance">Which instance made it.</param>
/// <param name="Latencies">From the start of a send to its report.</param>
/// <param name="Partitions">Where its records are.</param>
public sealed record ChunkRow(
    int First, int Count, long Bytes, DateTimeOffset StartedAt, DateTimeOffset EndedAt, string Instance, LatencyHistogram Latencies, ImmutableArray<PartitionOffsets> Partitions)
{
    /// <summary>The row of a report.</summary>
    internal static ChunkRow Of(Chunk chunk, TickReport report, string instance) => new(
        chunk.First, report.Delivered, report.Bytes, report.StartedAt, report.StartedAt + report.Duration, instance, report.Latencies ?? new LatencyHistogram(), report.Partitions);

    internal TickReport ReportFor(Tick tick) => new()
    {
        Tick = tick,
        Shoes = Count,
        StartedAt = StartedAt,
        Duration = EndedAt - StartedAt,
        Attempted = Count,
        Delivered = Count,
        Bytes = Bytes,
        Latencies = Latencies,
        Partitions = Partitions,
    };
}

/// <summary>The same in short: that the chunk is done, by whom and when.</summary>
public readonly record struct ChunkMark(int First, int Count, DateTimeOffset EndedAt, string Instance);
