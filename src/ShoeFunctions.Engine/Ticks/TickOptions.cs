namespace ShoeFunctions.Engine.Ticks;

/// <summary>Which ticks there are, and which shoes they hold.</summary>
public sealed record TickOptions
{
    /// <summary>The schedule.</summary>
    public required TickSchedule Schedule { get; init; }

    /// <summary>How many missed ticks are made up for at most; older ones are skipped.</summary>
    public int CatchUpLimit { get; init; } = 60;

    /// <summary>How long one run may produce ticks, all together.</summary>
    public TimeSpan LongestRun { get; init; } = RunLimit.None.ForTicks;

    /// <summary>Another seed, other shoes.</summary>
    public long Seed { get; init; }
}
