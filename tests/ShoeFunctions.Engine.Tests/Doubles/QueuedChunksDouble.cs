using ShoeFunctions.Engine.Failures;
using ShoeFunctions.Engine.Running;

namespace ShoeFunctions.Engine.Tests.Doubles;

/// <summary>Takes chunks' messages and keeps them; a test takes them out.</summary>
internal sealed class QueuedChunksDouble : IQueuedChunks
{
    /// <summary>What was put into it, in order.</summary>
    public List<ChunkMessage> Messages { get; } = [];

    /// <summary>After so many more messages it fails.</summary>
    public int? FailsAfter { get; set; }

    /// <summary>Why it fails then.</summary>
    public static Failure Down { get; } = new(FailureSource.ChunkQueue, "queue chunks", FailureKind.Network, "unreachable", true, "Wait.");

    /// <summary>Whether messages wait that nobody works on.</summary>
    public bool IsWaiting { get; set; }

    public long Poisoned { get; set; }

    public Task SendAsync(IReadOnlyCollection<ChunkMessage> messages, CancellationToken cancellation)
    {
        foreach (var message in messages)
        {
            if (FailsAfter-- == 0)
                throw new FailureException(Down);
            Messages.Add(message);
        }

        return Task.CompletedTask;
    }

    public Task<bool> IsWaitingAsync(CancellationToken cancellation) => Task.FromResult(IsWaiting);

    public Task<long> CountPoisonedAsync(CancellationToken cancellation) => Task.FromResult(Poisoned);
}
