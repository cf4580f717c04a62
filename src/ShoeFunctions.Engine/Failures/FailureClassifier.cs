using System.Net;
using System.Security.Authentication;
using Azure;
using Azure.Identity;
using Confluent.Kafka;
using Confluent.SchemaRegistry;

namespace ShoeFunctions.Engine.Failures;

/// <summary>Turns what clients throw and report into a <see cref="Failure"/>: by type and code, never by message text.</summary>
public static class FailureClassifier
{
    /// <summary>What the registry's client threw.</summary>
    public static Failure OfSchemaRegistry(Exception error, string operation, Uri url, string subject)
    {
        Failure As(FailureKind kind, string code, bool recoverable, string advice) =>
            new(FailureSource.SchemaRegistry, operation, kind, code, recoverable, advice);

        var at = $"The schema registry at {url.Scheme}://{url.Authority}";
        return error switch
        {
            SchemaRegistryException { Status: HttpStatusCode.Unauthorized } answer => As(FailureKind.Authentication, Code(answer), false,
                $"{at} does not accept the credentials: check SCHEMA_REGISTRY_API_KEY and SCHEMA_REGISTRY_API_SECRET."),
            SchemaRegistryException { Status: HttpStatusCode.Forbidden } answer => As(FailureKind.Authorization, Code(answer), false,
                $"{at} does not allow to {operation} for subject {subject}: grant DeveloperWrite on the subject to the API key's account."),
            SchemaRegistryException { Status: HttpStatusCode.NotFound, ErrorCode: 40401 } answer => As(FailureKind.NotFound, Code(answer), false,
                $"{at} has no subject {subject}: register the schema, or set SCHEMA_AUTO_REGISTER=true."),
            SchemaRegistryException { Status: HttpStatusCode.NotFound, ErrorCode: 40403 } answer => As(FailureKind.NotFound, Code(answer), false,
                $"{at} has subject {subject}, but not with our schema: register the schema, or set SCHEMA_AUTO_REGISTER=true."),
            SchemaRegistryException { Status: HttpStatusCode.NotFound } answer => As(FailureKind.NotFound, Code(answer), false,
                $"{at} does not know the request: check that SCHEMA_REGISTRY_URL is a schema registry's address."),
            SchemaRegistryException { Status: HttpStatusCode.Conflict } answer => As(FailureKind.IncompatibleSchema, Code(answer), false,
                $"{at} says that our schema is not compatible with what subject {subject} holds: use another topic, or set the subject's compatibility so that it fits."),
            SchemaRegistryException { Status: HttpStatusCode.UnprocessableEntity } answer => As(FailureKind.Invalid, Code(answer), false,
                $"{at} does not accept our schema for subject {subject}: check that it is a version that knows Protobuf."),
            SchemaRegistryException { Status: HttpStatusCode.TooManyRequests } answer => As(FailureKind.RateLimited, Code(answer), true,
                $"{at} is asked too often: it goes on by itself."),
            SchemaRegistryException { Status: >= HttpStatusCode.InternalServerError } answer => As(FailureKind.ServerError, Code(answer), true,
                $"{at} has a fault of its own ({(int)answer.Status}): see its log or its status page."),
            SchemaRegistryException answer => As(FailureKind.Unknown, Code(answer), false,
                $"{at} answered {(int)answer.Status}, which is not an answer of a schema registry: check SCHEMA_REGISTRY_URL."),
            OperationCanceledException or TimeoutException => As(FailureKind.Timeout, "timeout", true,
                $"{at} did not answer in time: check SCHEMA_REGISTRY_URL and that it can be reached from here."),
            HttpRequestException { InnerException: AuthenticationException } => As(FailureKind.Tls, "tls", false,
                $"{at} has a certificate that is not trusted here: check the address and the trusted authorities."),
            HttpRequestException { StatusCode: HttpStatusCode.Unauthorized } => As(FailureKind.Authentication, "401", false,
                $"{at} does not accept the credentials: check SCHEMA_REGISTRY_API_KEY and SCHEMA_REGISTRY_API_SECRET."),
            HttpRequestException => As(FailureKind.Network, "unreachable", true,
                $"{at} cannot be reached: check SCHEMA_REGISTRY_URL, and that the registry runs and can be reached from here."),
            _ => As(FailureKind.Unknown, error.GetType().Name, false,
                $"{at} gave an answer that cannot be read: check that SCHEMA_REGISTRY_URL is a schema registry's address."),
        };
    }

