using Confluent.Kafka;
using ShoeFunctions.Engine.Failures;
using ShoeFunctions.Engine.Tests.Processes;
using ShoeFunctions.Local.EmbeddedKafka;

namespace ShoeFunctions.Local.Tests.Faults;

/// <summary>The faults and what is to become of a tick in each.</summary>
internal static partial class FaultTable
{
    private const int Forever = 10_000;

    /// <summary>No part of a name has more than 63 letters: this one is refused at once, without a question to a server that may be slow.</summary>
    private static readonly string NoName = new('x', 64);

    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan TooLong = TimeSpan.FromMinutes(1);

    /// <summary>For ticks that last as long as they may.</summary>
    public static readonly (string Name, string Value) Soon = ("KAFKA_TIMEOUT", "3s");

    /// <summary>For the same on a machine on which that is too soon.</summary>
    public static readonly (string Name, string Value) Late = ("KAFKA_TIMEOUT", "30s");

    private static readonly (string, string) Keys = ("KAFKA_MESSAGE_KEY", "id");

    public static IEnumerable<Fault> Kafka =>
    [
        .. Outages(),
        .. SlowBrokers(),
        .. Leaders(),

        // What librdkafka tries again by itself.
        Answered(ErrorCode.NotLeaderForPartition, 3),
        Answered(ErrorCode.LeaderNotAvailable, 3),
        Answered(ErrorCode.BrokerNotAvailable, 3),
        Answered(ErrorCode.ReplicaNotAvailable, 3),
        Answered(ErrorCode.UnknownTopicOrPart, 3),
        Answered(ErrorCode.NotEnoughReplicas, 3),
        Answered(ErrorCode.NotEnoughReplicasAfterAppend, 3),
        Answered(ErrorCode.RequestTimedOut, 3),
        Answered(ErrorCode.KafkaStorageError, 3),
        Answered(ErrorCode.InvalidMsg, 3),
        Answered(ErrorCode.UnknownProducerId, 1),
        Answered(ErrorCode.Local_Transport, 3),

        // The same, when it does not end.
        Answered(ErrorCode.NotEnoughReplicas, 1, FailureKind.ServerError, ErrorCode.NotEnoughReplicas, true, ("KAFKA_RETRY_MAX", "0")),
        Answered(ErrorCode.NotLeaderForPartition, Forever, FailureKind.Timeout, ErrorCode.Local_MsgTimedOut, true, Soon),
        Answered(ErrorCode.NotEnoughReplicas, Forever, FailureKind.ServerError, ErrorCode.NotEnoughReplicas, true, ("KAFKA_RETRY_MAX", "1")),
        Answered(ErrorCode.NotEnoughReplicasAfterAppend, Forever, FailureKind.ServerError, ErrorCode.NotEnoughReplicasAfterAppend, true, ("KAFKA_RETRY_MAX", "1")),
        Answered(ErrorCode.RequestTimedOut, Forever, FailureKind.Timeout, ErrorCode.RequestTimedOut, true, ("KAFKA_RETRY_MAX", "1")),
        Answered(ErrorCode.KafkaStorageError, Forever, FailureKind.ServerError, ErrorCode.KafkaStorageError, true, ("KAFKA_RETRY_MAX", "1")),
        Answered(ErrorCode.InvalidMsg, Forever, FailureKind.Network, ErrorCode.InvalidMsg, true, ("KAFKA_RETRY_MAX", "1")),
        Answered(ErrorCode.Local_Transport, Forever, FailureKind.Network, ErrorCode.Local_Transport, true, ("KAFKA_RETRY_MAX", "1")),

        // What it reports at once.
        Answered(ErrorCode.ThrottlingQuotaExceeded, Forever, FailureKind.RateLimited, ErrorCode.ThrottlingQuotaExceeded, true),
        Answered(ErrorCode.TopicAuthorizationFailed, Forever, FailureKind.Authorization, ErrorCode.TopicAuthorizationFailed, false),
        Answered(ErrorCode.MsgSizeTooLarge, Forever, FailureKind.Invalid, ErrorCode.MsgSizeTooLarge, false),
        Answered(ErrorCode.RecordListTooLarge, Forever, FailureKind.Invalid, ErrorCode.RecordListTooLarge, false),
        Answered(ErrorCode.InvalidRecord, Forever, FailureKind.Invalid, ErrorCode.InvalidRecord, false),
        Answered(ErrorCode.InvalidTimestamp, Forever, FailureKind.Invalid, ErrorCode.InvalidTimestamp, false),
        Answered(ErrorCode.PolicyViolation, Forever, FailureKind.Invalid, ErrorCode.PolicyViolation, false),
        Answered(ErrorCode.UnsupportedForMessageFormat, Forever, FailureKind.Invalid, ErrorCode.UnsupportedForMessageFormat, false),
        Answered(ErrorCode.UnsupportedCompressionType, Forever, FailureKind.Invalid, ErrorCode.UnsupportedCompressionType, false),
        Answered(ErrorCode.InvalidRequiredAcks, Forever, FailureKind.Invalid, ErrorCode.InvalidRequiredAcks, false),
        Answered(ErrorCode.Unknown, Forever, FailureKind.ServerError, ErrorCode.Unknown, true),
        Answered(ErrorCode.NetworkException, Forever, FailureKind.Network, ErrorCode.NetworkException, true),

        // What ends the producer: the next tick has a new one.
        Answered(ErrorCode.OutOfOrderSequenceNumber, 1, FailureKind.Fatal, ErrorCode.OutOfOrderSequenceNumber, true),
        Answered(ErrorCode.InvalidProducerEpoch, Forever, FailureKind.Fatal, ErrorCode.InvalidProducerEpoch, true),
        Answered(ErrorCode.ProducerFenced, Forever, FailureKind.Fatal, ErrorCode.ProducerFenced, true),

        // Before anything can be sent.
        Numbered(ErrorCode.GroupLoadInProgress, 2),
        Numbered(ErrorCode.GroupCoordinatorNotAvailable, 2),
        Numbered(ErrorCode.Local_Transport, 2),
        Numbered(ErrorCode.ClusterAuthorizationFailed, Forever, FailureKind.Authorization, ErrorCode.ClusterAuthorizationFailed, false),
        new("metadata: the connection closed", null)
        {
            Begin = Now(engine => engine.Cluster.Fail(KafkaRequest.Metadata, ErrorCode.Local_Transport, 2)),
        },

        // What the cluster says of the topic.
        OfTopic("topic missing", ErrorCode.UnknownTopicOrPart, FailureKind.NotFound, ErrorCode.UnknownTopicOrPart),
        OfTopic("topic hidden by missing rights", ErrorCode.TopicAuthorizationFailed, FailureKind.Authorization, ErrorCode.TopicAuthorizationFailed),
        OfTopic("topic name refused", ErrorCode.TopicException, FailureKind.NotFound, ErrorCode.TopicException),

        .. Addresses(),
    ];

