using ShoeFunctions.Engine.Failures;
using ShoeFunctions.Engine.Kafka;

namespace ShoeFunctions.Engine.Tests.Doubles;

/// <summary>Transactions that keep what brokers keep: which records were committed, and the number with them.</summary>
internal sealed class TransactionsDouble : ITransactions
{
    private int _begun;

    public CollectingSender Sender { get; set; } = null!;

    /// <summary>The number that the brokers have.</summary>
    public long? Number { get; set; }

    /// <summary>What was called, in order.</summary>
    public List<string> Calls { get; } = [];

    /// <summary>The records that a reader sees.</summary>
    public List<CollectingSender.Sent> Committed { get; } = [];

    /// <summary>What beginning a session throws.</summary>
    public Exception? SessionFails { get; set; }

    /// <summary>What a commit throws, and whether it was made all the same.</summary>
    public (Exception Thrown, bool IsMade)? CommitFails { get; set; }

    /// <summary>Whether beginning a session waits until it is given up.</summary>
    public bool SessionHangs { get; set; }

    /// <summary>Whether a commit waits until it is given up.</summary>
    public bool CommitHangs { get; set; }

    /// <summary>Ends when one of them hangs.</summary>
    public TaskCompletionSource Hanging { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>What is thrown when somebody asks beside it.</summary>
    public FailureException? AskFails { get; set; }

    public Task<long?> AskAsync() => AskFails is { } failure ? throw failure : Task.FromResult(Number);

    public async Task<long?> BeginSessionAsync(CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        Calls.Add("session");
        if (SessionHangs)
            await HangAsync(cancellation);
        cancellation.ThrowIfCancellationRequested();
        return SessionFails is { } failure ? throw failure : Number;
    }

    public void Begin()
    {
        Calls.Add("begin");
        _begun = Sender.Messages.Count;
    }

    public async Task CommitAsync(long number, CancellationToken cancellation)
    {
        Calls.Add($"commit {number}");
        if (CommitHangs)
        {
            await HangAsync(cancellation);
            throw new UnknownOutcomeException();
        }

        if (CommitFails is not { IsMade: false })
        {
            Number = number;
            Committed.AddRange(Sender.Messages.Skip(_begun));
        }

        if (CommitFails is { } failure)
            throw failure.Thrown;
    }

    public Task AbortAsync(CancellationToken cancellation)
    {
        Calls.Add("abort");
        return Task.CompletedTask;
    }

    private async Task HangAsync(CancellationToken cancellation)
    {
        Hanging.SetResult();
        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }
}
