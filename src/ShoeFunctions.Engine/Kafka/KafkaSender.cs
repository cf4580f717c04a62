using System.Collections.Concurrent;
using Confluent.Kafka;
using ShoeFunctions.Engine.Credentials;
using ShoeFunctions.Engine.Librdkafka;
using ShoeFunctions.Engine.Ticks;

namespace ShoeFunctions.Engine.Kafka;

/// <summary>The process's one producer: idempotent, acknowledged by all replicas.</summary>
public sealed class KafkaSender : IMessageSender, IClientEvents
{
    /// <summary>How many messages may be under way: enough for the brokers never to wait, and some 20 MB.</summary>
    public const int QueueSize = 50_000;

    /// <summary>How often the client's errors, statistics and the like are taken while no batch takes them.</summary>
    private static readonly TimeSpan IdleInterval = TimeSpan.FromMilliseconds(500);

    /// <summary>The same while a call to the client is waited for, which is then looked at as often.</summary>
    private static readonly TimeSpan CallInterval = TimeSpan.FromMilliseconds(5);

    /// <summary>How long a batch is waited for that is under way at the end: the program ends all the same.</summary>
    private static readonly TimeSpan LongestEnd = RunLimit.FlushTimeout + TimeSpan.FromSeconds(1);

    private readonly IProducer<byte[], byte[]> _producer;
    private readonly RecordClient _records;
    private readonly KafkaTrouble _trouble;
    private readonly KafkaLog _log;
    private readonly KafkaStatistics? _statistics;
    private readonly ClientTokens? _tokens;
    private readonly KafkaTransactions? _transactions;
    private readonly BlockingCollection<Action> _work = [];

    /// <summary>Always the same, since the C library's allocator keeps what each thread has used.</summary>
    private readonly Thread _sending;
    private nint _batches;
    private volatile string? _clusterId;

    /// <summary>Opens the producer; it connects in the background.</summary>
    /// <exception cref="Failures.FailureException">The credentials and the security protocol do not go together.</exception>
    public KafkaSender(KafkaOptions options, PeerCredentials credentials, bool allowInsecure, TimeProvider time, KafkaLog log, KafkaStatistics? statistics = null)
    {
        (_log, _statistics) = (log, statistics);
        _trouble = new KafkaTrouble(options, credentials, options.ProtocolFor(credentials, allowInsecure), time);
        _tokens = ClientTokens.For(credentials, options, _trouble);
        var config = Config(options, credentials, allowInsecure);
        RecordClient.Configure(config);
        ClientMemory.KeepTogether();
        config.StatisticsIntervalMs = (int?)statistics?.Interval.TotalMilliseconds;
        _producer = new ProducerBuilder<byte[], byte[]>(config).SetLogHandler((_, line) => _log.Write(line)).Build();
        _records = new RecordClient(_producer.Handle, options.Topic, this);
        _transactions = options.Transactions is null ? null : new KafkaTransactions(_producer, options, ServeAsync);
        _sending = new Thread(Work) { IsBackground = true, Name = "to Kafka" };
        _sending.Start();
    }

    /// <inheritdoc/>
    public async Task SendAsync(Action<SendReport> reported, Action<ISendBatch> send)
    {
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _work.Add(() =>
        {
            try
            {
                send(new Batch(_records, ++_batches, reported));
                _ = ClusterId();
                ended.SetResult();
            }
            catch (Exception error)
            {
                ended.SetException(error);
            }
        });
        await ended.Task;
    }

    /// <inheritdoc/>
    public ITransactions? Transactions => _transactions;

    /// <inheritdoc/>
    public async Task<string?> ClusterIdAsync(TimeSpan patience)
    {
        var asked = TimeProvider.System.GetTimestamp();
        if (_clusterId is null && patience > TimeSpan.Zero)
            await ServeAsync(() => ClusterId() is not null || TimeProvider.System.GetElapsedTime(asked) >= patience);
        return ClientLibrary.IsMock(_clusterId) ? null : _clusterId;
    }

    /// <inheritdoc/>
    public IReadOnlyCollection<KafkaCause> ErrorsSince(long timestamp) => _trouble.Since(timestamp);

    /// <inheritdoc/>
    public void LookAround() => _trouble.LookAround();

    /// <inheritdoc/>
    public event Action? CredentialsRefused;

    /// <inheritdoc/>
    public event Action? BrokersDown;

    /// <inheritdoc/>
    public void UseCredentials(PeerCredentials credentials)
    {
        if (credentials.Key is { } key)
            _producer.SetSaslCredentials(key.Key, key.Secret);
        GiveToken();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _work.CompleteAdding();
        // A tick that is under way ends within its flush where the program is told to stop. One that does not keeps the client a while.
        _sending.Join(LongestEnd);
        _statistics?.Forget();
    }