    private static IEnumerable<Fault> Outages()
    {
        var down = new Fault("", Unreachable)
        {
            ComesLater = true,
            Begin = Now(engine => engine.Cluster.TakeDown()),
            End = Now(engine => engine.Cluster.BringUp()),
        };
        yield return down with { Name = "all brokers down for a moment", Verdict = null, During = ThenAsync(engine => engine.Cluster.BringUp()) };
        yield return down with { Name = "all brokers down", Settings = [Soon] };
        yield return down with { Name = "all brokers down from the beginning", Settings = [Soon], ComesLater = false };
        yield return down with { Name = "all brokers down for three ticks", Settings = [Soon], Ticks = 3 };
        yield return down with { Name = "all brokers down, next tick far away", Settings = [Soon, ("PRODUCE_SCHEDULE", "0 * * * * *")], Ticks = 2 };
        yield return down with
        {
            Name = "one broker down",
            // The brokers that are left do not name it any more: the client then says nothing, or that it could not connect to it before.
            Verdict = OfKafka(FailureKind.Timeout, ErrorCode.Local_MsgTimedOut, true),
            OrElse = Unreachable,
            Settings = [Soon, Keys],
            Begin = Now(engine => engine.Cluster.TakeDown(Leader(engine))),
            End = Now(engine => engine.Cluster.BringUp()),
        };
        yield return down with
        {
            Name = "one broker down for a moment",
            Verdict = null,
            Settings = [Keys],
            Begin = Now(engine => engine.Cluster.TakeDown(Leader(engine))),
            During = ThenAsync(engine => engine.Cluster.BringUp()),
        };
    }

