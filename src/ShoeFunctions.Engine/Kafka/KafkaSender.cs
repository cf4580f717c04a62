using Confluent.Kafka;
using Confluent.Kafka.Admin;
using ShoeFunctions.Engine.Credentials;
using ShoeFunctions.Engine.Librdkafka;

namespace ShoeFunctions.Engine.Kafka;

/// <summary>The process's one producer: idempotent, acknowledged by all replicas.</summary>
public sealed class KafkaSender : IMessageSender, IClientEvents
{
    /// <summary>How many messages may be under way: enough for the brokers never to wait, and some 20 MB.</summary>
    public const int QueueSize = 50_000;

    /// <summary>How often the client's errors, statistics and the like are taken while no batch takes them.</summary>
    private static readonly TimeSpan IdleInterval = TimeSpan.FromMilliseconds(500);

    /// <summary>Asked when a batch was delivered, so that there is a connection. The embedded brokers name no controller and never answer.</summary>
    private static readonly TimeSpan LongestQuestion = TimeSpan.FromSeconds(1);

    /// <summary>How long a tick waits for the answer; one that comes later is the next tick's.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(300);

    private readonly IProducer<byte[], byte[]> _producer;
    private readonly Lazy<Task<string?>> _clusterId;
    private readonly RecordClient _records;
    private readonly KafkaTrouble _trouble;
    private readonly KafkaLog _log;
    private readonly KafkaStatistics? _statistics;
    private readonly ITimer _idle;

    /// <summary>Held by whoever takes what the client has to say: a batch for as long as it lasts, or the one that takes it in between.</summary>
    private readonly Lock _polling = new();
    private nint _batches;
    private bool _disposed;

    /// <summary>Opens the producer; it connects in the background.</summary>
    /// <exception cref="Failures.FailureException">The credentials and the security protocol do not go together.</exception>
    public KafkaSender(KafkaOptions options, ApiKey? credentials, bool allowInsecure, TimeProvider time, KafkaLog log, KafkaStatistics? statistics = null)
    {
        (_log, _statistics) = (log, statistics);
        _trouble = new KafkaTrouble(options, options.ProtocolFor(credentials, allowInsecure), time);
        var config = Config(options, credentials, allowInsecure);
        RecordClient.Configure(config);
        config.StatisticsIntervalMs = (int?)statistics?.Interval.TotalMilliseconds;
        _producer = new ProducerBuilder<byte[], byte[]>(config).SetLogHandler((_, line) => _log.Write(line)).Build();
        _records = new RecordClient(_producer.Handle, options.Topic, this);
        _clusterId = new Lazy<Task<string?>>(AskClusterIdAsync);
        _idle = TimeProvider.System.CreateTimer(_ => PollIdle(), null, IdleInterval, IdleInterval);
    }

    /// <inheritdoc/>
    public ISendBatch Begin(Action<SendReport> reported) => new Batch(this, reported);

    /// <inheritdoc/>
    public async Task<string?> ClusterIdAsync()
    {
        var asked = _clusterId.Value;
        await Task.WhenAny(asked, Task.Delay(Patience, TimeProvider.System));
        return asked.IsCompleted ? await asked : null;
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
    public void UseCredentials(ApiKey credentials) => _producer.SetSaslCredentials(credentials.Key, credentials.Secret);

    /// <inheritdoc/>
    public void Dispose()
    {
        // The question goes over this client.
        if (_clusterId.IsValueCreated)
            ((Task)_clusterId.Value).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing).GetAwaiter().GetResult();
        _idle.Dispose();
        lock (_polling)
        {
            _disposed = true;
            _records.Dispose();
            _producer.Dispose();
        }

        _statistics?.Forget();
    }

    internal static ProducerConfig Config(KafkaOptions options, ApiKey? credentials, bool allowInsecure) => new(options.ClientConfig(credentials, allowInsecure))
    {
        Acks = Acks.All,
        // What is never sent again cannot be there twice, and librdkafka refuses idempotence without retries.
        EnableIdempotence = options.RetryMax > 0,
        MessageSendMaxRetries = options.RetryMax,
        // librdkafka looks for time-outs once a second: the report of one is to be there within the setting. But a new
        // producer needs half a second before it sends anything: with less than a whole one its first tick would fail.
        MessageTimeoutMs = (int)Math.Max(options.Timeout.TotalMilliseconds - 1500, 1000),
        // Keys find the partitions that the Java client would choose.
        Partitioner = Confluent.Kafka.Partitioner.Murmur2Random,
        CompressionType = options.Compression,
        LingerMs = 5,
        QueueBufferingMaxMessages = QueueSize,
        // An unknown topic is said after a second instead of never.
        TopicMetadataPropagationMaxMs = 1000,
    };

    /// <summary>Over the producer's own connection. A client is asked once: its brokers do not change their cluster.</summary>
    private async Task<string?> AskClusterIdAsync()
    {
        using var admin = new DependentAdminClientBuilder(_producer.Handle).Build();
        try
        {
            var described = await admin.DescribeClusterAsync(new DescribeClusterOptions { RequestTimeout = LongestQuestion });
            return described.ClusterId is { Length: > 0 } id ? id : null;
        }
        catch (KafkaException untold)
        {
            _log.Untold(untold.Error);
            return null;
        }
    }

    /// <summary>Called dozens of times a second while a broker is down: each error is remembered.</summary>
    void IClientEvents.OnError(Error error)
    {
        _trouble.Heard(error);
        if (error.Code is ErrorCode.Local_Authentication or ErrorCode.SaslAuthenticationFailed)
            CredentialsRefused?.Invoke();
        if (error.Code == ErrorCode.Local_AllBrokersDown)
            BrokersDown?.Invoke();
        _log.Write(error);
    }

    void IClientEvents.OnStatistics(string json) => _statistics?.Read(json);

    private void PollIdle()
    {
        if (!_polling.TryEnter())
            return;
        try
        {
            if (!_disposed)
                _records.Take(TimeSpan.Zero, batch: 0, reported: null);
        }
        finally
        {
            _polling.Exit();
        }
    }

    private sealed class Batch : ISendBatch
    {
        private readonly KafkaSender _sender;
        private readonly Action<SendReport> _reported;
        private readonly nint _number;

        public Batch(KafkaSender sender, Action<SendReport> reported)
        {
            (_sender, _reported) = (sender, reported);
            sender._polling.Enter();
            _number = ++sender._batches;
        }

        public ErrorCode Send(OutgoingRecord record) => _sender._records.Send(record, _number);

        public void Take(TimeSpan patience) => _sender._records.Take(patience, _number, _reported);

        public void Dispose() => _sender._polling.Exit();
    }
}
