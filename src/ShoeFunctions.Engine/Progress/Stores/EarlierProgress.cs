using Microsoft.Extensions.Logging;
using ShoeFunctions.Engine.Ticks;

namespace ShoeFunctions.Engine.Progress.Stores;

/// <summary>
/// Whether progress that an earlier program kept without its cluster may be taken over. It says neither cluster nor seed;
/// but its newest run is one of this schedule, or another program's.
/// </summary>
public sealed partial class EarlierProgress(TickSchedule schedule, ILogger<EarlierProgress> logger)
{
    private int _said;

    /// <summary>Whether it fits; where it does not, that is logged, once.</summary>
    /// <param name="state">The progress.</param>
    /// <param name="where">Where it was found, to begin a sentence with.</param>
    public bool Fits(ProgressState state, string where)
    {
        if (state.Recent.LastOrDefault() is not { } newest || (schedule.Contains(newest.Tick) && schedule.ShoesIn(newest.Tick) == newest.Shoes))
            return true;

        if (Interlocked.Exchange(ref _said, 1) == 0)
            Log.DoesNotFit(logger, where, newest.Tick, newest.Shoes);
        return false;
    }

    private static partial class Log
    {
        [LoggerMessage(607, LogLevel.Warning,
            "{Where} holds the progress of another program: its newest tick is {Tick} with {Shoes} shoes, which does not belong to this schedule. It is kept, and production starts again")]
        public static partial void DoesNotFit(ILogger logger, string where, Tick tick, int shoes);
    }
}
