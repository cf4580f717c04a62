using System.Collections.Immutable;
using ShoeFunctions.Engine.Progress;
using ShoeFunctions.Engine.Ticks;

namespace ShoeFunctions.Engine.Statistics;

/// <summary>What was asked for and delivered in the last six hours, by the ticks' own time, beside what the settings ask for.</summary>
/// <param name="StepSeconds">How long a step is.</param>
/// <param name="Steps">The steps, oldest first; the last one is not over yet.</param>
public sealed record LoadHistory(int StepSeconds, ImmutableArray<LoadHistory.Counts> Steps)
{
    /// <summary>The counts of a step.</summary>
    /// <param name="From">Its first second.</param>
    /// <param name="Expected">How many shoes its ticks hold by the settings as they are, up to now: the curve's own line.</param>
    /// <param name="Asked">How many were asked for: of ticks that were delivered, are pending, or were skipped. Null where nothing is known of that time.</param>
    /// <param name="Delivered">How many the brokers acknowledged, or null likewise.</param>
    public sealed record Counts(DateTimeOffset From, long Expected, long? Asked, long? Delivered);

    /// <summary>The history as a state of progress tells it.</summary>
    /// <param name="state">The state.</param>
    /// <param name="schedule">The ticks, as the settings are.</param>
    /// <param name="pending">The ticks that are due and not written down.</param>
    /// <param name="now">The time.</param>
    public static LoadHistory Of(ProgressState state, TickSchedule schedule, IReadOnlyCollection<(Tick Tick, long Shoes)> pending, Tick now)
    {
        var last = LoadStep.StartOf(now).UnixSeconds;
        var known = state.Load.ToDictionary(step => step.Start);
        var waiting = pending.GroupBy(batch => LoadStep.StartOf(batch.Tick)).ToDictionary(step => step.Key, step => step.Sum(batch => batch.Shoes));
        return new LoadHistory(
            LoadStep.Seconds,
            [
                .. Enumerable.Range(1 - ProgressState.KnownSteps, ProgressState.KnownSteps).Select(back => new Tick(last + (back * LoadStep.Seconds))).Select(start =>
                {
                    var end = Earlier(new Tick(start.UnixSeconds + LoadStep.Seconds), new Tick(now.UnixSeconds + 1));
                    var expected = schedule.ShoesBetween(start, end);
                    // What was before the first one that is kept, nobody has counted.
                    if (state.Load.IsEmpty || start < state.Load[0].Start)
                        return new Counts(start.Time, expected, null, null);
                    var step = known.GetValueOrDefault(start, new LoadStep(start, 0, 0));
                    return new Counts(start.Time, expected, step.Asked + waiting.GetValueOrDefault(start) + Skipped(state, schedule, start, end), step.Delivered);
                }),
            ]);
    }

    /// <summary>The shoes of skipped ticks, which only their range is known of.</summary>
    private static long Skipped(ProgressState state, TickSchedule schedule, Tick start, Tick end) => state.Skipped
        .Select(range => (From: range.First < start ? start : range.First, To: Earlier(end, new Tick(range.Last.UnixSeconds + 1))))
        .Where(part => part.From < part.To).Sum(part => schedule.ShoesBetween(part.From, part.To));

    private static Tick Earlier(Tick one, Tick other) => one < other ? one : other;
}
