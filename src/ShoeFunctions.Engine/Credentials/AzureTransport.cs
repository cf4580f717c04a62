using Azure.Core.Pipeline;
using Azure.Identity;

namespace ShoeFunctions.Engine.Credentials;

/// <summary>
/// The way of Azure's clients: with the proxies of this process. Azure.Core has a way of its own, which asks the proxy
/// that the environment names for this machine too, where Azurite is, and in Azure the endpoint of the app's identity.
/// </summary>
internal static class AzureTransport
{
    /// <summary>Names that are moved to other addresses are asked for again.</summary>
    private static readonly TimeSpan LongestConnection = TimeSpan.FromMinutes(5);

    /// <summary>The one for all clients. Their time-outs are their own.</summary>
    public static HttpClientTransport Shared { get; } = new(
        new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, PooledConnectionLifetime = LongestConnection })
        {
            Timeout = Timeout.InfiniteTimeSpan,
        });

    /// <summary>The app's identity in Azure, or a developer's.</summary>
    public static DefaultAzureCredential AnyIdentity(string? clientId) =>
        new(Patient(new DefaultAzureCredentialOptions { ManagedIdentityClientId = clientId, Transport = Shared }));

    /// <summary>The app's identity in Azure.</summary>
    public static ManagedIdentityCredential ManagedIdentity(string? clientId) => new(Patient(
        new ManagedIdentityCredentialOptions(clientId is null ? ManagedIdentityId.SystemAssigned : ManagedIdentityId.FromUserAssignedClientId(clientId)) { Transport = Shared }));

    /// <summary>The client below tries three times by itself, and each of ours is three of its.</summary>
    private static T Patient<T>(T options) where T : TokenCredentialOptions
    {
        (options.Retry.MaxRetries, options.Retry.NetworkTimeout) = (1, TimeSpan.FromSeconds(5));
        (options.Retry.Delay, options.Retry.MaxDelay) = (TimeSpan.FromMilliseconds(300), TimeSpan.FromSeconds(1));
        return options;
    }
}
