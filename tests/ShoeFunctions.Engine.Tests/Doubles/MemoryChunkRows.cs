using ShoeFunctions.Engine.Progress;
using ShoeFunctions.Engine.Ticks;

namespace ShoeFunctions.Engine.Tests.Doubles;

/// <summary>Keeps chunks' rows in memory, and lets a test act before each step.</summary>
internal sealed class MemoryChunkRows : IChunkRows
{
    private readonly Dictionary<string, SortedDictionary<int, ChunkRow>> _rows = [];

    /// <summary>Waited for before every step.</summary>
    public Func<Task>? OnStep { get; set; }

    /// <summary>How many rows there are of a tick.</summary>
    public int Count(OpenTick tick) => Of(tick).Count;

    /// <summary>Whether any row is left.</summary>
    public bool IsEmpty => _rows.Values.All(rows => rows.Count == 0);

    public async Task<bool> AddAsync(OpenTick tick, ChunkRow row, CancellationToken cancellation)
    {
        await StepAsync();
        return Of(tick).TryAdd(row.First, row);
    }

    public async Task<bool> HasAsync(Chunk chunk, OpenTick tick, CancellationToken cancellation)
    {
        await StepAsync();
        return Of(tick).ContainsKey(chunk.First);
    }

    /// <summary>How often they were counted.</summary>
    public int Lists { get; private set; }

    public async Task<IReadOnlyList<ChunkMark>> ListAsync(OpenTick tick, CancellationToken cancellation)
    {
        Lists++;
        await StepAsync();
        return [.. Of(tick).Values.Select(row => new ChunkMark(row.First, row.Count, row.EndedAt, row.Instance))];
    }

    public async Task<IReadOnlyList<ChunkRow>> ReadAsync(OpenTick tick, CancellationToken cancellation)
    {
        await StepAsync();
        return [.. Of(tick).Values];
    }

    public async Task DeleteAsync(OpenTick tick, CancellationToken cancellation)
    {
        // One after the other, as a table does with more than it deletes at once.
        while (Of(tick).Count > 0)
        {
            await StepAsync();
            if (Of(tick).Count > 0)
                Of(tick).Remove(Of(tick).Keys.First());
        }
    }

    /// <summary>Before which ticks it was swept, in order.</summary>
    public List<Tick> Swept { get; } = [];

    public async Task SweepAsync(Tick before, CancellationToken cancellation)
    {
        await StepAsync();
        Swept.Add(before);
    }

    private SortedDictionary<int, ChunkRow> Of(OpenTick tick) =>
        _rows.TryGetValue(tick.Opening, out var rows) ? rows : _rows[tick.Opening] = [];

    private Task StepAsync() => OnStep?.Invoke() ?? Task.CompletedTask;
}