    private static IEnumerable<Fault> SlowBrokers()
    {
        var slow = new Fault("", OfKafka(FailureKind.Timeout, ErrorCode.Local_MsgTimedOut, true))
        {
            ComesLater = true,
            Begin = Now(engine => engine.Cluster.SetRoundTrip(TooLong)),
            End = Now(engine => engine.Cluster.SetRoundTrip(TimeSpan.Zero)),
        };
        yield return slow with { Name = "all brokers slow", Verdict = null, Begin = Now(engine => engine.Cluster.SetRoundTrip(Moment)) };
        yield return slow with { Name = "one broker slow", Verdict = null, Settings = [Keys], Begin = Now(engine => engine.Cluster.SetRoundTrip(Moment, Leader(engine))) };
        yield return slow with { Name = "all brokers too slow", Settings = [Soon] };
        yield return slow with { Name = "all brokers too slow from the beginning", Settings = [Soon], ComesLater = false };
        yield return slow with { Name = "one broker too slow", Settings = [Soon, Keys], Begin = Now(engine => engine.Cluster.SetRoundTrip(TooLong, Leader(engine))) };
        if (EmbeddedCluster.CanFailOne)
            yield return new("one answer late, and then an error", null)
            {
                ComesLater = true,
                Settings = [Keys],
                Begin = Now(engine =>
                {
                    var broker = Leader(engine);
                    engine.Cluster.FailAt(broker, KafkaRequest.Produce, ErrorCode.NoError, Moment);
                    engine.Cluster.FailAt(broker, KafkaRequest.Produce, ErrorCode.NotEnoughReplicas, Moment);
                }),
            };
        if (EmbeddedCluster.CanFailOne)
            yield return new("one partition refuses its records", OfKafka(FailureKind.Invalid, ErrorCode.MsgSizeTooLarge, false))
            {
                Settings = [Keys],
                Begin = Now(engine => engine.Cluster.FailAt(FaultyEngine.Topic, 3, KafkaRequest.Produce, ErrorCode.MsgSizeTooLarge)),
            };
    }

    private static IEnumerable<Fault> Leaders()
    {
        yield return new("leaders move while records are on the way", null)
        {
            ComesLater = true,
            Begin = Now(engine =>
            {
                engine.Cluster.SetRoundTrip(Moment);
                engine.Cluster.StartCounting();
            }),
            During = async engine =>
            {
                await Wait.UntilAsync(() => engine.Cluster.Count(KafkaRequest.Produce) > 0);
                for (var partition = 0; partition < FaultyEngine.Partitions; partition++)
                    engine.Cluster.MoveLeader(FaultyEngine.Topic, partition, partition / 2 + 1);
            },
            End = Now(engine => engine.Cluster.SetRoundTrip(TimeSpan.Zero)),
        };
        yield return new("leaders moved between two ticks", null) { ComesLater = true, Begin = Now(engine => LeadAll(engine, 2)) };
        yield return new("leaders moved to a broker that is down for a moment", null)
        {
            ComesLater = true,
            Begin = Now(engine =>
            {
                engine.Cluster.TakeDown(3);
                LeadAll(engine, 3);
            }),
            During = ThenAsync(engine => engine.Cluster.BringUp(3)),
        };
        yield return new("one partition without leader for a moment, keys", null)
        {
            Settings = [Keys],
            Begin = Now(engine => Lead(engine, 4, EmbeddedCluster.NoBroker)),
            During = ThenAsync(engine => Lead(engine, 4, 1)),
        };
        yield return new("one partition without leader, keys", OfKafka(FailureKind.Timeout, ErrorCode.Local_MsgTimedOut, true))
        {
            Settings = [Soon, Keys],
            Begin = Now(engine => Lead(engine, 4, EmbeddedCluster.NoBroker)),
            End = Now(engine => Lead(engine, 4, 1)),
        };
        yield return new("no partition has a leader", OfKafka(FailureKind.Timeout, ErrorCode.Local_MsgTimedOut, true))
        {
            Settings = [Soon],
            Begin = Now(engine => LeadAll(engine, EmbeddedCluster.NoBroker)),
            End = Now(engine => LeadAll(engine, 1)),
        };
    }

