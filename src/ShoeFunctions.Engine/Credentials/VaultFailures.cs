using Azure;
using Azure.Identity;
using ShoeFunctions.Engine.Failures;
using ShoeFunctions.Engine.Network;

namespace ShoeFunctions.Engine.Credentials;

/// <summary>Turns what Key Vault's client throws into a <see cref="Failure"/>: by type and code, never by message text.</summary>
public static class VaultFailures
{
    /// <summary>The tick's time ran out before the credentials were there.</summary>
    public static Failure LateCredentials { get; } = new(FailureSource.KeyVault, "read secrets", FailureKind.Timeout, "timeout", true,
        "Key Vault did not return the credentials within the tick's time: check KEY_VAULT_URI and the network's firewall rules.");

    /// <summary>What the vault's client threw.</summary>
    public static Failure Of(Exception error, Uri vault)
    {
        Failure As(FailureKind kind, string code, bool recoverable, string advice) =>
            new(FailureSource.KeyVault, "read secrets", kind, code, recoverable, advice);

        var at = $"Key Vault {vault.Host}{DirectLoopback.Mention(vault)}";
        return error switch
        {
            RequestFailedException { Status: 401 } => As(FailureKind.Authentication, "401", false,
                $"{at} rejected the app's identity: check that the vault is in the identity's tenant."),
            RequestFailedException { Status: 403 } => As(FailureKind.Authorization, "403", false,
                $"{at} does not let the app's identity read secrets: grant it the role Key Vault Secrets User, and check the vault's firewall."),
            RequestFailedException { Status: 429 } => As(FailureKind.RateLimited, "429", true, $"{at} receives too many requests: send fewer, or wait."),
            RequestFailedException { Status: >= 500 and var status } => As(FailureKind.ServerError, $"{status}", true, $"{at} had an internal error: see Azure's status page."),
            RequestFailedException { Status: > 0 and var status } => As(FailureKind.Unknown, $"{status}", false, $"{at} answered {status}: check KEY_VAULT_URI."),
            CredentialUnavailableException => As(FailureKind.Authentication, "no-identity", false,
                $"{at} needs an identity, and there is none here: give the app a managed identity, or sign in with a developer tool."),
            AuthenticationFailedException => As(FailureKind.Authentication, "no-token", false,
                $"{at} cannot be used, because the app's identity got no token: check AZURE_CLIENT_ID and that the identity is assigned to the app."),
            OperationCanceledException or TimeoutException => As(FailureKind.Timeout, "timeout", true, $"{at} did not answer in time: check KEY_VAULT_URI and the network's firewall rules."),
            AggregateException { InnerException: { } inner } => Of(inner, vault),
            _ when MachineLimits.Of(error, FailureSource.KeyVault, "read secrets") is { } reached => reached,
            RequestFailedException { InnerException: HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError } } => As(FailureKind.Tls, "tls", false,
                $"{at} has a certificate that this machine does not trust: check KEY_VAULT_URI and the trusted certificate authorities."),
            RequestFailedException or HttpRequestException => As(FailureKind.Network, "unreachable", true, $"{at} cannot be reached: check KEY_VAULT_URI and the network's firewall rules."),
            _ => As(FailureKind.Unknown, error.GetType().Name, false, $"{at} gave an answer that cannot be read: check KEY_VAULT_URI."),
        };
    }
}
