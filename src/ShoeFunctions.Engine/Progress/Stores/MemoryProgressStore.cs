namespace ShoeFunctions.Engine.Progress.Stores;

/// <summary>Keeps progress in this process only.</summary>
public sealed class MemoryProgressStore : IProgressStore
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, ProgressState> _others = [];
    private ProgressState _state = ProgressState.Empty;
    private string? _cluster;

    /// <inheritdoc/>
    public Task<ProgressState> ReadAsync(CancellationToken cancellation)
    {
        lock (_lock)
            return Task.FromResult(_state);
    }

    /// <inheritdoc/>
    public Task<ProgressState> UpdateAsync(Func<ProgressState, ProgressState> change, CancellationToken cancellation)
    {
        lock (_lock)
            return Task.FromResult(_state = change(_state));
    }

    /// <inheritdoc/>
    public Task<ClusterMove> UseClusterAsync(string clusterId, CancellationToken cancellation)
    {
        lock (_lock)
        {
            var former = _cluster;
            _cluster = clusterId;
            if (former is null || former == clusterId)
                return Task.FromResult(ClusterMove.None);

            _others[former] = _state;
            var isKnown = _others.Remove(clusterId, out var known);
            _state = known ?? ProgressState.Empty;
            return Task.FromResult(isKnown ? ClusterMove.Found : ClusterMove.Begun);
        }
    }
}
