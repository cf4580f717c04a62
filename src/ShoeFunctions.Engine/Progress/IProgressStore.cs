namespace ShoeFunctions.Engine.Progress;

/// <summary>Where progress is written down, for every instance to read.</summary>
public interface IProgressStore
{
    /// <summary>What was written last, or <see cref="ProgressState.Empty"/>.</summary>
    Task<ProgressState> ReadAsync(CancellationToken cancellation);

    /// <summary>Applies a change to what is stored now and stores the outcome, as one step.</summary>
    /// <param name="change">A pure function: it is applied again where another instance was faster. What returns the state it was given stores nothing.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>What was stored.</returns>
    Task<ProgressState> UpdateAsync(Func<ProgressState, ProgressState> change, CancellationToken cancellation);

    /// <summary>The same, and stored it is or nothing has come of it: where it cannot be stored now, nobody remembers it for later.</summary>
    /// <param name="change">Applied twice, the second time changes nothing: a write that gets no answer may have been made.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>What is stored.</returns>
    /// <exception cref="Failures.FailureException">It cannot be stored, or read, now.</exception>
    Task<ProgressState> CommitAsync(Func<ProgressState, ProgressState> change, CancellationToken cancellation) => UpdateAsync(change, cancellation);

    /// <summary>Keeps, from here on, the progress of the cluster that the brokers say they are; another's stays as it is.</summary>
    Task<ClusterMove> UseClusterAsync(string clusterId, CancellationToken cancellation);
}
