using System.Collections.Frozen;
using Confluent.Kafka;
using ShoeFunctions.Engine.Credentials;
using ShoeFunctions.Engine.Failures;
using ShoeFunctions.Engine.Network;
using ShoeFunctions.Engine.Ticks;

namespace ShoeFunctions.Engine.Kafka;

/// <summary>Turns what the Kafka client throws and reports into a <see cref="Failure"/>: by type and code, never by message text.</summary>
public static class KafkaFailures
{
    /// <summary>What librdkafka reported for a message, or said of the connection.</summary>
    /// <param name="code">The delivery report's code.</param>
    /// <param name="causes">
    /// What the error handler said since the tick began. A delivery report alone only says that time ran out; why, it
    /// says there.
    /// </param>
    /// <param name="options">The topic, and how the brokers are told who we are.</param>
    /// <param name="operation">What was being done.</param>
    public static Failure Of(ErrorCode code, IReadOnlyCollection<KafkaCause> causes, KafkaOptions options, string operation = "produce")
    {
        var possible = PossibleCauses(code);
        if ((possible.Contains(ErrorCode.Local_Authentication) || IsRefusal(code))
            && causes.Select(cause => cause.Found).FirstOrDefault(found => found is not null) is { } whole)
            return whole with { Operation = operation };
        if (possible.Contains(ErrorCode.Local_Ssl) && !causes.Any(cause => IsRefusal(cause.Code))
            && causes.Select(cause => cause.Tls).FirstOrDefault(fault => fault is not null) is { } tls)
            return new Failure(FailureSource.Kafka, operation, FailureKind.Tls, tls.Code(), false,
                tls.Advice("A broker", "KAFKA_BOOTSTRAP_SERVERS", "KAFKA", "set KAFKA_SECURITY_PROTOCOL to SSL or SASL_SSL", "set KAFKA_SECURITY_PROTOCOL to PLAINTEXT or SASL_PLAINTEXT"));

        var cause = possible.FirstOrDefault(possible => causes.Contains(possible), code);
        var (kind, recoverable, advice) = options.Transactions is not null && TransactionFailures.IsFenced(cause)
            ? (FailureKind.Fatal, false, "Another instance produces with the transactional id {id}, and the brokers take the newer one: this one stops. Let one alone run, or give the other another topic.")
            : KafkaRows.TryGetValue(cause, out var row) ? row
            : (FailureKind.Unknown, false, $"Kafka answered {cause} ({(int)cause}), which is not expected here: see the list of Kafka's error codes.");
        return new Failure(FailureSource.Kafka, operation, kind, cause.ToString(), recoverable, advice
            .Replace("{topic}", options.Topic, StringComparison.Ordinal)
            .Replace("{id}", options.Transactions?.Id, StringComparison.Ordinal)
            .Replace("{group}", options.Transactions?.Group, StringComparison.Ordinal)
            .Replace("{transaction}", options.Transactions is { Timeout: var longest } ? Quantity.Of(longest) : null, StringComparison.Ordinal)
            .Replace("{mechanism}", options.Mechanism.Name(), StringComparison.Ordinal)
            .Replace("{credentials}", CredentialsOf(options.Mechanism), StringComparison.Ordinal)
            .Replace("{who}", options.Mechanism is KafkaMechanism.OAuthBearer or KafkaMechanism.None ? "This identity" : "The API key", StringComparison.Ordinal)
            .Replace("{whose}", options.Mechanism is KafkaMechanism.OAuthBearer or KafkaMechanism.None ? "the identity" : "the key's service account", StringComparison.Ordinal));
    }

    /// <summary>Whether a code says that we were not let in for who we are.</summary>
    public static bool IsRefusal(ErrorCode code) => code is ErrorCode.Local_Authentication or ErrorCode.SaslAuthenticationFailed;

