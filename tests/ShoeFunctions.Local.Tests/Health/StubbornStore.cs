using ShoeFunctions.Engine.Progress;

namespace ShoeFunctions.Local.Tests.Health;

/// <summary>A progress store that fails as it is told to, or never answers and does not even listen to being told to stop.</summary>
internal sealed class StubbornStore(Exception? error) : IProgressStore
{
    public Task<ProgressState> ReadAsync(CancellationToken cancellation) =>
        error is null ? new TaskCompletionSource<ProgressState>().Task : Task.FromException<ProgressState>(error);

    public Task<ProgressState> UpdateAsync(Func<ProgressState, ProgressState> change, CancellationToken cancellation) => ReadAsync(cancellation);

    public async Task<ClusterMove> UseClusterAsync(string clusterId, CancellationToken cancellation)
    {
        await ReadAsync(cancellation);
        return ClusterMove.Untold;
    }
}
