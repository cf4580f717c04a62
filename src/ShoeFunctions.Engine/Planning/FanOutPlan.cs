using ShoeFunctions.Engine.Running;
using ShoeFunctions.Engine.Ticks;

namespace ShoeFunctions.Engine.Planning;

/// <summary>What large ticks need: chunks, messages and instances for the largest of some ticks, and a month's operations on the storage account.</summary>
/// <param name="Tick">The tick of the plan that needs most.</param>
/// <param name="Shoes">How many shoes it has.</param>
/// <param name="Chunks">In how many chunks, each of them a message; 1 where it is not split.</param>
/// <param name="Instances">So many instances make it before the next tick is due; null where no rate of one is given.</param>
/// <param name="MonthChunks">The chunks of a month's split ticks.</param>
/// <param name="MonthQueueOperations">Operations on the queue: each message is put in, taken out and deleted.</param>
/// <param name="MonthTableOperations">Operations on the tables, where nothing fails and one instance has delivered before.</param>
public sealed record FanOutPlan(DateTimeOffset Tick, long Shoes, long Chunks, long? Instances, long MonthChunks, long MonthQueueOperations, long MonthTableOperations)
{
    private const int PerMessage = 3;

    /// <summary>To open a tick, the progress row is read and written; the run has read it before.</summary>
    private const int PerOpening = 3;

    /// <summary>The progress row and the chunk's own row are read, the row is written, and the next chunk's looked for.</summary>
    private const int PerChunk = 4;

    /// <summary>To close it, the progress row is read and written.</summary>
    private const int PerClosing = 2;

    /// <summary>The rows are listed, read and listed again to be deleted, 1,000 at a time.</summary>
    private const int Lists = 3, RowsAPage = 1000;

    /// <summary>So many rows are deleted with one operation.</summary>
    private const int DeletedAtOnce = 100;

    /// <summary>What the ticks of a plan, and a month after them, need; null where neither a tick is split nor a rate is given.</summary>
    /// <param name="options">Which ticks there are, and how they are split.</param>
    /// <param name="ticks">The ticks of the plan, each with how many shoes it has.</param>
    /// <param name="month">Those of the month.</param>
    /// <param name="ratePerInstance">Shoes a second that one instance makes.</param>
    public static FanOutPlan? Of(TickOptions options, IReadOnlyCollection<(Tick Tick, long Shoes)> ticks, IEnumerable<(Tick Tick, long Shoes)> month, long? ratePerInstance)
    {
        if ((options.FanOutAbove == 0 && ratePerInstance is null) || ticks.Count == 0)
            return null;

        long ChunksOf(long shoes) => options.IsSplit(shoes) ? Ceiling(shoes, options.ChunkShoes) : 1;
        var needs = ticks.Select(each => (each.Tick, each.Shoes, Instances: InstancesFor(each.Tick, each.Shoes, options.Schedule, ratePerInstance))).MaxBy(each => (each.Instances ?? 0, each.Shoes));
        var (chunks, queue, table) = (0L, 0L, 0L);
        foreach (var (_, shoes) in month.Where(each => options.IsSplit(each.Shoes)))
        {
            var some = ChunksOf(shoes);
            chunks += some;
            queue += some * PerMessage;
            table += PerOpening + (some * PerChunk) + (Lists * Ceiling(some, RowsAPage)) + PerClosing + Ceiling(some, DeletedAtOnce);
        }

        return new FanOutPlan(needs.Tick.Time, needs.Shoes, ChunksOf(needs.Shoes), needs.Instances, chunks, queue, table);
    }

    private static long? InstancesFor(Tick tick, long shoes, TickSchedule schedule, long? rate) =>
        rate is not { } perSecond ? null : Math.Max(1, Ceiling(shoes, perSecond * Math.Max(1, (long)schedule.StepAfter(tick).TotalSeconds)));

    private static long Ceiling(long number, long divisor) => (number + divisor - 1) / divisor;
}
