using ShoeFunctions.Engine.Progress;
using ShoeFunctions.Engine.Progress.Stores;

namespace ShoeFunctions.Engine.Tests.Doubles;

/// <summary>Keeps progress in memory, and lets a test act in between.</summary>
internal sealed class WatchedProgressStore : IProgressStore
{
    public MemoryProgressStore Inner { get; } = new();

    /// <summary>Called after a read.</summary>
    public Action? OnRead { get; set; }

    /// <summary>Called before an update.</summary>
    public Func<Task>? OnUpdate { get; set; }

    public int Updates { get; private set; }

    /// <summary>What the last update was to be given up with.</summary>
    public CancellationToken LastToken { get; private set; }

    /// <summary>How often it was told the cluster, or was to be.</summary>
    public int Moves { get; private set; }

    /// <summary>What it says to that, where it is not <see cref="Inner"/>'s to say.</summary>
    public ClusterMove? Move { get; set; }

    public async Task<ProgressState> ReadAsync(CancellationToken cancellation)
    {
        var state = await Inner.ReadAsync(cancellation);
        OnRead?.Invoke();
        return state;
    }

    public async Task<ProgressState> UpdateAsync(Func<ProgressState, ProgressState> change, CancellationToken cancellation)
    {
        (Updates, LastToken) = (Updates + 1, cancellation);
        if (OnUpdate is { } act)
            await act();
        return await Inner.UpdateAsync(change, cancellation);
    }

    public Task<ClusterMove> UseClusterAsync(string clusterId, CancellationToken cancellation)
    {
        Moves++;
        return Move is { } move ? Task.FromResult(move) : Inner.UseClusterAsync(clusterId, cancellation);
    }
}
