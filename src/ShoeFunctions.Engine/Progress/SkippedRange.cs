using ShoeFunctions.Engine.Ticks;

namespace ShoeFunctions.Engine.Progress;

/// <summary>Missed ticks that were too many to be made up for, one after the other.</summary>
/// <param name="First">The first of them.</param>
/// <param name="Last">The last.</param>
/// <param name="Ticks">How many.</param>
/// <param name="Shoes">How many shoes they hold.</param>
/// <param name="At">When the last was given up, UTC.</param>
public sealed record SkippedRange(Tick First, Tick Last, long Ticks, long Shoes, DateTimeOffset At)
{
    /// <summary>The command that produces them after all, with the settings of the cluster.</summary>
    public string Replay => $"shoes replay --from {First} --to {new Tick(Last.UnixSeconds + 1)}";

    /// <summary>This one, with those that follow it at once.</summary>
    internal SkippedRange With(SkippedRange next) => new(First, next.Last, Ticks + next.Ticks, Shoes + next.Shoes, next.At);
}
