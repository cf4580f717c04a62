using System.Collections.Concurrent;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace ShoeFunctions.Local.Tests.Credentials;

/// <summary>A server's side of TLS, which may ask for a client's certificate.</summary>
/// <param name="certificate">What it shows.</param>
/// <param name="clientAuthority">Who is to have signed a client's; null where it asks for none.</param>
internal sealed class ServerTls(X509Certificate2 certificate, X509Certificate2? clientAuthority = null)
{
    /// <summary>Whose certificates were seen, in order.</summary>
    public ConcurrentQueue<string> Seen { get; } = new();

    /// <summary>Shakes hands.</summary>
    public async Task<Stream> SecureAsync(Stream client, CancellationToken cancellation)
    {
        var secured = new SslStream(client);
        await secured.AuthenticateAsServerAsync(
            new SslServerAuthenticationOptions
            {
                ServerCertificate = certificate,
                ClientCertificateRequired = clientAuthority is not null,
                RemoteCertificateValidationCallback = (_, shown, chain, _) => clientAuthority is null || IsSigned(shown as X509Certificate2, chain),
            },
            cancellation);
        return secured;
    }

    private bool IsSigned(X509Certificate2? shown, X509Chain? sent)
    {
        if (shown is null)
            return false;
        using var chain = new X509Chain();
        (chain.ChainPolicy.TrustMode, chain.ChainPolicy.RevocationMode) = (X509ChainTrustMode.CustomRootTrust, X509RevocationMode.NoCheck);
        chain.ChainPolicy.CustomTrustStore.Add(clientAuthority!);
        chain.ChainPolicy.ExtraStore.AddRange(sent?.ChainPolicy.ExtraStore ?? []);
        Seen.Enqueue(shown.Subject);
        return chain.Build(shown);
    }
}
