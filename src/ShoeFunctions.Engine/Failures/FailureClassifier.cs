using Azure;
using Azure.Identity;
using ShoeFunctions.Engine.Credentials;

namespace ShoeFunctions.Engine.Failures;

/// <summary>Turns what clients throw and report into a <see cref="Failure"/>: by type and code, never by message text.</summary>
public static partial class FailureClassifier
{
    /// <summary>The tick's time ran out before the credentials were there.</summary>
    public static Failure LateCredentials { get; } = new(FailureSource.KeyVault, "read secrets", FailureKind.Timeout, "timeout", true,
        "The credentials were not there within the tick's time: check KEY_VAULT_URI and the network's rules.");

    /// <summary>The tick's time ran out before the schema's id was there.</summary>
    public static Failure LateSchema { get; } = new(FailureSource.SchemaRegistry, "register schema", FailureKind.Timeout, "timeout", true,
        "The schema registry did not answer within the tick's time: check SCHEMA_REGISTRY_URL and that it can be reached from here.");

    /// <summary>What the vault's client threw.</summary>
    public static Failure OfKeyVault(Exception error, Uri vault)
    {
        Failure As(FailureKind kind, string code, bool recoverable, string advice) =>
            new(FailureSource.KeyVault, "read secrets", kind, code, recoverable, advice);

        var at = $"Key Vault {vault.Host}{DirectLoopback.Mention(vault)}";
        return error switch
        {
            RequestFailedException { Status: 401 } => As(FailureKind.Authentication, "401", false,
                $"{at} does not accept the app's identity: check that the vault is in the identity's tenant."),
            RequestFailedException { Status: 403 } => As(FailureKind.Authorization, "403", false,
                $"{at} does not let the app's identity read secrets: grant it the role Key Vault Secrets User, and check the vault's firewall."),
            RequestFailedException { Status: 429 } => As(FailureKind.RateLimited, "429", true, $"{at} is asked too often: ask less often, or wait."),
            RequestFailedException { Status: >= 500 and var status } => As(FailureKind.ServerError, $"{status}", true, $"{at} has a fault of its own: see Azure's status page."),
            RequestFailedException { Status: > 0 and var status } => As(FailureKind.Unknown, $"{status}", false, $"{at} answered {status}: check KEY_VAULT_URI."),
            CredentialUnavailableException => As(FailureKind.Authentication, "no-identity", false,
                $"There is no identity here to ask {at} with: give the app a managed identity, or sign in with a developer tool."),
            AuthenticationFailedException => As(FailureKind.Authentication, "no-token", false,
                $"No token for {at} could be had with the app's identity: check AZURE_CLIENT_ID and that the identity is assigned to the app."),
            OperationCanceledException or TimeoutException => As(FailureKind.Timeout, "timeout", true, $"{at} did not answer in time: check KEY_VAULT_URI and the network's rules."),
            AggregateException { InnerException: { } inner } => OfKeyVault(inner, vault),
            RequestFailedException { InnerException: HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError } } => As(FailureKind.Tls, "tls", false,
                $"{at} has a certificate that is not trusted here: check KEY_VAULT_URI and the trusted authorities."),
            RequestFailedException or HttpRequestException => As(FailureKind.Network, "unreachable", true, $"{at} cannot be reached: check KEY_VAULT_URI and the network's rules."),
            _ => As(FailureKind.Unknown, error.GetType().Name, false, $"{at} gave an answer that cannot be read: check KEY_VAULT_URI."),
        };
    }

    /// <summary>The machine's own want.</summary>
    private const string MachineLacks = "This machine lacks what the producer needs, memory or threads: give it more.";

    /// <summary>What nothing here is prepared for. The exception's text may hold what must not be shown: its type is the code.</summary>
    public static Failure Unexpected(Exception error)
    {
        while (error is TypeInitializationException or AggregateException && error.InnerException is { } inner)
            error = inner;
        if (error is OutOfMemoryException or ThreadStartException)
            return new Failure(FailureSource.Kafka, "produce", FailureKind.Fatal, error.GetType().Name, true, MachineLacks);
        return new Failure(FailureSource.Kafka, "produce", FailureKind.Unknown, error.GetType().Name, false, error is DllNotFoundException or BadImageFormatException
            ? "The Kafka client's C library cannot be loaded here: check that librdkafka for this system was published with the app."
            : "The producer failed in a way that is not expected: please report it with the code.");
    }

    /// <summary>A batch was cut short because the program was told to stop.</summary>
    public static Failure CutShort { get; } = new(FailureSource.Kafka, "produce", FailureKind.Cancelled, "stopped", true,
        "The tick was cut short because the program was told to stop: the next run makes up for it, within CATCH_UP_LIMIT.");
}
