using System.Security.Cryptography;
using ShoeFunctions.Engine.Ticks;

namespace ShoeFunctions.Engine.Progress;

/// <summary>A tick whose chunks are made by whichever instances take them. What it was opened with holds until it is closed, whatever the settings say meanwhile.</summary>
/// <param name="Tick">The tick.</param>
/// <param name="Shoes">How many shoes it has.</param>
/// <param name="ChunkShoes">How many shoes a chunk has; the last one may have less.</param>
/// <param name="Seed">The seed of its shoes.</param>
/// <param name="Opening">Made up when it was opened: what belongs to another opening is not of this one.</param>
/// <param name="OpenedAt">When it was opened, UTC.</param>
/// <param name="QueuedAt">When its chunks were queued last, UTC; null where that failed, so that it is still to be done.</param>
/// <param name="Before">The newest tick that was delivered, opened or skipped before it; null where there was none.</param>
public sealed record OpenTick(Tick Tick, int Shoes, int ChunkShoes, long Seed, string Opening, DateTimeOffset OpenedAt, DateTimeOffset? QueuedAt, Tick? Before = null)
{
    /// <summary>How many chunks it has.</summary>
    public int ChunkCount => (int)(((long)Shoes + ChunkShoes - 1) / ChunkShoes);

    /// <summary>Its chunks, in order.</summary>
    public IEnumerable<Chunk> Chunks => Chunk.Of(Tick, Shoes, ChunkShoes);

    /// <summary>A name for an opening that no other one has.</summary>
    public static string NewOpening() => RandomNumberGenerator.GetHexString(8, lowercase: true);

    /// <summary>Whether a chunk is one of its own.</summary>
    public bool Has(Chunk chunk) =>
        chunk.Tick == Tick && chunk.First >= 0 && chunk.First < Shoes && chunk.First % ChunkShoes == 0 && chunk.Count == Math.Min(ChunkShoes, Shoes - chunk.First);

    /// <summary>The report of the tick, from the rows of all its chunks.</summary>
    public TickReport ReportOf(IReadOnlyCollection<ChunkRow> rows) => TickReport.Of(
        Tick, rows.Sum(row => row.Count), OpenedAt, rows.Select(row => row.EndedAt - OpenedAt).Append(TimeSpan.Zero).Max(), [.. rows.Select(row => row.ReportFor(Tick))]);
}