    /// <summary>What the vault's client threw.</summary>
    public static Failure OfKeyVault(Exception error, Uri vault)
    {
        Failure As(FailureKind kind, string code, bool recoverable, string advice) =>
            new(FailureSource.KeyVault, "read secrets", kind, code, recoverable, advice);

        var at = $"Key Vault {vault.Host}";
        return error switch
        {
            RequestFailedException { Status: 401 } => As(FailureKind.Authentication, "401", false,
                $"{at} does not accept the app's identity: check that the vault is in the identity's tenant."),
            RequestFailedException { Status: 403 } => As(FailureKind.Authorization, "403", false,
                $"{at} does not let the app's identity read secrets: grant it the role Key Vault Secrets User, and check the vault's firewall."),
            RequestFailedException { Status: 429 } => As(FailureKind.RateLimited, "429", true, $"{at} is asked too often: it goes on by itself."),
            RequestFailedException { Status: >= 500 and var status } => As(FailureKind.ServerError, $"{status}", true, $"{at} has a fault of its own: see Azure's status page."),
            RequestFailedException { Status: > 0 and var status } => As(FailureKind.Unknown, $"{status}", false, $"{at} answered {status}: check KEY_VAULT_URI."),
            CredentialUnavailableException => As(FailureKind.Authentication, "no-identity", false,
                $"There is no identity here to ask {at} with: give the app a managed identity, or sign in with a developer tool."),
            AuthenticationFailedException => As(FailureKind.Authentication, "no-token", false,
                $"No token for {at} could be had with the app's identity: check AZURE_CLIENT_ID and that the identity is assigned to the app."),
            OperationCanceledException or TimeoutException => As(FailureKind.Timeout, "timeout", true, $"{at} did not answer in time: check KEY_VAULT_URI and the network's rules."),
            AggregateException { InnerException: { } inner } => OfKeyVault(inner, vault),
            RequestFailedException or HttpRequestException => As(FailureKind.Network, "unreachable", true, $"{at} cannot be reached: check KEY_VAULT_URI and the network's rules."),
            _ => As(FailureKind.Unknown, error.GetType().Name, false, $"{at} gave an answer that cannot be read: check KEY_VAULT_URI."),
        };
    }

    /// <summary>A batch was cut short because the program was told to stop.</summary>
    public static Failure CutShort { get; } = new(FailureSource.Kafka, "produce", FailureKind.Cancelled, "stopped", true,
        "The tick was cut short because the program was told to stop; the next run produces it again.");

