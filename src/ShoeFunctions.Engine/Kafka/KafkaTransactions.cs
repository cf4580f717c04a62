using Confluent.Kafka;

namespace ShoeFunctions.Engine.Kafka;

/// <summary>The transactions of the C library's producer, whose calls block: each runs on a thread of the pool, while the sending thread takes what the client has to say.</summary>
/// <param name="producer">The producer.</param>
/// <param name="options">The topic, and how ticks are transactions.</param>
/// <param name="serve">Takes what the client has to say until the call has ended, or is given up.</param>
internal sealed class KafkaTransactions(IProducer<byte[], byte[]> producer, KafkaOptions options, Func<Func<bool>, Task> serve) : ITransactions
{
    /// <summary>How long one call may block, as far as it keeps to that: in between it is looked whether to give up.</summary>
    private static readonly TimeSpan Slice = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private volatile Task _calling = Task.CompletedTask;
    private IConsumerGroupMetadata? _group;
    private (long? Number, bool IsKnown) _last;

    /// <summary>Waits until no call is under way, which must not lose the client that it is made to.</summary>
    /// <param name="patience">How long at most.</param>
    /// <returns>Whether there is none.</returns>
    public bool IsQuiet(TimeSpan patience) => ((IAsyncResult)_calling).AsyncWaitHandle.WaitOne(patience);

    /// <inheritdoc/>
    public async Task<long?> BeginSessionAsync(CancellationToken cancellation)
    {
        if (_last.IsKnown)
            return _last.Number;

        await CallAsync(() => producer.InitTransactions(Slice), cancellation);
        // After that, because what another sender left open keeps the number back until it is ended.
        using var admin = new DependentAdminClientBuilder(producer.Handle).Build();
        _last = (await ReadAsync(admin, cancellation), true);
        return _last.Number;
    }

    /// <inheritdoc/>
    public void Begin() => producer.BeginTransaction();

    /// <inheritdoc/>
    public async Task CommitAsync(long number, CancellationToken cancellation)
    {
        if (options.Transactions!.Group is { } group)
            await CallAsync(() => producer.SendOffsetsToTransaction([CommittedNumber.At(options, number)], _group ??= Metadata(group), Slice), cancellation);
        try
        {
            await CallAsync(() => producer.CommitTransaction(Slice), cancellation);
        }
        catch (OperationCanceledException)
        {
            throw new UnknownOutcomeException();
        }

        if (options.Transactions.Group is not null)
            _last = (number, true);
    }

    /// <inheritdoc/>
    public async Task AbortAsync(CancellationToken cancellation)
    {
        try
        {
            await CallAsync(() => producer.AbortTransaction(Slice), cancellation);
        }
        catch (Exception left) when (left is KafkaException or OperationCanceledException)
        {
            // Whoever has the id next ends it, or the brokers do after a while.
        }
    }

    private async Task<long?> ReadAsync(IAdminClient admin, CancellationToken cancellation)
    {
        while (true)
        {
            try
            {
                return await CommittedNumber.ReadAsync(admin, options, isStable: true).WaitAsync(cancellation);
            }
            catch (KafkaException notYet) when (IsPassing(notYet.Error.Code))
            {
                await Task.Delay(Pause, TimeProvider.System, cancellation);
            }
        }
    }

    /// <summary>What passes by itself: a coordinator that is moving, away or still busy with the transaction before.</summary>
    private static bool IsPassing(ErrorCode code) => code is ErrorCode.Local_TimedOut or ErrorCode.Local_Transport or ErrorCode.Local_AllBrokersDown or ErrorCode.Local_WaitCoord
        or ErrorCode.RequestTimedOut or ErrorCode.GroupCoordinatorNotAvailable or ErrorCode.NotCoordinatorForGroup or ErrorCode.GroupLoadInProgress
        or ErrorCode.UnstableOffsetCommit or ErrorCode.ConcurrentTransactions or ErrorCode.NetworkException;

    /// <summary>Calls, and calls again where that may help; one that was given up ends first.</summary>
    private async Task CallAsync(Action call, CancellationToken cancellation)
    {
        await _calling.WaitAsync(cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        cancellation.ThrowIfCancellationRequested();
        // The client may hold on to a call for longer than it was told: nobody waits for it then.
        var calling = _calling = Task.Run(() => CallUntil(call, cancellation), CancellationToken.None);
        var serving = serve(() => calling.IsCompleted || cancellation.IsCancellationRequested);
        await calling.WaitAsync(cancellation);
        await serving;
    }

    private void CallUntil(Action call, CancellationToken cancellation)
    {
        while (true)
        {
            try
            {
                cancellation.ThrowIfCancellationRequested();
                call();
                return;
            }
            catch (KafkaRetriableException)
            {
                // Called again, it goes on where it was.
                cancellation.WaitHandle.WaitOne(Pause);
            }
            finally
            {
                // The client's log calls back into what the producer keeps alive.
                GC.KeepAlive(producer);
            }
        }
    }

    /// <summary>Only a consumer tells it, which need not connect to anything for that.</summary>
    private static IConsumerGroupMetadata Metadata(string group)
    {
        using var consumer = new ConsumerBuilder<Ignore, Ignore>(new ConsumerConfig { GroupId = group })
            .SetErrorHandler((_, _) => { }).SetLogHandler((_, _) => { }).Build();
        return consumer.ConsumerGroupMetadata;
    }
}
