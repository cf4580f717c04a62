using Azure;
using Azure.Core;
using Azure.Security.KeyVault.Secrets;
using ShoeFunctions.Engine.Failures;

namespace ShoeFunctions.Engine.Credentials;

/// <summary>Azure Key Vault, read with the identity that the program runs under.</summary>
public sealed class KeyVault : IVault
{
    private readonly Uri _uri;
    private readonly SecretClient _client;

    /// <summary>The vault at an address.</summary>
    /// <param name="uri">For example <c>https://my-vault.vault.azure.net</c>.</param>
    /// <param name="managedIdentityClientId">The client id of a user-assigned identity, or null.</param>
    public KeyVault(Uri uri, string? managedIdentityClientId)
        : this(uri, AzureTransport.AnyIdentity(managedIdentityClientId), new SecretClientOptions { Transport = AzureTransport.Shared })
    {
    }

    internal KeyVault(Uri uri, TokenCredential credential, SecretClientOptions options)
    {
        options.Retry.MaxRetries = 3;
        options.Retry.NetworkTimeout = TimeSpan.FromSeconds(5);
        options.Diagnostics.IsLoggingContentEnabled = false;
        (_uri, _client) = (uri, new SecretClient(uri, credential, options));
    }

    /// <inheritdoc/>
    public async Task<string?> ReadAsync(string name, CancellationToken cancellation)
    {
        try
        {
            return (await _client.GetSecretAsync(name, cancellationToken: cancellation)).Value.Value;
        }
        catch (RequestFailedException missing) when (missing.Status == 404)
        {
            return null;
        }
        catch (Exception error) when (error is not OperationCanceledException || !cancellation.IsCancellationRequested)
        {
            throw new FailureException(VaultFailures.Of(error, _uri), error);
        }
    }
}