    private static IEnumerable<Fault> Addresses()
    {
        var unknown = OfKafka(FailureKind.Network, ErrorCode.Local_Resolve, true);
        yield return Wrong("brokers' name unknown", unknown, ("KAFKA_BOOTSTRAP_SERVERS", $"{NoName}:9092"));
        yield return Wrong("brokers' port closed", Unreachable, ("KAFKA_BOOTSTRAP_SERVERS", "127.0.0.1:1"));
        yield return Wrong("TLS to a plaintext port", new(FailureSource.Kafka, FailureKind.Tls, false, "tls-to-plaintext"), ("KAFKA_SECURITY_PROTOCOL", "SSL"));
        yield return Wrong("SASL to brokers without", OfKafka(FailureKind.Authentication, ErrorCode.Local_Authentication, false),
            ("KAFKA_SECURITY_PROTOCOL", "SASL_PLAINTEXT"), ("KAFKA_API_KEY", "hush-key"), ("KAFKA_API_SECRET", "hush-secret"));
        yield return Before("brokers' port accepts and never answers", OfKafka(FailureKind.Timeout, ErrorCode.Local_MsgTimedOut, true), Gate.SilenceAsync);
        yield return Before("brokers' port closes at once", Unreachable, Gate.CloseAsync);
        yield return Before("brokers' port speaks HTTP", Unreachable, Gate.SpeakHttpAsync);
        yield return Before("brokers' port speaks another protocol", Unreachable, Gate.SpeakNonsenseAsync);
        yield return Before("brokers' certificate untrusted", new(FailureSource.Kafka, FailureKind.Tls, false, "tls-unknown-authority"), Gate.SpeakUntrustedTlsAsync, ("KAFKA_SECURITY_PROTOCOL", "SSL"));
        yield return new("brokers tell a name that nobody knows", unknown)
        {
            Settings = [Soon],
            Begin = Now(engine => Advertise(engine, NoName)),
            End = Now(engine => Advertise(engine, "127.0.0.1")),
        };
    }

    /// <summary>The next so many produce requests are answered with an error, and the tick is delivered.</summary>
    private static Fault Answered(ErrorCode error, int times) => new($"produce: {error}, {times} times", null)
    {
        ComesLater = true,
        Begin = Now(engine => engine.Cluster.Fail(KafkaRequest.Produce, error, times)),
    };

    /// <summary>Produce requests are answered with an error, and the tick fails.</summary>
    private static Fault Answered(ErrorCode error, int times, FailureKind kind, ErrorCode code, bool recoverable, params (string, string)[] settings) =>
        new($"produce: {error}{(times == Forever ? "" : $", {times} times")}", OfKafka(kind, code, recoverable))
        {
            ComesLater = true,
            Settings = settings,
            Begin = Now(engine => engine.Cluster.Fail(KafkaRequest.Produce, error, times)),
            End = Now(engine => engine.Cluster.EndFailures(KafkaRequest.Produce)),
        };

    private static Fault Numbered(ErrorCode error, int times) => new($"producer's number: {error}, {times} times", null)
    {
        Begin = Now(engine => engine.Cluster.Fail(KafkaRequest.InitProducerId, error, times)),
    };

