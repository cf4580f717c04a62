namespace ShoeFunctions.Engine.Progress;

/// <summary>Keeps progress in this process only.</summary>
public sealed class MemoryProgressStore : IProgressStore
{
    private readonly Lock _lock = new();
    private ProgressState _state = ProgressState.Empty;

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
}