    /// <summary>What librdkafka reported for a message.</summary>
    /// <param name="code">The delivery report's code.</param>
    /// <param name="causes">
    /// What the error handler said since the tick began. A delivery report alone only says that time ran out; why, it
    /// says there.
    /// </param>
    /// <param name="topic">The topic.</param>
    public static Failure OfKafka(ErrorCode code, IReadOnlyCollection<ErrorCode> causes, string topic)
    {
        var cause = code == ErrorCode.Local_MsgTimedOut ? TimeoutCauses.FirstOrDefault(causes.Contains, code) : code;
        Failure As(FailureKind kind, bool recoverable, string advice) =>
            new(FailureSource.Kafka, "produce", kind, cause.ToString(), recoverable, advice);

        return cause switch
        {
            ErrorCode.Local_Authentication or ErrorCode.SaslAuthenticationFailed => As(FailureKind.Authentication, false,
                "The brokers do not accept the credentials: check KAFKA_API_KEY and KAFKA_API_SECRET."),
            ErrorCode.TopicAuthorizationFailed => As(FailureKind.Authorization, false,
                $"The API key may not write to topic {topic}: grant DeveloperWrite on it to its account."),
            ErrorCode.ClusterAuthorizationFailed => As(FailureKind.Authorization, false,
                "The API key may not write idempotently to this cluster: grant it IdempotentWrite."),
            ErrorCode.UnknownTopicOrPart or ErrorCode.Local_UnknownTopic or ErrorCode.Local_UnknownPartition => As(FailureKind.NotFound, false,
                $"The cluster has no topic {topic}: create it, or check KAFKA_TOPIC."),
            ErrorCode.Local_Ssl => As(FailureKind.Tls, false,
                "The brokers cannot be trusted, or do not speak TLS: check KAFKA_BOOTSTRAP_SERVERS and KAFKA_SECURITY_PROTOCOL."),
            ErrorCode.Local_Transport or ErrorCode.Local_AllBrokersDown or ErrorCode.Local_Resolve or ErrorCode.NetworkException => As(FailureKind.Network, true,
                "The brokers cannot be reached: check KAFKA_BOOTSTRAP_SERVERS, KAFKA_SECURITY_PROTOCOL and that they can be reached from here."),
            ErrorCode.Local_MsgTimedOut or ErrorCode.Local_TimedOut or ErrorCode.RequestTimedOut => As(FailureKind.Timeout, true,
                "The brokers did not acknowledge in time: raise KAFKA_TIMEOUT, or look for what slows them down."),
            ErrorCode.MsgSizeTooLarge or ErrorCode.InvalidMsg or ErrorCode.InvalidRecord or ErrorCode.PolicyViolation => As(FailureKind.Invalid, false,
                $"Topic {topic} does not accept the records: check its settings."),
            ErrorCode.ThrottlingQuotaExceeded => As(FailureKind.RateLimited, true,
                "The cluster's quota is used up: lower the rate, or raise the quota."),
            ErrorCode.NotEnoughReplicas or ErrorCode.NotEnoughReplicasAfterAppend or ErrorCode.LeaderNotAvailable or ErrorCode.NotLeaderForPartition
                or ErrorCode.BrokerNotAvailable or ErrorCode.KafkaStorageError or ErrorCode.ReplicaNotAvailable => As(FailureKind.ServerError, true,
                $"Topic {topic} has not enough brokers that work: see the cluster's state."),
            ErrorCode.Local_QueueFull => As(FailureKind.QueueFull, true,
                "More shoes were waiting to be sent than may wait: lower the rate, or look for what slows the brokers down."),
            ErrorCode.Local_Fatal or ErrorCode.Local_Fenced or ErrorCode.InvalidProducerEpoch or ErrorCode.OutOfOrderSequenceNumber
                or ErrorCode.UnknownProducerId => As(FailureKind.Fatal, true,
                "The producer lost its place and has to begin anew."),
            _ => As(FailureKind.Unknown, false,
                $"The brokers answered {cause} ({(int)cause}): see the documentation of Kafka's error codes."),
        };
    }

    /// <summary>What explains a time-out, the most telling first.</summary>
    private static readonly ErrorCode[] TimeoutCauses =
    [
        ErrorCode.Local_Authentication, ErrorCode.SaslAuthenticationFailed, ErrorCode.Local_Ssl, ErrorCode.TopicAuthorizationFailed,
        ErrorCode.UnknownTopicOrPart, ErrorCode.Local_UnknownTopic, ErrorCode.Local_Resolve, ErrorCode.Local_AllBrokersDown,
    ];

    private static string Code(SchemaRegistryException answer) =>
        answer.ErrorCode > 0 ? $"{answer.ErrorCode}" : $"{(int)answer.Status}";
}
