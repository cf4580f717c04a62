using System.Collections.Concurrent;
using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using ShoeFunctions.Engine.Credentials;

namespace ShoeFunctions.Engine.Producing;

/// <summary>The process's one producer: idempotent, acknowledged by all replicas.</summary>
public sealed partial class KafkaSender : IMessageSender
{
    private static readonly TimeSpan SameErrorInterval = TimeSpan.FromSeconds(30);

    private readonly IProducer<byte[], byte[]> _producer;
    private readonly TopicPartition _topic;
    private readonly ConcurrentDictionary<ErrorCode, long> _lastErrors = new();
    private readonly ConcurrentDictionary<ErrorCode, long> _lastLogged = new();
    private readonly TimeProvider _time;
    private readonly ILogger _logger;

    /// <summary>Opens the producer; it connects in the background.</summary>
    /// <exception cref="Failures.FailureException">The credentials and the security protocol do not go together.</exception>
    public KafkaSender(KafkaOptions options, ApiKey? credentials, bool allowInsecure, TimeProvider time, ILogger<KafkaSender> logger)
    {
        (_time, _logger) = (time, logger);
        _topic = new TopicPartition(options.Topic, Partition.Any);
        _producer = new ProducerBuilder<byte[], byte[]>(Config(options, credentials, allowInsecure))
            .SetErrorHandler((_, error) => OnError(error))
            .SetLogHandler((_, line) => OnLog(line))
            .Build();
    }

    /// <inheritdoc/>
    public void Produce(Message<byte[], byte[]> message, Action<DeliveryReport<byte[], byte[]>> delivered) =>
        _producer.Produce(_topic, message, delivered);

    /// <inheritdoc/>
    public IReadOnlyCollection<ErrorCode> ErrorsSince(long timestamp) =>
        [.. _lastErrors.Where(error => error.Value >= timestamp).Select(error => error.Key)];

    /// <inheritdoc/>
    public event Action? CredentialsRefused;

    /// <inheritdoc/>
    public void UseCredentials(ApiKey credentials) => _producer.SetSaslCredentials(credentials.Key, credentials.Secret);

    /// <inheritdoc/>
    public void Dispose() => _producer.Dispose();

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
        // Twice what a batch has under way, so that the queue does not fill up.
        QueueBufferingMaxMessages = 2 * ShoeProducer.MaxInFlight,
        // An unknown topic is said after a second instead of never.
        TopicMetadataPropagationMaxMs = 1000,
        DeliveryReportFields = "value",
    };

    /// <summary>Called dozens of times a second while a broker is down: each error is remembered, and logged now and then.</summary>
    private void OnError(Error error)
    {
        var now = _time.GetTimestamp();
        _lastErrors[error.Code] = now;
        if (error.Code is ErrorCode.Local_Authentication or ErrorCode.SaslAuthenticationFailed)
            CredentialsRefused?.Invoke();
        if (_lastLogged.TryGetValue(error.Code, out var logged) && _time.GetElapsedTime(logged, now) < SameErrorInterval)
            return;

        _lastLogged[error.Code] = now;
        if (error.IsFatal)
            Log.Fatal(_logger, error.Code, error.Reason);
        else
            Log.Transient(_logger, error.Code, error.Reason);
    }

    private void OnLog(LogMessage line)
    {
        // What fails is said again and again here, and now and then by the error handler.
        var level = line.Facility is "FAIL" or "ERROR" ? LogLevel.Debug : (LogLevel)line.LevelAs(LogLevelType.MicrosoftExtensionsLogging);
        if (_logger.IsEnabled(level))
            Log.Librdkafka(_logger, level, line.Facility, line.Message);
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 300, Message = "librdkafka {Facility}: {Line}")]
        public static partial void Librdkafka(ILogger logger, LogLevel level, string facility, string line);

        [LoggerMessage(301, LogLevel.Error, "the producer cannot go on: {Code} {Reason}")]
        public static partial void Fatal(ILogger logger, ErrorCode code, string reason);

        [LoggerMessage(302, LogLevel.Warning, "the connection to Kafka is in trouble: {Code} {Reason}")]
        public static partial void Transient(ILogger logger, ErrorCode code, string reason);
    }
}
