using Confluent.Kafka;
using ShoeFunctions.Engine.Credentials;
using ShoeFunctions.Engine.Failures;
using ShoeFunctions.Engine.Kafka;

namespace ShoeFunctions.Engine.Auditing;

/// <summary>Reads the topic once, up to what it holds when the reading begins, over a connection of its own.</summary>
public sealed class TopicReader(KafkaOptions options, CredentialOptions credentialOptions, CredentialSource keys, TimeProvider time)
{
    private const string Operation = "read topic";

    /// <summary>How much the client may fetch in advance, in KiB.</summary>
    private const int FetchAhead = 16 * 1024;

    private const int RecordsAReport = 10_000;
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(100);

    /// <summary>How far the reading has come.</summary>
    /// <param name="Read">How many offsets are behind it.</param>
    /// <param name="Total">How many there are.</param>
    public readonly record struct Progress(long Read, long Total);

    /// <summary>Reads from a time on.</summary>
    /// <param name="from">The time of the first records that matter, by the records' timestamps.</param>
    /// <param name="take">Is called with every record, on one thread.</param>
    /// <param name="report">Is called now and then, on the same thread.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>The partitions of which retention has deleted records that might have mattered.</returns>
    /// <exception cref="FailureException">
    /// The cluster did not answer well, has no such topic, or fell silent for <see cref="KafkaOptions.Timeout"/>.
    /// </exception>
    public async Task<IReadOnlyList<TruncatedPartition>> ReadAsync(
        DateTimeOffset from, Action<ConsumeResult<byte[], byte[]>> take, Action<Progress> report, CancellationToken cancellation)
    {
        var partitions = await ReadAsync((connection, partitions) => StartAt(connection, partitions, from), take, report, cancellation);
        return
        [
            .. partitions.Where(partition => partition.IsTruncated(from)).Select(partition =>
                new TruncatedPartition(
                partition.Partition.Partition, partition.First?.Offset ?? partition.Low, partition.First is { } first ? TopicRecord.Time(first.TimeMs) : null)),
        ];
    }

    /// <summary>Reads the last offsets of every partition.</summary>
    /// <param name="count">How many offsets a partition. Fewer records may be there: some have been compacted away, or mark transactions.</param>
    /// <param name="take">Is called with every record, on one thread.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>Whether that was all that the topic has.</returns>
    /// <exception cref="FailureException">As with the reading from a time on.</exception>
    public async Task<bool> ReadLastAsync(long count, Action<ConsumeResult<byte[], byte[]>> take, CancellationToken cancellation)
    {
        var partitions = await ReadAsync(
            (_, partitions) => partitions.ForEach(partition => partition.Start = Math.Max(partition.Low, partition.High - count)), take, _ => { }, cancellation);
        return partitions.TrueForAll(partition => partition.Start == partition.Low);
    }

    private async Task<List<PartitionReading>> ReadAsync(
        Action<Connection, List<PartitionReading>> start, Action<ConsumeResult<byte[], byte[]>> take, Action<Progress> report, CancellationToken cancellation)
    {
        var credentials = (await keys.GetAsync(cancellation)).Kafka;
        await credentials.HaveTokenAsync(cancellation);
        var trouble = new KafkaTrouble(options, credentials, options.ProtocolFor(credentials, credentialOptions.AllowInsecure), time);
        try
        {
            // The client has no asynchronous way to read.
            return await Task.Run(() => Read(credentials, trouble, start, take, report, cancellation), cancellation);
        }
        catch (KafkaException error)
        {
            throw new FailureException(Reading(await trouble.FailureAsync(error.Error.Code, Operation)), error);
        }
    }

    private List<PartitionReading> Read(
        PeerCredentials credentials, KafkaTrouble trouble, Action<Connection, List<PartitionReading>> start, Action<ConsumeResult<byte[], byte[]>> take,
        Action<Progress> report, CancellationToken cancellation)
    {
        var builder = new ConsumerBuilder<byte[], byte[]>(Config(credentials)).SetErrorHandler((_, error) => trouble.Heard(error)).SetLogHandler((_, _) => { });
        var tokens = ClientTokens.For(credentials, options, trouble);
        if (tokens is not null)
            builder.SetOAuthBearerTokenRefreshHandler((client, _) => tokens.Give(client));
        using var consumer = builder.Build();
        // It asks for one only while it consumes, and cannot ask for anything else without.
        tokens?.Give(consumer);
        var connection = new Connection(consumer, trouble, cancellation);
        var partitions = Partitions(connection);
        start(connection, partitions);
        Read(connection, partitions, take, report);
        return partitions;
    }

    /// <summary>A consumer, what it says of its connections, and what gives it up.</summary>
    private sealed record Connection(IConsumer<byte[], byte[]> Consumer, KafkaTrouble Trouble, CancellationToken Cancellation);

