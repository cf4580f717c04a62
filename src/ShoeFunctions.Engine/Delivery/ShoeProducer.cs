using Confluent.Kafka;
using ShoeFunctions.Engine.Connections;
using ShoeFunctions.Engine.Credentials;
using ShoeFunctions.Engine.Failures;
using ShoeFunctions.Engine.Faults;
using ShoeFunctions.Engine.Kafka;
using ShoeFunctions.Engine.Librdkafka;
using ShoeFunctions.Engine.SchemaRegistry;
using ShoeFunctions.Engine.Serialization;
using ShoeFunctions.Engine.Shoes;
using ShoeFunctions.Engine.Telemetry;
using ShoeFunctions.Engine.Ticks;

namespace ShoeFunctions.Engine.Delivery;

/// <summary>Makes a tick's shoes and delivers them: all sends are started, waited for once, and every report is counted.</summary>
public sealed class ShoeProducer(
    ShoeGenerator generator, FaultPlan faults, IShoeSerializer serializer, ShoeConnections connections, KafkaOptions options, TimeProvider time, Instrumentation instrumentation)
{
    private DeliveryTally? _tally;

    /// <summary>How many shoes of the tick that is under way, or was last, the brokers have acknowledged so far.</summary>
    public int Acknowledged => Volatile.Read(ref _tally)?.Delivered ?? 0;

    /// <summary>Handed back after each tick, as often as is worth its while.</summary>
    internal ClientMemory Memory { get; } = new(time);

    /// <summary>
    /// Opens the producer and asks the registry, both at once, where that is not done yet: the first tick is then spared
    /// the wait.
    /// </summary>
    /// <exception cref="FailureException">The credentials could not be read, or the registry did not answer well.</exception>
    public Task PrepareAsync(CancellationToken cancellation) =>
        Task.WhenAll(serializer.PrepareAsync(cancellation).AsTask(), connections.SenderAsync(cancellation).AsTask());

    /// <summary>Which tick was committed last by a transaction, and in which cluster, after fencing off whoever else produces with this transactional id.</summary>
    /// <param name="timeout">How long it may take at most.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>Nothing where there is none, or ticks are no transactions.</returns>
    /// <exception cref="FailureException">The brokers did not answer well.</exception>
    public async Task<(Tick? Tick, string? ClusterId)> CommittedAsync(TimeSpan timeout, CancellationToken cancellation)
    {
        using var patience = new SenderPatience(connections, timeout, time, cancellation);
        IMessageSender? sender = null;
        try
        {
            sender = await connections.SenderAsync(patience.End);
            await using var watch = patience.Watch(sender, () => true);
            return sender.Transactions is { } transactions && await transactions.BeginSessionAsync(patience.End) is { } number
                ? ((Tick?)new Tick(number), await sender.ClusterIdAsync(IMessageSender.FirstAnswer))
                : default;
        }
        catch (KafkaException refused)
        {
            throw await GivenUpAsync(refused.Error.Code, refused);
        }
        catch (OperationCanceledException cut) when (patience.End.IsCancellationRequested && !cancellation.IsCancellationRequested)
        {
            throw sender is null ? new FailureException(VaultFailures.LateCredentials) : await GivenUpAsync(patience.IsRefused ? ErrorCode.Local_Authentication : ErrorCode.Local_TimedOut, cut);
        }

        async Task<FailureException> GivenUpAsync(ErrorCode code, Exception cause)
        {
            var failure = KafkaFailures.Of(code, sender?.ErrorsSince(patience.Started) ?? [], options, TransactionFailures.Begin);
            await GiveUpAsync(sender, failure);
            return new FailureException(failure, cause);
        }
    }

    /// <summary>Produces a tick. It does not throw for what goes wrong on the way: the report says it.</summary>
    /// <param name="tick">The tick.</param>
    /// <param name="count">How many shoes it has.</param>
    /// <param name="deadline">How long it may take at most. What has no report by then has failed.</param>
    /// <param name="cancellation">
    /// Stops the generation at once; what is under way has <see cref="RunLimit.FlushTimeout"/> left to be acknowledged.
    /// </param>
    public Task<TickReport> ProduceAsync(Tick tick, int count, TimeSpan deadline, CancellationToken cancellation) =>
        ProduceAsync(new Chunk(tick, 0, count), null, deadline, cancellation);

    /// <summary>How many records are asked for of a part of a tick: as many as it has shoes, unless some are left out or repeated on purpose.</summary>
    public int RecordsOf(Chunk chunk) => faults.RecordsOf(chunk);

    /// <summary>Produces a part of a tick; the report is that of the part.</summary>
    /// <param name="chunk">The part.</param>
    /// <param name="seed">The seed, where it is not that of the settings.</param>
    /// <param name="deadline">As for a whole tick.</param>
    /// <param name="cancellation">As for a whole tick.</param>
    public async Task<TickReport> ProduceAsync(Chunk chunk, long? seed, TimeSpan deadline, CancellationToken cancellation)
    {
        using var patience = new SenderPatience(connections, options.Transactions is { LongestTick: var longest } && longest < deadline ? longest : deadline, time, cancellation);
        using var span = instrumentation.StartSend(chunk);
        var (maker, wrong) = seed is { } other ? (generator.For(other), faults.For(other)) : (generator, faults);
        var report = new TickReport { Tick = chunk.Tick, StartedAt = time.GetUtcNow(), Shoes = wrong.RecordsOf(chunk), Duration = TimeSpan.Zero };
        var tally = _tally = new DeliveryTally();
        Failure? failure = null;
        IMessageSender? sender = null;
        ITransactions? open = null;
        var isCommitted = false;
        string? clusterId = null;
        Failure OfKafka(ErrorCode code) => KafkaFailures.Of(code, sender?.ErrorsSince(patience.Started) ?? [], options);

        // What the tick waits for, as the failure where it waits too long.
        Func<Failure> late = () => VaultFailures.LateCredentials;

        try
        {
            // Both at once: each takes a while when it is asked for the first time.
            var schema = serializer.PrepareAsync(patience.End).AsTask();
            try
            {
                sender = await connections.SenderAsync(patience.End);
                late = () => RegistryFailures.LateSchema;
            }
            finally
            {
                // Also where there is no sender, whose failure goes first: the token must outlive both.
                await schema.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }

            await schema;
            late = () => OfKafka(ErrorCode.Local_MsgTimedOut);
            await using var watch = patience.Watch(sender, () => tally.IsSilent);
            if (sender.Transactions is { } transactions)
            {
                await transactions.BeginSessionAsync(patience.End);
                transactions.Begin();
                open = transactions;
            }

            var loop = new SendLoop(maker, serializer, wrong, chunk, new ShoeRecord(chunk.Tick, options.MessageKey, span, wrong.AreLabelled), tally, time);
            await sender.SendAsync(tally.Reported, batch => loop.Run(batch, patience.End, cancellation));
            if (open is not null && !tally.HasErrors)
            {
                // What is about to be committed has a while left where the program is told to stop.
                using var end = new CancellationTokenSource(Timeout.InfiniteTimeSpan, time);
                using var ending = patience.Late.Register(end.Cancel);
                using var told = cancellation.Register(() => end.CancelAfter(RunLimit.FlushTimeout));
                await open.CommitAsync(chunk.Tick.UnixSeconds, end.Token);
                (open, isCommitted) = (null, true);
            }
        }
        catch (UnknownOutcomeException)
        {
            open = null;
            failure = TransactionFailures.Unknown;
        }
        catch (FailureException known)
        {
            failure = known.Failure;
        }
        catch (OperationCanceledException cut) when (patience.End.IsCancellationRequested)
        {
            failure = cancellation.IsCancellationRequested ? KafkaFailures.CutShort
                : patience.IsRefused ? OfKafka(ErrorCode.Local_Authentication)
                : (cut as StillFailingException)?.Failure ?? late();
        }
        catch (KafkaException thrown)
        {
            failure = OfKafka(thrown.Error.Code);
        }
        catch (Exception thrown)
        {
            failure = KafkaFailures.Unexpected(thrown);
            report = report with { Unexpected = thrown };
        }

        report = tally.Into(report);
        if (failure is null && tally.MostFrequentError is { } error)
            failure = OfKafka(error);
        if (sender?.Transactions is not null && !isCommitted)
        {
            if (open is not null)
                await AbortAsync(open);
            else if (failure == TransactionFailures.Unknown && !cancellation.IsCancellationRequested)
                (isCommitted, clusterId) = await WasCommittedAsync(sender, chunk.Tick, cancellation);
            if (!isCommitted)
                report = report with { Delivered = 0, Bytes = 0, Partitions = [] };
        }

        report = report with { Duration = time.GetElapsedTime(patience.Started) };

        // What is left over would be delivered beside the tick's next run. And what fails a tick stays with the producer
        // for longer than its cause: a topic once refused is refused for minutes, and a fatal error is its last.
        var isGivenUp = sender is not null && (tally.InFlight > 0 || failure is { Source: FailureSource.Kafka, Kind: not FailureKind.Cancelled } || (sender.Transactions is not null && !isCommitted));
        await GiveUpAsync(isGivenUp ? sender : null, failure);
        report = report with { Failure = report.IsDelivered ? null : failure };
        instrumentation.Sent(span, report);
        Memory.HandBack(isGivenUp);
        return report.IsDelivered && sender is not null ? report with { ClusterId = isGivenUp ? clusterId : await sender.ClusterIdAsync(TimeSpan.Zero) } : report;
    }

    private async Task AbortAsync(ITransactions open)
    {
        using var limit = new CancellationTokenSource(RunLimit.FlushTimeout, time);
        await open.AbortAsync(limit.Token);
    }

    /// <summary>After an outcome that is not known, a new session asks for the number. Where that fails too, the next run asks.</summary>
    private async Task<(bool IsCommitted, string? ClusterId)> WasCommittedAsync(IMessageSender sender, Tick tick, CancellationToken cancellation)
    {
        connections.Drop(sender);
        try
        {
            var (committed, clusterId) = await CommittedAsync(options.Timeout, cancellation);
            return (committed >= tick, clusterId);
        }
        catch (Exception unanswered) when (unanswered is FailureException or OperationCanceledException)
        {
            return default;
        }
    }

    /// <summary>The next one begins with a new sender, and after a fault of TLS with other certificates where there are any by then.</summary>
    private async Task GiveUpAsync(IMessageSender? sender, Failure? failure)
    {
        if (sender is not null)
            connections.Drop(sender);
        if (failure?.Kind == FailureKind.Tls)
            await connections.RenewForNextAsync();
    }
}
