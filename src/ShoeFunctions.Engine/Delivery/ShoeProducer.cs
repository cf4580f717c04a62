using System.Buffers.Text;
using System.Diagnostics;
using System.Text;
using Confluent.Kafka;
using ShoeFunctions.Engine.Connections;
using ShoeFunctions.Engine.Credentials;
using ShoeFunctions.Engine.Failures;
using ShoeFunctions.Engine.Kafka;
using ShoeFunctions.Engine.SchemaRegistry;
using ShoeFunctions.Engine.Serialization;
using ShoeFunctions.Engine.Shoes;
using ShoeFunctions.Engine.Telemetry;
using ShoeFunctions.Engine.Ticks;

namespace ShoeFunctions.Engine.Delivery;

/// <summary>Makes a tick's shoes and delivers them: all sends are started, waited for once, and every report is counted.</summary>
public sealed class ShoeProducer(
    ShoeGenerator generator, IShoeSerializer serializer, ShoeConnections connections, KafkaOptions options, TimeProvider time, Instrumentation instrumentation)
{
    /// <summary>How many sends may be under way at once; the next one waits until half of them are reported.</summary>
    public const int MaxInFlight = KafkaSender.QueueSize / 2;

    /// <summary>Where no report has come after so long, it is looked why, and from then on so often whether that is known.</summary>
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(2), SilenceInterval = TimeSpan.FromSeconds(1);

    /// <summary>How long to wait where the client's queue is full of what an earlier, cut-short batch left.</summary>
    private static readonly TimeSpan QueueFullWait = TimeSpan.FromMilliseconds(10);

    internal static readonly byte[] ContentType = "application/x-protobuf"u8.ToArray();

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

    /// <summary>Produces a tick. It does not throw for what goes wrong on the way: the report says it.</summary>
    /// <param name="tick">The tick.</param>
    /// <param name="count">How many shoes it has.</param>
    /// <param name="deadline">How long it may take at most. What has no report by then has failed.</param>
    /// <param name="cancellation">
    /// Stops the generation at once; what is under way has <see cref="RunLimit.FlushTimeout"/> left to be acknowledged.
    /// </param>
    public async Task<TickReport> ProduceAsync(Tick tick, int count, TimeSpan deadline, CancellationToken cancellation)
    {
        var started = time.GetTimestamp();
        using var span = instrumentation.StartSend(tick, count);
        var report = new TickReport { Tick = tick, StartedAt = time.GetUtcNow(), Shoes = count, Duration = TimeSpan.Zero };
        var tally = _tally = new DeliveryTally(time);
        Failure? failure = null;
        IMessageSender? sender = null;
        Failure OfKafka(ErrorCode code) => KafkaFailures.Of(code, sender?.ErrorsSince(started) ?? [], options.Topic);

        // What the tick waits for, as the failure where it waits too long.
        Func<Failure> late = () => VaultFailures.LateCredentials;

        using var tooLate = new CancellationTokenSource(deadline, time);
        // Not disposed: they may be cancelled by a thread that comes too late, and hold nothing.
        var refused = new CancellationTokenSource();
        var hopeless = new CancellationTokenSource();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation, tooLate.Token, refused.Token, hopeless.Token);
        void OnRefused() => refused.Cancel();
        connections.Refused += OnRefused;
        try
        {
            // Both at once: each takes a while when it is asked for the first time.
            var schema = serializer.PrepareAsync(stop.Token).AsTask();
            try
            {
                sender = await connections.SenderAsync(stop.Token);
                late = () => RegistryFailures.LateSchema;
            }
            finally
            {
                // Also where there is no sender, whose failure goes first: the token must outlive both.
                await schema.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }

            await schema;
            late = () => OfKafka(ErrorCode.Local_MsgTimedOut);
            await using var watch = WatchForSilence(sender, tally, started, hopeless);
            await SendAsync(sender, tick, count, tally, span, stop.Token);
            await tally.SettledAsync().WaitAsync(stop.Token);
        }
        catch (FailureException known)
        {
            failure = known.Failure;
        }
        catch (OperationCanceledException cut) when (stop.IsCancellationRequested)
        {
            if (cancellation.IsCancellationRequested)
                await FlushAsync(tally);
            failure = cancellation.IsCancellationRequested ? KafkaFailures.CutShort
                : refused.IsCancellationRequested ? KafkaFailures.Of(ErrorCode.Local_Authentication, [], options.Topic)
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
        finally
        {
            connections.Refused -= OnRefused;
        }

        tally.Close();
        report = tally.Into(report) with { Duration = time.GetElapsedTime(started) };
        if (failure is null && tally.MostFrequentError is { } error)
            failure = OfKafka(error);

        // What is left over would be delivered beside the tick's next run. And what fails a tick stays with the producer
        // for longer than its cause: a topic once refused is refused for minutes, and a fatal error is its last.
        if (sender is not null && (tally.InFlight > 0 || failure is { Source: FailureSource.Kafka, Kind: not FailureKind.Cancelled }))
            connections.Drop(sender);

        report = report with { Failure = report.IsDelivered ? null : failure };
        instrumentation.Sent(span, report);
        Memory.HandBack();
        return report.IsDelivered && sender is not null ? report with { ClusterId = await sender.ClusterIdAsync() } : report;
    }

    /// <summary>How many bytes a shoe's record has beside its value: names and values of its headers, and its key.</summary>
    internal static int KeyAndHeadersLength(in GeneratedShoe shoe, MessageKey key)
    {
        Span<byte> digits = stackalloc byte[20];
        Utf8Formatter.TryFormat(shoe.Id, digits, out var id);
        var brand = shoe.Model.BrandUtf8.Length;
        return "content-type".Length + ContentType.Length + "shoe-id".Length + id + "shoe-brand".Length + brand
            + key switch { MessageKey.Id => id, MessageKey.Brand => brand, _ => 0 };
    }

    /// <summary>A fault of TLS does not pass while a tick waits: where nothing has come back, and one is found, the tick ends.</summary>
    private ITimer WatchForSilence(IMessageSender sender, DeliveryTally tally, long started, CancellationTokenSource hopeless) => time.CreateTimer(
        _ =>
        {
            if (!tally.IsSilent)
                return;
            sender.LookAround();
            if (sender.ErrorsSince(started).Any(cause => cause.Tls is not null))
                hopeless.Cancel();
        },
        null, Silence, SilenceInterval);

    private async Task SendAsync(IMessageSender sender, Tick tick, int count, DeliveryTally tally, Activity? span, CancellationToken stop)
    {
        var idDigits = new BytesByLength();
        var shoeId = new ReusedHeader("shoe-id", []);
        var shoeBrand = new ReusedHeader("shoe-brand", []);
        var message = new Message<byte[], byte[]>
        {
            Timestamp = new Timestamp(tick.Time),
            Headers = [new Header("content-type", ContentType), shoeId, shoeBrand],
        };

        // Only where a span is recorded can a consumer's go on from it.
        if (span is { Recorded: true, Id: { } traceParent })
            message.Headers.Add("traceparent", Encoding.ASCII.GetBytes(traceParent));

        // A tick with a failed shoe is produced again as a whole: nothing is won by going on.
        for (var index = 0; index < count && !tally.HasErrors; index++)
        {
            stop.ThrowIfCancellationRequested();
            var shoe = generator.Shoe(tick, index);
            message.Value = await serializer.SerializeAsync(shoe);
            shoeId.Value = Digits(shoe.Id, idDigits);
            shoeBrand.Value = shoe.Model.BrandUtf8;
            message.Key = options.MessageKey switch
            {
                MessageKey.Id => shoeId.Value,
                MessageKey.Brand => shoeBrand.Value,
                _ => null!,
            };

            if (tally.InFlight >= MaxInFlight)
                await tally.RoomAsync(MaxInFlight / 2).WaitAsync(stop);
            for (var again = false; !TryProduce(sender, message, tally); again = true)
            {
                if (tally.InFlight is > 0 and var inFlight)
                    await tally.RoomAsync(inFlight).WaitAsync(stop);
                else if (again)
                    await Task.Delay(QueueFullWait, time, stop);
            }
        }
    }

    /// <summary>Starts one send; false where the client's queue is full.</summary>
    private static bool TryProduce(IMessageSender sender, Message<byte[], byte[]> message, DeliveryTally tally)
    {
        var handler = tally.NextHandler();
        try
        {
            // Counted first: the report may come before the call returns.
            tally.Started();
            sender.Produce(message, handler);
            return true;
        }
        catch (KafkaException full) when (full.Error.Code == ErrorCode.Local_QueueFull)
        {
            tally.NotStarted();
            return false;
        }
        catch (KafkaException refused)
        {
            tally.NotStarted();
            tally.Refused(refused.Error.Code);
            return true;
        }
    }

    private async Task FlushAsync(DeliveryTally tally)
    {
        try
        {
            await tally.SettledAsync().WaitAsync(RunLimit.FlushTimeout, time);
        }
        catch (TimeoutException)
        {
            // What is not acknowledged by now counts as not delivered; the next run produces the tick again.
        }
    }

    private static byte[] Digits(long id, BytesByLength arrays)
    {
        Span<byte> digits = stackalloc byte[20];
        Utf8Formatter.TryFormat(id, digits, out var length);
        var bytes = arrays[length];
        digits[..length].CopyTo(bytes);
        return bytes;
    }
}