    private ConsumerConfig Config(PeerCredentials credentials) => options.Adjusted(new ConsumerConfig(options.ClientConfig(credentials, credentialOptions.AllowInsecure))
    {
        // The client insists on a name; partitions are assigned by hand and nothing is committed.
        GroupId = "shoefunctions-audit",
        EnableAutoCommit = false,
        EnableAutoOffsetStore = false,
        AllowAutoCreateTopics = false,
        EnablePartitionEof = true,
        // What a transaction that is open or was aborted has sent is not there.
        IsolationLevel = IsolationLevel.ReadCommitted,
        // The embedded brokers give the marks of transactions no checksum; and an audit compares every byte.
        CheckCrcs = options.Transactions is null,
        // Where retention deletes what was about to be read, what is left is read.
        AutoOffsetReset = AutoOffsetReset.Earliest,
        QueuedMaxMessagesKbytes = FetchAhead,
    });

    private List<PartitionReading> Partitions(Connection connection)
    {
        using var admin = new DependentAdminClientBuilder(connection.Consumer.Handle).Build();
        var topic = Ask(connection, limit => admin.GetMetadata(options.Topic, limit)).Topics.Single();
        if (topic.Error.IsError)
            throw new KafkaException(topic.Error);

        var partitions = new List<PartitionReading>();
        foreach (var id in topic.Partitions.Select(partition => partition.PartitionId).Order())
        {
            var partition = new TopicPartition(options.Topic, id);
            var ends = Ask(connection, limit => connection.Consumer.QueryWatermarkOffsets(partition, limit));
            partitions.Add(new PartitionReading(partition, ends.Low, ends.High));
        }

        return partitions;
    }

    private T Ask<T>(Connection connection, Func<TimeSpan, T> ask) => connection.Trouble.Ask(
        limit =>
        {
            try
            {
                return ask(limit);
            }
            catch (KafkaException)
            {
                // A consumer calls its error handler only while it consumes; nothing is assigned yet that could come.
                connection.Consumer.Consume(TimeSpan.Zero);
                throw;
            }
        },
        options.Timeout, connection.Cancellation);

    private void StartAt(Connection connection, List<PartitionReading> partitions, DateTimeOffset from)
    {
        // A broker that has no index by time (librdkafka's mock) says of any time that it comes after all records: then all are read.
        if (OffsetsAt(connection, partitions, DateTimeOffset.UnixEpoch).All(offset => offset == Offset.End))
            return;

        // Of several records of one time, a broker may name a later one: ask for the time before, and leave out what lies between.
        foreach (var (partition, offset) in partitions.Zip(OffsetsAt(connection, partitions, from.AddMilliseconds(-1))))
            partition.StartAt(offset == Offset.End ? partition.High : Math.Clamp(offset.Value, partition.Low, partition.High), from);
    }

    private Offset[] OffsetsAt(Connection connection, List<PartitionReading> partitions, DateTimeOffset at)
    {
        var offsets = Ask(connection, limit => connection.Consumer.OffsetsForTimes(partitions.Select(partition => new TopicPartitionTimestamp(partition.Partition, new Timestamp(at))), limit))
            .ToDictionary(offset => offset.TopicPartition, offset => offset.Offset);
        return [.. partitions.Select(partition => offsets[partition.Partition])];
    }

    private void Read(Connection connection, List<PartitionReading> partitions, Action<ConsumeResult<byte[], byte[]>> take, Action<Progress> report)
    {
        var (consumer, trouble, cancellation) = connection;
        var open = partitions.Where(partition => !partition.IsDone).ToDictionary(partition => partition.Partition.Partition.Value);
        var total = partitions.Sum(partition => partition.Total);
        var heardAt = time.GetTimestamp();
        consumer.Assign(open.Values.Select(partition => new TopicPartitionOffset(partition.Partition, partition.Start)));
        for (long read = 0; open.Count > 0; read++)
        {
            cancellation.ThrowIfCancellationRequested();
            if (read % RecordsAReport == 0)
                report(new Progress(partitions.Sum(partition => partition.Read), total));

            if (Next(consumer) is not { } record)
            {
                if (time.GetElapsedTime(heardAt) is var silence && (silence > options.Timeout || trouble.IsHopeless(silence)))
                    throw new KafkaException(ErrorCode.Local_TimedOut);
                continue;
            }

            heardAt = time.GetTimestamp();
            if (!open.TryGetValue(record.Partition.Value, out var partition))
                continue;

            if (partition.Advance(record))
                take(record);
            if (!partition.IsDone)
                continue;

            open.Remove(record.Partition.Value);
            consumer.Pause([partition.Partition]);
        }

        report(new Progress(total, total));
    }

    /// <summary>The next record, or the end of a partition; null where nothing comes for a while.</summary>
    private static ConsumeResult<byte[], byte[]>? Next(IConsumer<byte[], byte[]> consumer)
    {
        try
        {
            return consumer.Consume(PollInterval);
        }
        catch (ConsumeException refused) when (refused.Error.Code == ErrorCode.GroupAuthorizationFailed)
        {
            // The client looks for the group's coordinator, though there is nothing to coordinate: rights on the topic are enough.
            return null;
        }
    }

    private Failure Reading(Failure failure) => failure.Code == nameof(ErrorCode.TopicAuthorizationFailed)
        ? failure with { Advice = $"The API key may not read topic {options.Topic}: grant DeveloperRead on it to the key's service account." }
        : failure;
}
