namespace ShoeFunctions.Engine.Ticks;

/// <summary>How long whoever starts the runs lets one last.</summary>
/// <param name="Longest">After so long it is ended, whatever it does; null where nobody ends it.</param>
/// <param name="Reason">Who ends it, in words.</param>
public sealed record RunLimit(TimeSpan? Longest, string Reason)
{
    /// <summary>A run longer than this is a mistake, also where nobody ends it.</summary>
    private static readonly TimeSpan LongestAtAll = TimeSpan.FromHours(1);

    /// <summary>What a run needs besides its ticks: to read the progress, to wait for the last reports, to write the progress down.</summary>
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(30);

    /// <summary>How long a run that is told to stop waits for the reports of what is under way.</summary>
    public static readonly TimeSpan FlushTimeout = TimeSpan.FromSeconds(3);

    /// <summary>Nobody ends a run.</summary>
    public static RunLimit None { get; } = new(null, "");

    /// <summary>How much of it is for ticks.</summary>
    public TimeSpan ForTicks => Longest is not { } longest || longest - Margin > LongestAtAll ? LongestAtAll
        : longest > 2 * Margin ? longest - Margin
        : longest / 2;
}
