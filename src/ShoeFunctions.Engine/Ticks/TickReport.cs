using System.Collections.Immutable;
using System.Text;
using ShoeFunctions.Engine.Failures;

namespace ShoeFunctions.Engine.Ticks;

/// <summary>What became of a tick's shoes. Always <c>Delivered + Failed = Shoes</c>.</summary>
public sealed record TickReport
{
    /// <summary>What is said instead of a failure's advice the second time.</summary>
    internal const string AsBefore = "as before";

    /// <summary>The tick.</summary>
    public required Tick Tick { get; init; }

    /// <summary>When its production began, UTC.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>From the beginning to the last delivery report.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>How many shoes the tick has.</summary>
    public required int Shoes { get; init; }

    /// <summary>How many sends were started.</summary>
    public int Attempted { get; init; }

    /// <summary>How many the brokers have acknowledged.</summary>
    public int Delivered { get; init; }

    /// <summary>How many they have not: refused, timed out, or never sent because the batch was cut short.</summary>
    public int Failed => Shoes - Delivered;

    /// <summary>The delivered records' values, in bytes before compression.</summary>
    public long Bytes { get; init; }

    /// <summary>Half of the deliveries took no longer, from the start of the send to its report.</summary>
    public TimeSpan LatencyP50 { get; init; }

    /// <summary>Of a hundred deliveries ninety-nine took no longer.</summary>
    public TimeSpan LatencyP99 { get; init; }

    /// <summary>The longest delivery.</summary>
    public TimeSpan LatencyMax { get; init; }

    /// <summary>All of the latencies, where they were kept.</summary>
    internal LatencyHistogram? Latencies { get; init; }

    /// <summary>Where the delivered records are, by partition.</summary>
    public ImmutableArray<PartitionOffsets> Partitions { get; init; } = [];

    /// <summary>Why shoes failed, or null where none did. Of several causes the most frequent.</summary>
    public Failure? Failure { get; init; }

    /// <summary>What was thrown, where it is nothing that is expected.</summary>
    internal Exception? Unexpected { get; init; }

    /// <summary>The brokers' id of the cluster that it was delivered to; null where they do not tell.</summary>
    public string? ClusterId { get; init; }

    /// <summary>Whether the run before failed in the same way, so that what to do about it was said.</summary>
    public bool IsRepeated { get; init; }

    /// <summary>Whether every shoe of the tick was delivered.</summary>
    public bool IsDelivered => Failed == 0;

    /// <summary>The report of a whole tick that was produced in parts: of several failures the first.</summary>
    /// <param name="tick">The tick.</param>
    /// <param name="shoes">How many shoes it has.</param>
    /// <param name="startedAt">When its production began, UTC.</param>
    /// <param name="duration">From then to the last delivery report.</param>
    /// <param name="parts">The reports of its parts, each of them once.</param>
    public static TickReport Of(Tick tick, int shoes, DateTimeOffset startedAt, TimeSpan duration, IReadOnlyCollection<TickReport> parts)
    {
        var latencies = new LatencyHistogram();
        foreach (var part in parts)
            latencies.Add(part.Latencies ?? new LatencyHistogram());
        var failed = parts.FirstOrDefault(part => part.Failure is not null);
        return new TickReport
        {
            Tick = tick,
            Shoes = shoes,
            StartedAt = startedAt,
            Duration = duration,
            Attempted = parts.Sum(part => part.Attempted),
            Delivered = parts.Sum(part => part.Delivered),
            Bytes = parts.Sum(part => part.Bytes),
            LatencyP50 = latencies.Quantile(0.5),
            LatencyP99 = latencies.Quantile(0.99),
            LatencyMax = latencies.Max,
            Latencies = latencies,
            Partitions =
            [
                .. parts.SelectMany(part => part.Partitions).GroupBy(partition => partition.Partition).OrderBy(group => group.Key)
                    .Select(group => new PartitionOffsets(group.Key, group.Min(part => part.First), group.Max(part => part.Last), group.Sum(part => part.Count))),
            ],
            Failure = failed?.Failure,
            Unexpected = failed?.Unexpected,
            ClusterId = parts.LastOrDefault()?.ClusterId,
        };
    }

    /// <summary>What the tick came to, for people: what is as usual is left out, and it fits on a line of a terminal.</summary>
    /// <param name="isCatchUp">Whether the tick was missed before.</param>
    public string Summary(bool isCatchUp = false)
    {
        var summary = new StringBuilder(
            $"{(IsDelivered ? "" : $"{Quantity.Of(Delivered)} of ")}{Quantity.Of(Shoes, "shoe")} delivered{(isCatchUp ? " late" : "")}{(IsDelivered ? "" : $"  {Quantity.Of(Failed)} failed")}");
        if (Delivered > 0)
            summary.Append($"  {Quantity.OfBytes(Bytes)}");
        return summary.Append($"  {Quantity.Of(Duration)}").ToString();
    }

    /// <summary>Throws where a shoe was not delivered.</summary>
    /// <exception cref="OperationCanceledException">The tick was cut short because the program was told to stop.</exception>
    /// <exception cref="FailureException">Anything else.</exception>
    public void ThrowUnlessDelivered()
    {
        if (Failure is not { } failure)
            return;

        var message = $"Tick {Tick}: {Quantity.Of(Delivered)} of {Quantity.Of(Shoes, "shoe")} delivered. {failure.Source} {failure.Operation}, {failure.Kind} ({failure.Code}): {(IsRepeated ? AsBefore : failure.Advice)}";
        throw failure.Kind == FailureKind.Cancelled ? new OperationCanceledException(message) : new FailureException(failure, message, Unexpected);
    }
}
