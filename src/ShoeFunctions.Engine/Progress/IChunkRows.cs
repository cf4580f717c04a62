using ShoeFunctions.Engine.Ticks;

namespace ShoeFunctions.Engine.Progress;

/// <summary>Where the chunks of open ticks are written down, a row each.</summary>
public interface IChunkRows
{
    /// <summary>Writes a chunk's row, unless it has one.</summary>
    /// <returns>Whether it had none.</returns>
    Task<bool> AddAsync(OpenTick tick, ChunkRow row, CancellationToken cancellation);

    /// <summary>Whether a chunk has its row.</summary>
    Task<bool> HasAsync(Chunk chunk, OpenTick tick, CancellationToken cancellation);

    /// <summary>Which of a tick's chunks have a row, by their first index.</summary>
    Task<IReadOnlyList<ChunkMark>> ListAsync(OpenTick tick, CancellationToken cancellation);

    /// <summary>A tick's rows.</summary>
    Task<IReadOnlyList<ChunkRow>> ReadAsync(OpenTick tick, CancellationToken cancellation);

    /// <summary>Deletes a tick's rows.</summary>
    Task DeleteAsync(OpenTick tick, CancellationToken cancellation);

    /// <summary>Deletes what is left over of ticks before one: rows that were written after their tick was closed.</summary>
    Task SweepAsync(Tick before, CancellationToken cancellation);
}