    /// <summary>The mechanisms that a broker offers, against ours; null where there is nothing wrong, or they are not known.</summary>
    internal static Failure? OfMechanisms(IReadOnlyCollection<string>? offered, KafkaMechanism ours)
    {
        Failure As(string code, string advice) => new(FailureSource.Kafka, "produce", FailureKind.Authentication, code, false, advice);

        var list = string.Join(", ", offered ?? []);
        return (ours, offered?.Count) switch
        {
            (_, null) or (KafkaMechanism.None, 0) => null,
            (KafkaMechanism.None, _) => As("sasl-required",
                $"The brokers ask for SASL on this listener, and offer {list}: set KAFKA_API_KEY and KAFKA_API_SECRET, or OAUTH_SCOPE, and KAFKA_SASL_MECHANISM where it is not PLAIN."),
            (_, 0) => As("sasl-not-wanted",
                "The brokers ask for no SASL on this listener: set KAFKA_SECURITY_PROTOCOL to SSL or PLAINTEXT and remove the credentials, or check which listener KAFKA_BOOTSTRAP_SERVERS names."),
            _ when offered!.Contains(ours.Name()) => null,
            _ => As($"{ErrorCode.UnsupportedSaslMechanism}",
                $"The brokers do not offer SASL {ours.Name()} on this listener, but {list}: set KAFKA_SASL_MECHANISM to one of them, or check which listener KAFKA_BOOTSTRAP_SERVERS names."),
        };
    }

    private static string CredentialsOf(KafkaMechanism mechanism) => mechanism switch
    {
        KafkaMechanism.OAuthBearer => "the token of the app's identity: check OAUTH_SCOPE and KAFKA_OAUTH_EXTENSIONS, and that the cluster admits this identity, in Confluent Cloud by an identity pool",
        KafkaMechanism.None => "this machine: check KAFKA_SASL_MECHANISM, and KAFKA_SSL_CERTIFICATE where they ask for one",
        _ => "the credentials: check KAFKA_API_KEY and KAFKA_API_SECRET, and that the key belongs to this cluster",
    };

    private static ErrorCode[] PossibleCauses(ErrorCode code) => code switch
    {
        ErrorCode.Local_MsgTimedOut or ErrorCode.Local_TimedOut or ErrorCode.Local_TimedOutQueue or ErrorCode.Local_Transport or ErrorCode.Local_AllBrokersDown => TimeoutCauses,
        ErrorCode.Local_PurgeQueue or ErrorCode.Local_PurgeInflight or ErrorCode.Local_Fatal => FatalCauses,
        _ => [],
    };

    /// <summary>What explains a time-out, the most telling first.</summary>
    private static readonly ErrorCode[] TimeoutCauses =
    [
        ErrorCode.Local_Authentication, ErrorCode.SaslAuthenticationFailed, ErrorCode.Local_Ssl, ErrorCode.TopicAuthorizationFailed,
        ErrorCode.UnknownTopicOrPart, ErrorCode.Local_UnknownTopic, ErrorCode.Local_Resolve, ErrorCode.Local_AllBrokersDown, ErrorCode.Local_Transport,
    ];

    /// <summary>What ends a producer: it then drops all messages, and their reports only say that.</summary>
    private static readonly ErrorCode[] FatalCauses =
    [
        ErrorCode.ClusterAuthorizationFailed, ErrorCode.TransactionalIdAuthorizationFailed, ErrorCode.Local_UnsupportedFeature, ErrorCode.UnsupportedVersion, ErrorCode.Local_Fenced,
        ErrorCode.OutOfOrderSequenceNumber, ErrorCode.UnknownProducerId, ErrorCode.Local_Inconsistent, ErrorCode.Local_GaplessGuarantee, ErrorCode.Local_Fatal,
    ];

