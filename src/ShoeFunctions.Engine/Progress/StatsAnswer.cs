using System.Collections.Immutable;
using ShoeFunctions.Engine.Ticks;

namespace ShoeFunctions.Engine.Progress;

/// <summary>What <c>/api/stats</c> answers: read from the progress store, so the same whichever instance is asked.</summary>
/// <param name="Topic">The topic.</param>
/// <param name="Since">When the first tick's production began, or null before it.</param>
/// <param name="LastDelivery">When something was delivered last.</param>
/// <param name="HighWater">The time up to which no tick is pending.</param>
/// <param name="PendingTicks">Ticks that are due and not yet written down, counted up to 10,000.</param>
/// <param name="Totals">Since the beginning.</param>
/// <param name="Rate">How fast shoes were delivered.</param>
/// <param name="Latency">The last delivered tick's, from the start of a send to its acknowledgement.</param>
/// <param name="LastTicks">The last runs, newest first.</param>
public sealed record StatsAnswer(
    string Topic, DateTimeOffset? Since, DateTimeOffset? LastDelivery, DateTimeOffset? HighWater, int PendingTicks,
    StatsAnswer.TotalCounts Totals, StatsAnswer.DeliveryRate Rate, StatsAnswer.DeliveryLatency? Latency, ImmutableArray<StatsAnswer.RecentTick> LastTicks)
{
    private const int MostPending = 10_000;

    /// <summary>Counts since the beginning.</summary>
    public sealed record TotalCounts(long Ticks, long Delivered, long Failed, long SkippedTicks, long Bytes);

    /// <summary>Delivered shoes a second, over the last minute and since the beginning.</summary>
    public sealed record DeliveryRate(double LastMinutePerSecond, double OverallPerSecond);

    /// <summary>Delivery latency in milliseconds.</summary>
    public sealed record DeliveryLatency(double P50Ms, double P99Ms, double MaxMs);

    /// <summary>One run of one tick.</summary>
    public sealed record RecentTick(DateTimeOffset Tick, int Shoes, int Delivered, int Failed, double DurationMs, double P50Ms, double P99Ms);

    /// <summary>The answer for a state of progress at a time.</summary>
    public static StatsAnswer Of(ProgressState state, string topic, TickSchedule schedule, DateTimeOffset now) => new(
        topic,
        state.Since,
        state.LastDelivery,
        state.HighWater?.Time,
        Pending(state, schedule, now),
        new TotalCounts(state.Ticks, state.Delivered, state.Failed, state.SkippedTicks, state.Bytes),
        new DeliveryRate(PerSecond(state, now, DeliveredInLastMinute(state, now), TimeSpan.FromMinutes(1)), PerSecond(state, now, state.Delivered, TimeSpan.MaxValue)),
        state.Recent.LastOrDefault(tick => tick.Delivered > 0) is { } last ? new DeliveryLatency(last.LatencyP50Ms, last.LatencyP99Ms, last.LatencyMaxMs) : null,
        [.. state.Recent.Reverse().Select(tick => new RecentTick(
            tick.Tick.Time, tick.Shoes, tick.Delivered, tick.Shoes - tick.Delivered, tick.DurationMs, tick.LatencyP50Ms, tick.LatencyP99Ms))]);

    private static int Pending(ProgressState state, TickSchedule schedule, DateTimeOffset now) =>
        state.HighWater is { } mark && schedule.Latest(now) is { } current ? schedule.Between(mark, current).Take(MostPending).Count() : 0;

    private static long DeliveredInLastMinute(ProgressState state, DateTimeOffset now) =>
        state.Recent.Where(tick => tick.StartedAt > now - TimeSpan.FromMinutes(1)).Sum(tick => (long)tick.Delivered);

    private static double PerSecond(ProgressState state, DateTimeOffset now, long shoes, TimeSpan window)
    {
        if (state.Since is not { } since)
            return 0;

        var seconds = Math.Max(1, Math.Min((now - since).TotalSeconds, window.TotalSeconds));
        return Math.Round(shoes / seconds, 3);
    }
}
