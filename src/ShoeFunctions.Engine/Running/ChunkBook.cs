using Microsoft.Extensions.Logging;
using ShoeFunctions.Engine.Failures;
using ShoeFunctions.Engine.Progress;
using ShoeFunctions.Engine.Telemetry;
using ShoeFunctions.Engine.Ticks;

namespace ShoeFunctions.Engine.Running;

/// <summary>
/// The bookkeeping of open ticks: which chunks are still to be made, a row for each that is, and the tick closed with the last one. Whoever
/// finds that all chunks have their row closes it: several may at once, the state takes the tick from its open ones in one step, and so only once.
/// </summary>
public sealed partial class ChunkBook(IProgressStore progress, IChunkRows rows, Instrumentation instrumentation, ILogger<ChunkBook> logger)
{
    /// <summary>The open tick of a chunk that is still to be made; null where the chunk has its row, or its tick is closed.</summary>
    /// <exception cref="FailureException">The storage account did not answer well, or the tick has no such chunk.</exception>
    public async Task<OpenTick?> FindAsync(ChunkMessage message, CancellationToken cancellation)
    {
        // As it is stored now, not as it is remembered here: an instance may have slept.
        var state = await progress.CommitAsync(stored => stored, cancellation);
        if (state.Open.FirstOrDefault(open => open.Opening == message.Opening && open.Tick == message.Chunk.Tick) is not { } tick)
        {
            Log.Closed(logger, message.Chunk.Tick, message.First);
            return null;
        }

        if (!tick.Has(message.Chunk))
            throw new FailureException(NoneOfIts(message, tick));
        if (!await rows.HasAsync(message.Chunk, tick, cancellation))
            return tick;

        Log.Done(logger, tick.Tick, message.First);
        await CloseIfDoneAsync(tick, cancellation);
        return null;
    }

    /// <summary>
    /// Writes the row of a chunk that was delivered, and closes its tick with the last one. Where the next chunk has no row yet, whoever
    /// writes that looks in turn: so the rows are not counted with every chunk, and the last writer always counts.
    /// </summary>
    /// <returns>Whether the chunk had no row.</returns>
    /// <exception cref="FailureException">The storage account did not answer well.</exception>
    public async Task<bool> WriteAsync(Chunk chunk, OpenTick tick, ChunkRow row, CancellationToken cancellation)
    {
        var isNew = await rows.AddAsync(tick, row, cancellation);
        var next = chunk with { First = chunk.First + tick.ChunkShoes < tick.Shoes ? chunk.First + tick.ChunkShoes : 0 };
        if (next.First == chunk.First || await rows.HasAsync(next, tick, cancellation))
            await CloseIfDoneAsync(tick, cancellation);
        return isNew;
    }

    /// <summary>Closes a tick where all of its chunks are done.</summary>
    /// <exception cref="FailureException">The storage account did not answer well.</exception>
    public async Task CloseIfDoneAsync(OpenTick tick, CancellationToken cancellation)
    {
        // Where another instance has closed it meanwhile, it deletes the rows.
        if ((await rows.ListAsync(tick, cancellation)).Count < tick.ChunkCount || await rows.ReadAsync(tick, cancellation) is not { } all || all.Count < tick.ChunkCount)
            return;

        var report = tick.ReportOf(all);
        var isOurs = false;
        await progress.CommitAsync(
            state =>
            {
                var closed = state.Closing(report, tick.Opening, all.Select(row => new SeenInstance(row.Instance, row.EndedAt)));
                isOurs = !ReferenceEquals(closed, state);
                return closed;
            },
            CancellationToken.None);
        if (isOurs)
        {
            TickLog.Say(logger, report, isCatchUp: false);
            instrumentation.Written();
        }

        await DeleteRowsAsync(tick);
    }

    private async Task DeleteRowsAsync(OpenTick tick)
    {
        try
        {
            await rows.DeleteAsync(tick, CancellationToken.None);
        }
        catch (FailureException met)
        {
            // The tick is closed: they are swept away in a day.
            Log.Left(logger, tick.Tick, met.Message);
        }
    }

    private static Failure NoneOfIts(ChunkMessage message, OpenTick tick) => new(FailureSource.ChunkQueue, "read a chunk", FailureKind.Invalid, "no-such-chunk", false,
        $"A message in the queue {IQueuedChunks.Name} asks for {Quantity.Of(message.Count, "shoe")} from {message.First} on of tick {tick.Tick}, which has {Quantity.Of(tick.Shoes, "shoe")} in chunks of {Quantity.Of(tick.ChunkShoes)}: see who else writes to this queue.");

    private static partial class Log
    {
        [LoggerMessage(121, LogLevel.Debug, "tick {Tick} is closed: its chunk from shoe {First} is left")]
        public static partial void Closed(ILogger logger, Tick tick, int first);

        [LoggerMessage(122, LogLevel.Debug, "tick {Tick}: its chunk from shoe {First} is done already")]
        public static partial void Done(ILogger logger, Tick tick, int first);

        [LoggerMessage(114, LogLevel.Debug, "tick {Tick} is closed, and the rows of its chunks are still there: {Message}")]
        public static partial void Left(ILogger logger, Tick tick, string message);
    }
}