    private static readonly FrozenDictionary<ErrorCode, (FailureKind Kind, bool Recoverable, string Advice)> KafkaRows =
        new (FailureKind Kind, bool Recoverable, string Advice, ErrorCode[] Codes)[]
        {
            (FailureKind.Authentication, false, "The brokers rejected {credentials}.",
                [ErrorCode.Local_Authentication, ErrorCode.SaslAuthenticationFailed, ErrorCode.UnacceptableCredential, ErrorCode.PrincipalDeserializationFailure]),
            (FailureKind.Authentication, false, "The brokers do not offer SASL {mechanism} on this listener: check KAFKA_SASL_MECHANISM, KAFKA_SECURITY_PROTOCOL and which listener KAFKA_BOOTSTRAP_SERVERS names.",
                [ErrorCode.UnsupportedSaslMechanism, ErrorCode.IllegalSaslState, ErrorCode.SecurityDisabled]),
            (FailureKind.Authorization, false, "{who} may not write to topic {topic}: grant DeveloperWrite on it to {whose}.",
                [ErrorCode.TopicAuthorizationFailed]),
            (FailureKind.Authorization, false, "{who} may not write idempotently to this cluster: grant IdempotentWrite on the cluster to {whose}.",
                [ErrorCode.ClusterAuthorizationFailed]),
            (FailureKind.Authorization, false, "{who} may not use the transactional id {id}: grant DeveloperWrite on it (Write and Describe) to {whose}, or set DELIVERY to at-least-once.",
                [ErrorCode.TransactionalIdAuthorizationFailed]),
            (FailureKind.Authorization, false, "{who} may not use the consumer group {group}, which carries the number of the last tick: grant DeveloperRead on it (Read and Describe) to {whose}, or set DELIVERY to at-least-once.",
                [ErrorCode.GroupAuthorizationFailed]),
            (FailureKind.Invalid, false, "The brokers allow no transaction of {transaction}: raise their transaction.max.timeout.ms, or lower KAFKA_TIMEOUT or let PRODUCE_SCHEDULE fire more often.",
                [ErrorCode.InvalidTransactionTimeout]),
            (FailureKind.NotFound, false, "The cluster has no topic {topic}, or hides it from this API key: create it, or check KAFKA_TOPIC and the key's rights.",
                [ErrorCode.UnknownTopicOrPart, ErrorCode.UnknownTopicId, ErrorCode.Local_UnknownTopic, ErrorCode.Local_UnknownPartition, ErrorCode.TopicException]),
            (FailureKind.Tls, false, "The TLS connection to the brokers failed: check KAFKA_BOOTSTRAP_SERVERS, KAFKA_SECURITY_PROTOCOL, and KAFKA_SSL_CA and KAFKA_SSL_CERTIFICATE where they need them.",
                [ErrorCode.Local_Ssl]),
            (FailureKind.Network, true, "This machine cannot resolve the brokers' names: check KAFKA_BOOTSTRAP_SERVERS, the names that the brokers advertise, and the network's DNS.",
                [ErrorCode.Local_Resolve]),
            (FailureKind.Network, true, "The brokers cannot be reached: check KAFKA_BOOTSTRAP_SERVERS, KAFKA_SECURITY_PROTOCOL and that this machine can reach them.",
                [ErrorCode.Local_Transport, ErrorCode.Local_AllBrokersDown, ErrorCode.NetworkException, ErrorCode.ListenerNotFound, ErrorCode.RebootstrapRequired, ErrorCode.Local_DestroyBroker, ErrorCode.Local_UnknownBroker]),
            (FailureKind.Timeout, true, "The brokers did not acknowledge in time: raise KAFKA_TIMEOUT, or find out what slows them down.",
                [ErrorCode.Local_MsgTimedOut, ErrorCode.Local_TimedOut, ErrorCode.Local_TimedOutQueue, ErrorCode.RequestTimedOut, ErrorCode.Local_Retry, ErrorCode.Local_InProgress]),
            (FailureKind.RateLimited, true, "The cluster's quota is used up: lower the rate, or raise the quota.",
                [ErrorCode.ThrottlingQuotaExceeded]),
            (FailureKind.QueueFull, true, "The producer's queue is full: lower the rate, or find out what slows the brokers down.",
                [ErrorCode.Local_QueueFull]),
            (FailureKind.ServerError, true, "Topic {topic} has too few in-sync replicas: check the cluster's state.",
                [ErrorCode.NotEnoughReplicas, ErrorCode.NotEnoughReplicasAfterAppend, ErrorCode.Local_IsrInsuff]),
            (FailureKind.ServerError, true, "Topic {topic}'s partitions are moving to other brokers: wait a moment, or check the cluster's state.",
                [ErrorCode.LeaderNotAvailable, ErrorCode.NotLeaderForPartition, ErrorCode.ReplicaNotAvailable, ErrorCode.FencedLeaderEpoch, ErrorCode.UnknownLeaderEpoch,
                 ErrorCode.PreferredLeaderNotAvailable, ErrorCode.EligibleLeadersNotAvailable, ErrorCode.ReassignmentInProgress, ErrorCode.OffsetNotAvailable]),
            (FailureKind.ServerError, true, "A broker had an internal error: check the cluster's state.",
                [ErrorCode.Unknown, ErrorCode.BrokerNotAvailable, ErrorCode.KafkaStorageError, ErrorCode.LogDirNotFound, ErrorCode.StaleBrokerEpoch, ErrorCode.StaleCtrlEpoch,
                 ErrorCode.NotController, ErrorCode.ConcurrentTransactions]),
            (FailureKind.ServerError, true, "The brokers that look after transactions are away or moving: wait a moment, or check the cluster's state.",
                [ErrorCode.GroupCoordinatorNotAvailable, ErrorCode.NotCoordinatorForGroup, ErrorCode.GroupLoadInProgress, ErrorCode.UnstableOffsetCommit, ErrorCode.Local_WaitCoord]),
            (FailureKind.Invalid, false, "Topic {topic} does not accept batches this large: raise its max.message.bytes.",
                [ErrorCode.MsgSizeTooLarge, ErrorCode.RecordListTooLarge, ErrorCode.InvalidMsgSize]),
            (FailureKind.Invalid, false, "Topic {topic} rejected the records: check its settings, for example schema validation and timestamp rules.",
                [ErrorCode.InvalidRecord, ErrorCode.InvalidTimestamp, ErrorCode.PolicyViolation, ErrorCode.InvalidConfig, ErrorCode.UnsupportedForMessageFormat]),
            (FailureKind.Invalid, false, "The brokers do not support this compression: choose another KAFKA_COMPRESSION.",
                [ErrorCode.UnsupportedCompressionType, ErrorCode.Local_BadCompression]),
            (FailureKind.Invalid, false, "The brokers are too old for this client, or a proxy in between changes its requests: Kafka 0.11 or newer is needed.",
                [ErrorCode.UnsupportedVersion, ErrorCode.InvalidRequest, ErrorCode.InvalidRequiredAcks, ErrorCode.Local_UnsupportedFeature, ErrorCode.Local_UnknownProtocol, ErrorCode.Local_NotImplemented]),
            (FailureKind.Invalid, false, "The producer was given something it cannot send: this is a bug in this program, please report it.",
                [ErrorCode.Local_InvalidArg, ErrorCode.Local_InvalidType, ErrorCode.Local_NotConfigured, ErrorCode.Local_State, ErrorCode.Local_Conflict,
                 ErrorCode.Local_KeySerialization, ErrorCode.Local_ValueSerialization, ErrorCode.Local_Application]),
            (FailureKind.Network, true, "Records arrived corrupted: something between this machine and the brokers changes them.",
                [ErrorCode.InvalidMsg, ErrorCode.Local_BadMsg, ErrorCode.Local_Underflow]),
            (FailureKind.Fatal, true, "The producer lost its session with the brokers and starts again with the next tick.",
                [ErrorCode.Local_Fatal, ErrorCode.Local_Fenced, ErrorCode.Local_Inconsistent, ErrorCode.Local_GaplessGuarantee, ErrorCode.ProducerFenced, ErrorCode.InvalidProducerEpoch,
                 ErrorCode.OutOfOrderSequenceNumber, ErrorCode.DuplicateSequenceNumber, ErrorCode.UnknownProducerId, ErrorCode.InvalidProducerIdMapping, ErrorCode.InvalidTxnState,
                 ErrorCode.TransactionCoordinatorFenced]),
            (FailureKind.Fatal, true, "This machine lacks what the producer needs, memory, threads or open files: give it more.",
                [ErrorCode.Local_CritSysResource, ErrorCode.Local_Fail, ErrorCode.Local_FS]),
            (FailureKind.Cancelled, true, "The producer was closed before the brokers acknowledged: the next run makes up for the tick, within CATCH_UP_LIMIT.",
                [ErrorCode.Local_PurgeQueue, ErrorCode.Local_PurgeInflight, ErrorCode.Local_Destroy, ErrorCode.Local_Intr]),
        }
        .SelectMany(row => row.Codes.Select(code => (Code: code, Row: (row.Kind, row.Recoverable, row.Advice))))
        .ToFrozenDictionary(pair => pair.Code, pair => pair.Row);

    /// <summary>What nothing here is prepared for. The exception's text may hold what must not be shown: its type is the code.</summary>
    public static Failure Unexpected(Exception error)
    {
        if (MachineLimits.Of(error, FailureSource.Kafka, "produce") is { } reached)
            return reached;
        while (error is TypeInitializationException or AggregateException && error.InnerException is { } inner)
            error = inner;
        return new Failure(FailureSource.Kafka, "produce", FailureKind.Unknown, error.GetType().Name, false, error is DllNotFoundException or BadImageFormatException
            ? "The Kafka client's C library cannot be loaded here: check that librdkafka for this system was published with the app."
            : "The producer failed unexpectedly: please report it, with the code.");
    }

    /// <summary>A batch was cut short because the program was told to stop.</summary>
    public static Failure CutShort { get; } = new(FailureSource.Kafka, "produce", FailureKind.Cancelled, "stopped", true,
        "The tick was cut short because the program was told to stop: the next run makes up for it, within CATCH_UP_LIMIT.");
}
