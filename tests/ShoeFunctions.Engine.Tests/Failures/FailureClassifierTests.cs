using System.Net;
using System.Net.Sockets;
using Confluent.Kafka;
using ShoeFunctions.Engine.Credentials;
using ShoeFunctions.Engine.Failures;
using ShoeFunctions.Engine.Kafka;
using ShoeFunctions.Engine.Progress;
using ShoeFunctions.Engine.SchemaRegistry;

namespace ShoeFunctions.Engine.Tests.Failures;

public sealed class FailureClassifierTests
{
    private static readonly Uri Url = new("https://user-of-the-url@registry.example:8081/path?key=hush");

    [Theory]
    [InlineData(401, 401, FailureKind.Authentication, false)]
    [InlineData(403, 403, FailureKind.Authorization, false)]
    [InlineData(404, 40401, FailureKind.NotFound, false)]
    [InlineData(404, 40403, FailureKind.NotFound, false)]
    [InlineData(404, 40402, FailureKind.NotFound, false)]
    [InlineData(404, 40404, FailureKind.NotFound, false)]
    [InlineData(404, 40405, FailureKind.NotFound, false)]
    [InlineData(404, 40406, FailureKind.NotFound, false)]
    [InlineData(404, 40407, FailureKind.NotFound, false)]
    [InlineData(404, 40408, FailureKind.NotFound, false)]
    [InlineData(404, 40409, FailureKind.NotFound, false)]
    [InlineData(404, null, FailureKind.NotFound, false)]
    [InlineData(400, 400, FailureKind.Invalid, false)]
    [InlineData(405, 405, FailureKind.Invalid, false)]
    [InlineData(406, 406, FailureKind.Invalid, false)]
    [InlineData(408, null, FailureKind.Timeout, true)]
    [InlineData(413, null, FailureKind.Invalid, false)]
    [InlineData(415, 415, FailureKind.Invalid, false)]
    [InlineData(422, 42202, FailureKind.Invalid, false)]
    [InlineData(422, 42203, FailureKind.Invalid, false)]
    [InlineData(422, 42204, FailureKind.Invalid, false)]
    [InlineData(422, 42205, FailureKind.Invalid, false)]
    [InlineData(422, 42206, FailureKind.Invalid, false)]
    [InlineData(422, 42210, FailureKind.Invalid, false)]
    [InlineData(500, 50002, FailureKind.Timeout, true)]
    [InlineData(500, 50003, FailureKind.ServerError, true)]
    [InlineData(502, null, FailureKind.ServerError, true)]
    [InlineData(504, null, FailureKind.Timeout, true)]
    [InlineData(409, 409, FailureKind.IncompatibleSchema, false)]
    [InlineData(409, 40901, FailureKind.IncompatibleSchema, false)]
    [InlineData(422, 42201, FailureKind.Invalid, false)]
    [InlineData(429, 42901, FailureKind.RateLimited, true)]
    [InlineData(500, 50001, FailureKind.ServerError, true)]
    [InlineData(503, 503, FailureKind.ServerError, true)]
    [InlineData(418, null, FailureKind.Unknown, false)]
    [InlineData(302, null, FailureKind.Invalid, false)]
    public void What_the_registry_answers_has_a_kind(int status, int? code, FailureKind kind, bool recoverable)
    {
        var failure = OfRegistry(new RegistryException((HttpStatusCode)status, code, null));
        Assert.Equal((kind, recoverable, FailureSource.SchemaRegistry), (failure.Kind, failure.Recoverable, failure.Source));
        Assert.Equal($"{code ?? status}", failure.Code);
        Assert.DoesNotContain("hush", failure.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("user-of-the-url", failure.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void No_answer_in_time_is_a_timeout() =>
        Assert.Equal((FailureKind.Timeout, true), Kind(OfRegistry(new TimeoutException())));

    [Fact]
    public void A_connection_that_cannot_be_made_is_the_network() =>
        Assert.Equal((FailureKind.Network, true), Kind(OfRegistry(new HttpRequestException("hush"))));

    [Fact]
    public void A_certificate_that_is_not_trusted_is_TLS() =>
        Assert.Equal((FailureKind.Tls, false), Kind(OfRegistry(new HttpRequestException(HttpRequestError.SecureConnectionError, "hush"))));

    [Fact]
    public void A_name_that_is_not_known_is_the_network_too() =>
        Assert.Equal((FailureKind.Network, true), Kind(OfRegistry(new HttpRequestException(HttpRequestError.NameResolutionError, "hush"))));

    [Fact]
    public void An_answer_that_is_not_JSON_is_invalid() =>
        Assert.Equal((FailureKind.Invalid, false), Kind(OfRegistry(new System.Text.Json.JsonException("hush"))));

    [Fact]
    public void What_is_not_known_is_unknown_and_not_recoverable() =>
        Assert.Equal((FailureKind.Unknown, false), Kind(OfRegistry(new FormatException("hush"))));

    [Theory]
    [InlineData(FailureKind.Authentication, false, "Local_Authentication SaslAuthenticationFailed UnacceptableCredential PrincipalDeserializationFailure UnsupportedSaslMechanism IllegalSaslState SecurityDisabled")]
    [InlineData(FailureKind.Authorization, false, "TopicAuthorizationFailed ClusterAuthorizationFailed TransactionalIdAuthorizationFailed")]
    [InlineData(FailureKind.NotFound, false, "UnknownTopicOrPart UnknownTopicId Local_UnknownTopic Local_UnknownPartition TopicException")]
    [InlineData(FailureKind.Tls, false, "Local_Ssl")]
    [InlineData(FailureKind.Network, true, "Local_Resolve Local_Transport Local_AllBrokersDown NetworkException ListenerNotFound RebootstrapRequired Local_DestroyBroker Local_UnknownBroker InvalidMsg Local_BadMsg Local_Underflow")]
    [InlineData(FailureKind.Timeout, true, "Local_MsgTimedOut Local_TimedOut Local_TimedOutQueue RequestTimedOut Local_Retry Local_InProgress")]
    [InlineData(FailureKind.RateLimited, true, "ThrottlingQuotaExceeded")]
    [InlineData(FailureKind.QueueFull, true, "Local_QueueFull")]
    [InlineData(FailureKind.ServerError, true, "NotEnoughReplicas NotEnoughReplicasAfterAppend Local_IsrInsuff LeaderNotAvailable NotLeaderForPartition ReplicaNotAvailable FencedLeaderEpoch UnknownLeaderEpoch PreferredLeaderNotAvailable EligibleLeadersNotAvailable ReassignmentInProgress OffsetNotAvailable Unknown BrokerNotAvailable KafkaStorageError LogDirNotFound StaleBrokerEpoch StaleCtrlEpoch NotController GroupCoordinatorNotAvailable ConcurrentTransactions")]
    [InlineData(FailureKind.Invalid, false, "MsgSizeTooLarge RecordListTooLarge InvalidMsgSize InvalidRecord InvalidTimestamp PolicyViolation InvalidConfig UnsupportedForMessageFormat UnsupportedCompressionType Local_BadCompression UnsupportedVersion InvalidRequest InvalidRequiredAcks Local_UnsupportedFeature Local_UnknownProtocol Local_NotImplemented Local_InvalidArg Local_InvalidType Local_NotConfigured Local_State Local_Conflict Local_KeySerialization Local_ValueSerialization Local_Application")]
    [InlineData(FailureKind.Fatal, true, "Local_Fatal Local_Fenced Local_Inconsistent Local_GaplessGuarantee ProducerFenced InvalidProducerEpoch OutOfOrderSequenceNumber DuplicateSequenceNumber UnknownProducerId InvalidProducerIdMapping InvalidTxnState TransactionCoordinatorFenced Local_CritSysResource Local_Fail Local_FS")]
    [InlineData(FailureKind.Cancelled, true, "Local_PurgeQueue Local_PurgeInflight Local_Destroy Local_Intr")]
    public void What_a_producer_can_meet_has_a_kind(FailureKind kind, bool recoverable, string codes) =>
        Assert.All(codes.Split(' ').Select(Enum.Parse<ErrorCode>), code =>
        {
            var failure = KafkaFailures.Of(code, [], Options);
            Assert.Equal((kind, recoverable, code.ToString()), (failure.Kind, failure.Recoverable, failure.Code));
            Assert.DoesNotContain("{", failure.Advice, StringComparison.Ordinal);
        });

    [Theory]
    [InlineData(ErrorCode.RebalanceInProgress)]
    [InlineData(ErrorCode.IllegalGeneration)]
    [InlineData(ErrorCode.Local_PartitionEOF)]
    [InlineData(ErrorCode.OffsetOutOfRange)]
    [InlineData((ErrorCode)(-9999))]
    [InlineData((ErrorCode)9999)]
    public void What_only_others_meet_or_nobody_knows_is_unknown_and_not_recoverable(ErrorCode code) =>
        Assert.Equal((FailureKind.Unknown, false), Kind(KafkaFailures.Of(code, [], Options)));

    [Fact]
    public void Every_failure_says_what_to_do_and_nothing_that_is_not_so_where_the_program_ends_with_it() =>
        Assert.All(Enum.GetValues<ErrorCode>(), code =>
        {
            var advice = KafkaFailures.Of(code, [], Options).Advice;
            Assert.Matches(@":|starts again|please report", advice);
            Assert.DoesNotContain("by itself", advice, StringComparison.Ordinal);
        });

    [Theory]
    [InlineData(ErrorCode.Local_AllBrokersDown, FailureKind.Network)]
    [InlineData(ErrorCode.Local_Authentication, FailureKind.Authentication)]
    [InlineData(ErrorCode.Local_Ssl, FailureKind.Tls)]
    [InlineData(ErrorCode.UnknownTopicOrPart, FailureKind.NotFound)]
    public void A_time_out_is_explained_by_what_the_connection_said(ErrorCode cause, FailureKind kind) =>
        Assert.Equal(kind, KafkaFailures.Of(ErrorCode.Local_MsgTimedOut, [ErrorCode.Local_AllBrokersDown, cause], Options).Kind);

    [Fact]
    public void A_time_out_that_nothing_explains_is_a_time_out() =>
        Assert.Equal((FailureKind.Timeout, true), Kind(KafkaFailures.Of(ErrorCode.Local_MsgTimedOut, [], Options)));

    [Fact]
    public void Any_other_error_speaks_for_itself() =>
        Assert.Equal((FailureKind.Authorization, false), Kind(KafkaFailures.Of(ErrorCode.TopicAuthorizationFailed, [ErrorCode.Local_AllBrokersDown], Options)));

    public static TheoryData<string, string> Limits
    {
        get
        {
            var cases = new TheoryData<string, string>();
            foreach (var peer in new[] { "Kafka", "registry", "vault", "table", "file" })
                foreach (var code in new[] { "no-memory", "no-thread", "too-many-files", "too-many-sockets" })
                    cases.Add(peer, code);
            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Limits))]
    public void What_the_machine_does_not_give_no_peer_is_to_blame_for(string peer, string limit)
    {
        Exception error = limit switch
        {
            "no-memory" => new TypeInitializationException("any", new InsufficientMemoryException()),
            "no-thread" => new TaskSchedulerException(new InsufficientMemoryException()),
            "too-many-files" => new IOException("any", 24),
            _ => new HttpRequestException("any", new SocketException((int)SocketError.TooManyOpenSockets)),
        };
        var failure = peer switch
        {
            "Kafka" => KafkaFailures.Unexpected(error),
            "registry" => OfRegistry(error),
            "vault" => VaultFailures.Of(new AggregateException(error), Url),
            "table" => ProgressFailures.OfTable(error, "read progress", Url),
            _ => ProgressFailures.OfFile(error, "read progress", "state.json"),
        };
        Assert.Equal((FailureKind.Fatal, true, limit.StartsWith("no-", StringComparison.Ordinal) ? nameof(InsufficientMemoryException) : "too-many-files"), (failure.Kind, failure.Recoverable, failure.Code));
        Assert.Contains("ulimit", failure.Advice, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(KafkaMechanism.Plain, null, null)]
    [InlineData(KafkaMechanism.Plain, "PLAIN,GSSAPI", null)]
    [InlineData(KafkaMechanism.None, "", null)]
    [InlineData(KafkaMechanism.None, "PLAIN", "sasl-required")]
    [InlineData(KafkaMechanism.ScramSha256, "", "sasl-not-wanted")]
    [InlineData(KafkaMechanism.ScramSha256, "SCRAM-SHA-512", "UnsupportedSaslMechanism")]
    public void What_the_brokers_offer_is_held_against_what_is_asked_for(KafkaMechanism ours, string? offered, string? code) =>
        Assert.Equal(code, KafkaFailures.OfMechanisms(offered?.Split(',', StringSplitOptions.RemoveEmptyEntries), ours)?.Code);

    private static readonly KafkaOptions Options = new() { BootstrapServers = "localhost:9092", Mechanism = KafkaMechanism.Plain };

    private static Failure OfRegistry(Exception error) => RegistryFailures.Of(error, "register schema", Url, "js_shoe-value");

    private static (FailureKind, bool) Kind(Failure failure) => (failure.Kind, failure.Recoverable);
}