    internal static ProducerConfig Config(KafkaOptions options, PeerCredentials credentials, bool allowInsecure) => options.Adjusted(new ProducerConfig(options.ClientConfig(credentials, allowInsecure))
    {
        Acks = Acks.All,
        TransactionalId = options.Transactions?.Id,
        TransactionTimeoutMs = (int?)options.Transactions?.Timeout.TotalMilliseconds,
        // What is never sent again cannot be there twice, and librdkafka refuses idempotence without retries.
        EnableIdempotence = options.RetryMax > 0,
        MessageSendMaxRetries = options.RetryMax,
        // librdkafka looks for time-outs once a second: the report of one is to be there within the setting. But a new
        // producer needs half a second before it sends anything: with less than a whole one its first tick would fail.
        MessageTimeoutMs = (int)Math.Max(options.Timeout.TotalMilliseconds - 1500, 1000),
        // Keys find the partitions that the Java client would choose.
        Partitioner = Confluent.Kafka.Partitioner.Murmur2Random,
        CompressionType = options.Compression,
        CompressionLevel = options.CompressionLevel,
        LingerMs = 5,
        QueueBufferingMaxMessages = QueueSize,
        // An unknown topic is said after a second instead of never.
        TopicMetadataPropagationMaxMs = 1000,
    });

    /// <summary>Why a producer cannot be made with the properties that the settings name, as the end of a sentence; null where it can. None connects to anything.</summary>
    internal static string? WhyNotMade(KafkaOptions options)
    {
        var isTls = options.SecurityProtocol is SecurityProtocol.Ssl or SecurityProtocol.SaslSsl || (options.SecurityProtocol is null && options.Mechanism != KafkaMechanism.None);
        var config = Config(
            options with { Mechanism = KafkaMechanism.None, SecurityProtocol = isTls ? SecurityProtocol.Ssl : SecurityProtocol.Plaintext }, PeerCredentials.None, allowInsecure: true);
        config.BootstrapServers = null;
        try
        {
            new ProducerBuilder<Null, Null>(config).SetLogHandler((_, _) => { }).SetErrorHandler((_, _) => { }).Build().Dispose();
            return null;
        }
        catch (Exception refused) when (refused is InvalidOperationException or ArgumentException or KafkaException)
        {
            return $"cannot be used together or with the other settings: {refused.Message}";
        }
    }

    /// <summary>Called dozens of times a second while a broker is down: each error is remembered.</summary>
    void IClientEvents.OnError(Error error)
    {
        _trouble.Heard(error);
        if (KafkaFailures.IsRefusal(error.Code))
            _ = RefusedAsync();
        if (error.Code == ErrorCode.Local_AllBrokersDown)
            BrokersDown?.Invoke();
        _log.Write(error);
    }

    /// <summary>Says so when it is known what the brokers ask for: it may be something else than what they were shown.</summary>
    private async Task RefusedAsync()
    {
        await _trouble.LookedAsync();
        CredentialsRefused?.Invoke();
    }

    /// <summary>At the beginning, and at four fifths of the last one's life, whether something is sent then or not.</summary>
    void IClientEvents.OnTokenNeeded() => GiveToken();

    private void GiveToken()
    {
        if (_tokens is { } tokens)
            _ = Task.Run(() => tokens.GiveAsync(_producer));
    }

    void IClientEvents.OnStatistics(string json) => _statistics?.Read(json);

    /// <summary>What the brokers' first answer told, on the sending thread, which alone uses the client at its end. They do not change their cluster.</summary>
    private string? ClusterId() => _clusterId ??= ClientLibrary.ClusterId(_producer.Handle, TimeSpan.Zero);

    /// <summary>Takes what the client has to say, and no report of a batch, until a call to it has ended.</summary>
    private Task ServeAsync(Func<bool> isEnded) => SendAsync(_ => { }, batch =>
    {
        while (!isEnded())
            batch.Take(CallInterval);
    });

    /// <summary>Sends what is to be sent, and takes in between what the client has to say.</summary>
    private void Work()
    {
        while (!_work.IsCompleted)
        {
            if (_work.TryTake(out var work, IdleInterval))
                work();
            else
                TakeIdle();
        }

        // A call that does not keep to its time goes on in the client: rather one that stays than one that is gone under it.
        if (_transactions?.IsQuiet(LongestEnd) is false)
            return;

        // Here and nowhere else: the client calls back into what this thread keeps alive.
        _work.Dispose();
        _records.Dispose();
        _producer.Dispose();
    }

    private void TakeIdle()
    {
        try
        {
            _records.Take(TimeSpan.Zero, batch: 0, reported: null);
        }
        catch (Exception unexpected)
        {
            // There is no tick to say it of.
            _log.Unexpected(unexpected);
        }
    }

    private sealed class Batch(RecordClient records, nint number, Action<SendReport> reported) : ISendBatch
    {
        public ErrorCode Send(OutgoingRecord record) => records.Send(record, number);

        public void Take(TimeSpan patience) => records.Take(patience, number, reported);
    }
}
