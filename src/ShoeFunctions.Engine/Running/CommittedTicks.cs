using Microsoft.Extensions.Logging;
using ShoeFunctions.Engine.Delivery;
using ShoeFunctions.Engine.Failures;
using ShoeFunctions.Engine.Kafka;
using ShoeFunctions.Engine.Progress;
using ShoeFunctions.Engine.Ticks;

namespace ShoeFunctions.Engine.Running;

/// <summary>
/// With exactly-once ticks the brokers know which tick was committed last, not the progress: where that knows less, because a run died in between, it is
/// brought up to it, and nothing is produced again. Where it knows more, ticks were delivered without transactions, and it stays.
/// </summary>
public sealed partial class CommittedTicks(
    TickOptions options, KafkaOptions kafka, ShoeProducer producer, IProgressStore progress, ClusterWatch cluster, StandBy standBy, ILogger<CommittedTicks> logger)
{
    /// <summary>Begins a run: fences off whoever else produces, and brings the progress up to what was committed.</summary>
    /// <returns>Whether this instance may produce; false where it leaves that to another one, which has fenced it off.</returns>
    /// <exception cref="FailureException">What was committed cannot be found out, so nothing may be produced.</exception>
    public async Task<bool> BeginRunAsync(CancellationToken cancellation)
    {
        if (kafka.Transactions is null)
            return true;
        if (await standBy.IsNeededAsync(cancellation))
            return false;

        var (committed, clusterId) = await producer.CommittedAsync(kafka.Timeout, cancellation);
        if (committed is not { } last)
            return true;

        // Their progress, whatever names they go by.
        await cluster.IsElsewhereAsync(clusterId);
        // Where nothing is known of the counts, the mark is.
        var before = await ReadAsync(cancellation) ?? await progress.UpdateAsync(state => state.Begun is null ? state.Recovering(last, 0, 0) : state, cancellation);
        if (before.Begun >= last)
            return true;

        var ticks = before.Begun is { } mark ? options.Schedule.BatchesBetween(mark, last).ToArray() : options.Schedule.Contains(last) ? [(last, options.Schedule.ShoesIn(last))] : [];
        var shoes = ticks.Sum(tick => tick.Shoes > Tick.MaxShoes ? 0L : producer.RecordsOf(new Chunk(tick.Tick, 0, (int)tick.Shoes)));
        await progress.UpdateAsync(state => state.Begun == before.Begun ? state.Recovering(last, ticks.Length, shoes) : state, cancellation);
        Log.Recovered(logger, Quantity.Of(ticks.Length, "tick"), last, Quantity.Of(shoes, "shoe"));
        return true;
    }

    /// <summary>What is written down, or null where that cannot be read now.</summary>
    private async Task<ProgressState?> ReadAsync(CancellationToken cancellation)
    {
        try
        {
            return await progress.ReadAsync(cancellation);
        }
        catch (FailureException unreachable) when (unreachable.Failure.Kind != FailureKind.Invalid)
        {
            return null;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(115, LogLevel.Warning, "{Ticks} up to {Last}, {Shoes}, had been committed by a run that could not write that down: it is written down now, and nothing is produced again")]
        public static partial void Recovered(ILogger logger, string ticks, Tick last, string shoes);
    }
}
