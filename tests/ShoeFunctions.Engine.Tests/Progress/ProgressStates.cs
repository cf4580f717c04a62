using CsCheck;
using ShoeFunctions.Engine.Failures;
using ShoeFunctions.Engine.Progress;
using ShoeFunctions.Engine.Ticks;

namespace ShoeFunctions.Engine.Tests.Progress;

/// <summary>States and reports to test with.</summary>
internal static class ProgressStates
{
    public static readonly Tick First = Tick.At(new DateTimeOffset(2026, 11, 23, 14, 0, 0, TimeSpan.Zero));

    public static readonly Failure Lost = new(FailureSource.Kafka, "produce", FailureKind.Network, "Local_Transport", true, "Look, and wait.");

    private static readonly Gen<Tick> Ticks = Gen.Long[-62_135_596_800, 253_402_300_799].Select(seconds => new Tick(seconds));

    private static readonly Gen<DateTimeOffset> Times = Gen.Long[0, DateTimeOffset.MaxValue.UtcTicks].Select(ticks => new DateTimeOffset(ticks, TimeSpan.Zero));

    private static readonly Gen<TickSummary> Summaries = Gen.Select(
        Ticks, Times, Gen.Int, Gen.Int, Gen.Double.Array[4], (tick, start, shoes, delivered, ms) => new TickSummary(tick, start, shoes, delivered, ms[0], ms[1], ms[2], ms[3]));

    private static readonly Gen<ProgressWriter> Writers = Gen.Select(
        Gen.String[Gen.Char["0123456789abcdef"], 1, 8], Gen.Long, (name, write) => new ProgressWriter(name, write));

    private static readonly Gen<FailedRun> FailedRuns = Gen.Select(
        Ticks, Times, Gen.Enum<FailureSource>(), Gen.Enum<FailureKind>().Where(kind => kind <= FailureKind.Cancelled), Gen.Bool, Gen.String[Gen.Char["a,;\n\"“é"], 0, 12],
        (tick, at, source, kind, recoverable, advice) => new FailedRun(tick, at, new Failure(source, "read topic", kind, "Local_TimedOut", recoverable, advice)) { OverAt = recoverable ? at : null });

    private static readonly Gen<OtherWriter> OtherWriters = Gen.Select(
        Gen.String[Gen.Char["0123456789abcdef-_./"], 1, 12], Times, (name, seen) => new OtherWriter(name, seen));

    private static readonly Gen<SkippedRange> Ranges = Gen.Select(Ticks, Ticks, Gen.Long, Gen.Long, Times, (first, last, ticks, shoes, at) => new SkippedRange(first, last, ticks, shoes, at));

    private static readonly Gen<SeenInstance> Instances = Gen.Select(Gen.String[Gen.Char["0123456789abcdef-_./"], 1, 12], Times, (name, seen) => new SeenInstance(name, seen));

    private static readonly Gen<OpenTick> OpenTicks = Gen.Select(
        Gen.Select(Ticks, Ticks.Nullable()), Gen.Int[1, int.MaxValue], Gen.Int[1, int.MaxValue], Gen.Long, Gen.String[Gen.Char["0123456789abcdef"], 1, 8], Gen.Select(Times, Times.Nullable()),
        (ticks, shoes, chunk, seed, opening, times) => new OpenTick(ticks.Item1, shoes, chunk, seed, opening, times.Item1, times.Item2, ticks.Item2));

    private static readonly Gen<LoadStep> Steps = Gen.Select(Ticks, Gen.Long, Gen.Long, (start, asked, delivered) => new LoadStep(start, asked, delivered));

    /// <summary>Any state that there can be, and many that there cannot.</summary>
    public static readonly Gen<ProgressState> Any = Gen.Select(
        Gen.Select(Ticks.Nullable(), Times.Nullable(), Times.Nullable()), Gen.Long.Array[8], Summaries.Array[0, ProgressState.RecentTicks], Writers.Array[0, ProgressState.KnownWriters], Gen.Select(FailedRuns.Null(), OtherWriters.Null(), Ranges.Array[0, ProgressState.KnownRanges], Gen.Select(Gen.Int, Gen.Long, (partition, last) => new PartitionEnd(partition, last)).Array[0, 20], Gen.Select(OpenTicks.Array[0, 5], Instances.Array[0, 5], Ticks, Steps.Array[0, ProgressState.KnownSteps])),
        (times, counts, recent, writers, last) => new ProgressState
        {
            HighWater = times.Item1,
            Since = times.Item2,
            LastDelivery = times.Item3,
            Ticks = counts[0],
            Delivered = counts[1],
            FailedSends = counts[2],
            SkippedTicks = counts[3],
            RecoveredTicks = counts[7],
            Bytes = counts[4],
            GivenUp = counts[5],
            Recent = [.. recent],
            Writers = [.. writers],
            LastFailure = last.Item1,
            OtherWriter = last.Item2,
            SkippedShoes = counts[6],
            Skipped = [.. last.Item3],
            Partitions = [.. last.Item4],
            Open = [.. last.Item5.Item1],
            Instances = [.. last.Item5.Item2],
            Load = [.. last.Item5.Item4],
            Newest = last.Item5.Item1.Length == 0 ? null : last.Item5.Item3,
        });

    /// <summary>The report of the tick so many seconds after the first.</summary>
    public static TickReport Report(int tick, int shoes = 10, int? delivered = null, double startedAfterMs = 1.25) => new()
    {
        Tick = new Tick(First.UnixSeconds + tick),
        Shoes = shoes,
        Delivered = delivered ?? shoes,
        Bytes = 50L * (delivered ?? shoes),
        StartedAt = First.Time.AddSeconds(tick).AddMilliseconds(startedAfterMs),
        Duration = TimeSpan.FromMilliseconds(12.345),
        LatencyP50 = TimeSpan.FromMilliseconds(3.21),
        LatencyP99 = TimeSpan.FromMilliseconds(9.876),
        LatencyMax = TimeSpan.FromMilliseconds(11.5),
        Failure = delivered < shoes ? Lost : null,
    };

    /// <summary>The state after so many ticks of a thousand shoes, written by two instances in turn.</summary>
    public static ProgressState Full(int ticks = ProgressState.RecentTicks) => Enumerable.Range(0, ticks).Aggregate(
        ProgressState.Empty.BeginningAt(First),
        (state, tick) => state.With(Report(tick, shoes: 1000)).WrittenBy(new ProgressWriter(tick % 2 == 0 ? "a0b1c2d3" : "e4f5a6b7", tick)));

    public static void AssertSame(ProgressState expected, ProgressState actual)
    {
        static ProgressState WithoutLists(ProgressState state) => state with { Recent = [], Writers = [], Skipped = [], Partitions = [], Open = [], Instances = [], Load = [] };
        Assert.Equal(WithoutLists(expected), WithoutLists(actual));
        Assert.Equal(expected.Open.AsEnumerable(), actual.Open);
        Assert.Equal(expected.Instances.AsEnumerable(), actual.Instances);
        Assert.Equal(expected.Recent.AsEnumerable(), actual.Recent);
        Assert.Equal(expected.Writers.AsEnumerable(), actual.Writers);
        Assert.Equal(expected.Skipped.AsEnumerable(), actual.Skipped);
        Assert.Equal(expected.Partitions.AsEnumerable(), actual.Partitions);
        Assert.Equal(expected.Load.AsEnumerable(), actual.Load);
    }
}