    private static Fault Numbered(ErrorCode error, int times, FailureKind kind, ErrorCode code, bool recoverable) =>
        new($"producer's number: {error}", OfKafka(kind, code, recoverable))
        {
            Begin = Now(engine => engine.Cluster.Fail(KafkaRequest.InitProducerId, error, times)),
            End = Now(engine => engine.Cluster.EndFailures(KafkaRequest.InitProducerId)),
        };

    private static Fault OfTopic(string name, ErrorCode error, FailureKind kind, ErrorCode code) => new(name, OfKafka(kind, code, false))
    {
        Settings = [Soon],
        Begin = Now(engine => engine.Cluster.FailTopic(FaultyEngine.Topic, error)),
        End = Now(engine => engine.Cluster.FailTopic(FaultyEngine.Topic, ErrorCode.NoError)),
    };

    /// <summary>Settings are wrong until somebody sets them right.</summary>
    private static Fault Wrong(string name, Verdict verdict, params (string Name, string Value)[] settings) => new(name, verdict)
    {
        Settings = [Soon],
        Begin = engine => engine.CorrectAsync(settings),
        End = CorrectAsync,
    };

    /// <summary>What stands before the brokers lets nothing through, until the settings lead past it.</summary>
    private static Fault Before(string name, Verdict verdict, Gate.Treatment treatment, params (string Name, string Value)[] settings) => new(name, verdict)
    {
        Settings = [Soon],
        Begin = engine =>
        {
            engine.KafkaGate.Fault = treatment;
            return engine.CorrectAsync([("KAFKA_BOOTSTRAP_SERVERS", engine.KafkaGate.Address), .. settings]);
        },
        End = CorrectAsync,
    };

    private static Task CorrectAsync(FaultyEngine engine) => engine.CorrectAsync(
        ("KAFKA_BOOTSTRAP_SERVERS", engine.Cluster.BootstrapServers), ("KAFKA_SECURITY_PROTOCOL", ""), ("KAFKA_API_KEY", ""), ("KAFKA_API_SECRET", ""));

    private static void Advertise(FaultyEngine engine, string host)
    {
        foreach (var (index, server) in engine.Cluster.BootstrapServers.Split(',').Index())
            engine.Cluster.Advertise(index + 1, host, int.Parse(server.Split(':')[1]));
    }

    /// <summary>The broker that the first partition has for its leader: the cluster draws lots.</summary>
    private static int Leader(FaultyEngine engine)
    {
        using var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = engine.Cluster.BootstrapServers }).Build();
        return admin.GetMetadata(FaultyEngine.Topic, Wait.Patience).Topics.Single().Partitions.Single(partition => partition.PartitionId == 0).Leader;
    }

    private static void Lead(FaultyEngine engine, int partition, int broker) => engine.Cluster.MoveLeader(FaultyEngine.Topic, partition, broker);

    private static void LeadAll(FaultyEngine engine, int broker)
    {
        for (var partition = 0; partition < FaultyEngine.Partitions; partition++)
            Lead(engine, partition, broker);
    }

    /// <summary>Whether the time runs out for a message, or before that for the look at the topic, is the same to a user.</summary>
    private static Verdict OfKafka(FailureKind kind, ErrorCode code, bool recoverable) => new(
        FailureSource.Kafka, kind, recoverable, code == ErrorCode.Local_MsgTimedOut ? [$"{code}", $"{ErrorCode.Local_TimedOut}"] : [$"{code}"]);

    /// <summary>Whether the client first says of all brokers that they are gone, or of one of them, is chance.</summary>
    private static Verdict Unreachable { get; } =
        new(FailureSource.Kafka, FailureKind.Network, true, $"{ErrorCode.Local_AllBrokersDown}", $"{ErrorCode.Local_Transport}");

    private static Func<FaultyEngine, Task> Now(Action<FaultyEngine> what) => engine =>
    {
        what(engine);
        return Task.CompletedTask;
    };

    /// <summary>A moment after the tick has begun.</summary>
    private static Func<FaultyEngine, Task> ThenAsync(Action<FaultyEngine> what) => async engine =>
    {
        await engine.PassAsync(Moment);
        what(engine);
    };
}
