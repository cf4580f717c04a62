using ShoeFunctions.Engine.Failures;
using ShoeFunctions.Engine.Progress;

namespace ShoeFunctions.Engine.Tests.Progress.Stores;

/// <summary>A store as one instance reaches it: another instance may reach it better.</summary>
internal sealed class FaultyProgressStore(IProgressStore shared) : IProgressStore
{
    public enum Fault
    {
        None,

        /// <summary>Nothing can be read or written.</summary>
        Unreachable,

        /// <summary>It can be read, not written.</summary>
        ReadOnly,

        /// <summary>It is written, but nobody is told.</summary>
        AnswerLost,

        /// <summary>The caller is told to stop when all is written.</summary>
        Cancelled,

        /// <summary>It is written, the client of the store is not told, and tries once more.</summary>
        Repeated,

        /// <summary>Nobody is told, and it is written later, if ever.</summary>
        Late,
    }

    public static readonly Failure Down = new(FailureSource.ProgressStore, "write progress", FailureKind.Network, "unreachable", true, "It is down.");

    public Fault Now { get; set; }

    /// <summary>What was under way when nobody was told.</summary>
    public List<ProgressState> UnderWay { get; } = [];

    /// <summary>How time goes by in a call.</summary>
    public Action Takes { get; set; } = () => { };

    /// <summary>How often it was called.</summary>
    public int Calls { get; private set; }

    public Task<ProgressState> ReadAsync(CancellationToken cancellation)
    {
        Calls++;
        Takes();
        return Now == Fault.Unreachable ? throw new FailureException(Down) : shared.ReadAsync(cancellation);
    }

    public Task<ClusterMove> UseClusterAsync(string clusterId, CancellationToken cancellation)
    {
        Takes();
        return Now == Fault.None ? shared.UseClusterAsync(clusterId, cancellation) : throw new FailureException(Down);
    }

    public async Task<ProgressState> UpdateAsync(Func<ProgressState, ProgressState> change, CancellationToken cancellation)
    {
        Calls++;
        Takes();
        switch (Now)
        {
            case Fault.Unreachable:
                throw new FailureException(Down);
            case Fault.ReadOnly:
                change(await shared.ReadAsync(cancellation));
                throw new FailureException(Down);
            case Fault.AnswerLost:
                await shared.UpdateAsync(change, cancellation);
                throw new FailureException(Down);
            case Fault.Cancelled:
                await shared.UpdateAsync(change, cancellation);
                throw new OperationCanceledException();
            case Fault.Repeated:
                await shared.UpdateAsync(change, cancellation);
                return await shared.UpdateAsync(change, cancellation);
            case Fault.Late:
                UnderWay.Add(change(await shared.ReadAsync(cancellation)));
                throw new FailureException(Down);
            default:
                // As where another instance was faster: the change is made twice.
                change(await shared.ReadAsync(cancellation));
                return await shared.UpdateAsync(change, cancellation);
        }
    }
}
