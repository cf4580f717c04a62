using ShoeFunctions.Engine.Kafka;
using ShoeFunctions.Engine.Ticks;

namespace ShoeFunctions.Engine.Running;

/// <summary>How long things may take with chunks.</summary>
public sealed class ChunkTimes(TickOptions options, KafkaOptions kafka)
{
    /// <summary>So often the platform tries a message (maxDequeueCount in host.json).</summary>
    public const int MostDeliveries = 5;

    /// <summary>A chunk may take as long as one delivery, or from its tick to the next, whichever is longer; and no longer than a run.</summary>
    public TimeSpan Longest(Tick tick)
    {
        var step = options.Schedule.StepAfter(tick);
        var longest = step > kafka.Timeout ? step : kafka.Timeout;
        return longest < options.LongestRun ? longest : options.LongestRun;
    }

    /// <summary>Chunks without a row after so long are queued again: the platform hides a failed one for 30 s, and may have lost the others.</summary>
    public TimeSpan Overdue(Tick tick) => 2 * Longest(tick);

    /// <summary>A tick that is open for longer needs somebody to look.</summary>
    public TimeSpan TooLong(Tick tick) => MostDeliveries * Overdue(tick);
}
