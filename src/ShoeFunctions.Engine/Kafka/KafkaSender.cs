using Confluent.Kafka;
using Confluent.Kafka.Admin;
using ShoeFunctions.Engine.Credentials;

namespace ShoeFunctions.Engine.Kafka;

/// <summary>The process's one producer: idempotent, acknowledged by all replicas.</summary>
public sealed class KafkaSender : IMessageSender
{
    /// <summary>How many messages may be under way: enough for the brokers never to wait, and some 20 MB.</summary>
    public const int QueueSize = 50_000;

    /// <summary>How often the client's errors, statistics and the like are taken while no batch takes them.</summary>
    private static readonly TimeSpan IdleInterval = TimeSpan.FromMilliseconds(500);

    /// <summary>Asked when a batch was delivered, so that there is a connection. The embedded brokers name no controller and never answer.</summary>
    private static readonly TimeSpan LongestQuestion = TimeSpan.FromSeconds(1);

    /// <summary>How long a tick waits for the answer; one that comes later is the next tick's.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(300);

    /// <summary>How long the reports of what is given up are waited for at a time; they come at once.</summary>
    private static readonly TimeSpan ReportsWait = TimeSpan.FromMilliseconds(100);

    /// <summary>How often they are waited for: nothing is known that keeps one back, and a host that stops kills the process after five seconds.</summary>
    private const int MostWaits = 10;

    private readonly IProducer<byte[], byte[]> _producer;
    private readonly Lazy<Task<string?>> _clusterId;
    private readonly TopicPartition _topic;
    private readonly KafkaTrouble _trouble;
    private readonly KafkaLog _log;
    private readonly KafkaStatistics? _statistics;
    private readonly TimeProvider _time;
    private readonly ITimer _idle;

    /// <summary>Held by whoever takes what the client has to say: a batch for as long as it lasts, or the one that takes it in between.</summary>
    private readonly Lock _polling = new();
    private bool _disposed;

    /// <summary>Opens the producer; it connects in the background.</summary>
    /// <exception cref="Failures.FailureException">The credentials and the security protocol do not go together.</exception>
    public KafkaSender(KafkaOptions options, ApiKey? credentials, bool allowInsecure, TimeProvider time, KafkaLog log, KafkaStatistics? statistics = null)
    {
        (_log, _statistics, _time) = (log, statistics, time);
        _trouble = new KafkaTrouble(options, options.ProtocolFor(credentials, allowInsecure), time);
        _topic = new TopicPartition(options.Topic, Partition.Any);
        var config = Config(options, credentials, allowInsecure);
        var builder = new ProducerBuilder<byte[], byte[]>(config)
            .SetErrorHandler((_, error) => OnError(error))
            .SetLogHandler((_, line) => _log.Write(line));
        if (statistics is not null)
        {
            config.StatisticsIntervalMs = (int)statistics.Interval.TotalMilliseconds;
            builder.SetStatisticsHandler((_, json) => statistics.Read(json));
        }

        _producer = builder.Build();
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
            GiveUp();
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
        DeliveryReportFields = "value",
        EnableBackgroundPoll = false,
    };

    /// <summary>
    /// Has what is under way reported as failed: Confluent.Kafka keeps each send, and what hears of it, until its report
    /// has come, and for good where the producer is gone before.
    /// </summary>
    private void GiveUp()
    {
        var waits = 0;
        do
            ClientLibrary.Purge(_producer.Handle);
        while (_producer.Flush(ReportsWait) > 0 && ++waits < MostWaits);
    }

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
    private void OnError(Error error)
    {
        _trouble.Heard(error);
        if (error.Code is ErrorCode.Local_Authentication or ErrorCode.SaslAuthenticationFailed)
            CredentialsRefused?.Invoke();
        if (error.Code == ErrorCode.Local_AllBrokersDown)
            BrokersDown?.Invoke();
        _log.Write(error);
    }

    private void PollIdle()
    {
        if (!_polling.TryEnter())
            return;
        try
        {
            if (!_disposed)
                _producer.Poll(TimeSpan.Zero);
        }
        finally
        {
            _polling.Exit();
        }
    }

    private sealed class Batch : ISendBatch
    {
        private const int SendsAHandler = 32;

        private readonly KafkaSender _sender;
        private readonly Action<SendReport> _reported;
        private Action<DeliveryReport<byte[], byte[]>>? _handler;
        private int _sent;
        private bool _ended;

        public Batch(KafkaSender sender, Action<SendReport> reported)
        {
            (_sender, _reported) = (sender, reported);
            sender._polling.Enter();
        }

        public ErrorCode Send(OutgoingRecord record)
        {
            if (_handler is null || _sent++ % SendsAHandler == 0)
            {
                var startedAt = _sender._time.GetTimestamp();
                _handler = report => Report(report, startedAt);
            }

            var headers = new Headers();
            foreach (var header in record.Headers)
                headers.Add(header.Name, header.Value);
            try
            {
                _sender._producer.Produce(
                    _sender._topic,
                    new Message<byte[], byte[]> { Key = record.Key!, Value = record.Value, Timestamp = new Timestamp(record.TimestampMs, TimestampType.CreateTime), Headers = headers },
                    _handler);
                return ErrorCode.NoError;
            }
            catch (KafkaException refused)
            {
                _handler = null;
                return refused.Error.Code;
            }
        }

        public void Take(TimeSpan patience)
        {
            for (var wait = patience; _sender._producer.Poll(wait) > 0; wait = TimeSpan.Zero)
            {
            }
        }

        public void Dispose()
        {
            _ended = true;
            _sender._polling.Exit();
        }

        private void Report(DeliveryReport<byte[], byte[]> report, long startedAt)
        {
            if (!_ended)
                _reported(new SendReport(report.Error.Code, report.Partition.Value, report.Offset.Value, report.Value.Length, _sender._time.GetElapsedTime(startedAt)));
        }
    }
}
