using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using ShoeFunctions.Engine.Configuration;

namespace ShoeFunctions.Engine.Network;

/// <summary>Whom we trust at a peer, and the certificate that we show it, read and checked.</summary>
public sealed class TlsMaterial
{
    private const string ACertificate = "CERTIFICATE";
    private const string AKey = "PRIVATE KEY";
    private const string AnEncryptedKey = "ENCRYPTED PRIVATE KEY";

    private readonly X509Certificate2Collection? _authorities;
    private readonly SslStreamCertificateContext? _shown;

    private TlsMaterial(X509Certificate2Collection? authorities, X509Certificate2? own, IReadOnlyList<X509Certificate2> chain)
    {
        (_authorities, Own) = (authorities, own);
        CaPem = authorities?.ExportCertificatePems();
        if (own is null)
            return;

        _shown = SslStreamCertificateContext.Create(own, [.. chain.Skip(1)], offline: true);
        CertificatePem = string.Concat(chain.Select(certificate => certificate.ExportCertificatePem() + "\n"));
        KeyPem = (own.GetRSAPrivateKey() as AsymmetricAlgorithm ?? own.GetECDsaPrivateKey())!.ExportPkcs8PrivateKeyPem();
    }

    /// <summary>The authorities that are trusted in place of this machine's, as PEM, or null.</summary>
    public string? CaPem { get; }

    /// <summary>Our certificate and then the chain to its authority, as PEM, or null.</summary>
    public string? CertificatePem { get; }

    /// <summary>Its key, unencrypted, as PEM, or null.</summary>
    public string? KeyPem { get; }

    /// <summary>Our certificate, or null.</summary>
    public X509Certificate2? Own { get; }

    /// <summary>Our certificate and the trusted authorities, as far as there are any.</summary>
    public IEnumerable<X509Certificate2> All => (_authorities ?? []).Prepend(Own).OfType<X509Certificate2>();

    /// <summary>Reads it.</summary>
    /// <param name="texts">The texts.</param>
    /// <param name="now">Certificates are to be valid then.</param>
    /// <returns>Null where there is nothing to read.</returns>
    /// <exception cref="TlsPartException">A part is not what it should be.</exception>
    public static TlsMaterial? Read(TlsTexts texts, DateTimeOffset now)
    {
        if (texts == TlsTexts.None)
            return null;

        var authorities = texts.Ca is null ? null : new X509Certificate2Collection(Certificates(TlsPart.Ca, texts.Ca).ToArray());
        // One among many that is out of date does no harm.
        if (authorities?.Select(authority => WhyNotValid(authority, now)).ToArray() is { } whyNot && whyNot.All(why => why is not null))
            throw new TlsPartException(TlsPart.Ca, whyNot[0]!);

        switch (texts)
        {
            case { Certificate: null, Key: null, KeyPassword: not null }:
                throw new TlsPartException(TlsPart.KeyPassword, "is set, and the key that it opens is not");
            case { Certificate: null, Key: null }:
                return new TlsMaterial(authorities, null, []);
            case { Certificate: null }:
                throw new TlsPartException(TlsPart.Certificate, "is not set, and its key is: set both or neither");
            case { Key: null }:
                throw new TlsPartException(TlsPart.Key, "is not set, and its certificate is: set both or neither");
        }

        var certificates = Certificates(TlsPart.Certificate, texts.Certificate);
        var own = WithKey(certificates, KeyIn(texts.Key), texts.KeyPassword);
        return WhyNotValid(own, now) is { } why ? throw new TlsPartException(TlsPart.Certificate, why) : new TlsMaterial(authorities, own, Chain(own, certificates));
    }

    /// <summary>What a client of .NET's speaks TLS with.</summary>
    /// <param name="material">Ours, or null for what this machine has.</param>
    public static SslClientAuthenticationOptions Options(TlsMaterial? material)
    {
        var options = new SslClientAuthenticationOptions { ClientCertificateContext = material?._shown };
        if (material?._authorities is { } authorities)
        {
            options.CertificateChainPolicy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
            options.CertificateChainPolicy.CustomTrustStore.AddRange(authorities);
        }

        return options;
    }

    /// <summary>Three stars.</summary>
    public override string ToString() => "***";

    private static List<X509Certificate2> Certificates(TlsPart part, string text)
    {
        var blocks = PemText.Blocks(text);
        var certificates = new List<X509Certificate2>();
        foreach (var block in blocks.Where(block => block.Label == ACertificate))
        {
            try
            {
                certificates.Add(X509Certificate2.CreateFromPem(block.Text));
            }
            catch (CryptographicException unreadable)
            {
                throw new TlsPartException(part, "holds a certificate that cannot be read: it is damaged, or not whole", unreadable);
            }
        }

        return certificates.Count > 0 ? certificates : throw new TlsPartException(part, WhatInstead(blocks, "certificate", text));
    }

    private static PemText.Block KeyIn(string text)
    {
        var blocks = PemText.Blocks(text);
        return blocks.FirstOrDefault(block => block.Label.EndsWith(AKey, StringComparison.Ordinal)) is { Text: not null } key
            ? key
            : throw new TlsPartException(TlsPart.Key, WhatInstead(blocks, "private key", text));
    }

    private static string WhatInstead(IReadOnlyList<PemText.Block> blocks, string wanted, string text) =>
        blocks.Count > 0 ? $"holds no {wanted}, but {string.Join(", ", blocks.Select(block => block.Label).Distinct())}"
        : PemText.IsIn(text) ? "holds PEM that is not whole: its last line is missing, or not that of the first"
        : "is not PEM: it has no line '-----BEGIN …-----'";

    /// <summary>The certificate that the key belongs to.</summary>
    private static X509Certificate2 WithKey(List<X509Certificate2> certificates, PemText.Block key, string? password)
    {
        if (key.Text.Contains("Proc-Type:", StringComparison.Ordinal))
            throw new TlsPartException(TlsPart.Key, "is encrypted in a form that is no longer in use: convert it with 'openssl pkcs8 -topk8'");
        var isEncrypted = key.Label == AnEncryptedKey;
        if (isEncrypted && password is null)
            throw new TlsPartException(TlsPart.KeyPassword, "is not set, and the key is encrypted");

        var plain = Unlocked(key, isEncrypted ? password : null);
        foreach (var certificate in certificates)
        {
            try
            {
                var whole = X509Certificate2.CreateFromPem(certificate.ExportCertificatePem(), plain);
                // Windows keeps no key in memory alone.
                return OperatingSystem.IsWindows() ? X509CertificateLoader.LoadPkcs12(whole.Export(X509ContentType.Pkcs12), null) : whole;
            }
            catch (Exception another) when (another is CryptographicException or ArgumentException)
            {
                // It belongs to another.
            }
        }

        throw new TlsPartException(TlsPart.Key, $"does not belong to {(certificates.Count == 1 ? "the certificate" : $"any of the {certificates.Count} certificates")}");
    }

    /// <summary>The key, unencrypted, in the one form that all take.</summary>
    private static string Unlocked(PemText.Block key, string? password)
    {
        foreach (var create in (Func<AsymmetricAlgorithm>[])[RSA.Create, ECDsa.Create])
        {
            using var algorithm = create();
            try
            {
                if (password is null)
                    algorithm.ImportFromPem(key.Text);
                else
                    algorithm.ImportFromEncryptedPem(key.Text, password);
                return algorithm.ExportPkcs8PrivateKeyPem();
            }
            catch (Exception notOfThisKind) when (notOfThisKind is CryptographicException or ArgumentException)
            {
                // Perhaps it is of the other.
            }
        }

        throw password is null
            ? new TlsPartException(TlsPart.Key, "holds a private key that cannot be read: it is damaged, or neither of RSA nor of an elliptic curve")
            : new TlsPartException(TlsPart.KeyPassword, "does not open the key");
    }

    private static string? WhyNotValid(X509Certificate2 certificate, DateTimeOffset now) =>
        now > certificate.NotAfter ? $"holds a certificate that expired on {certificate.NotAfter.ToUniversalTime():yyyy-MM-dd}"
        : now < certificate.NotBefore ? $"holds a certificate that is not valid before {certificate.NotBefore.ToUniversalTime():yyyy-MM-dd}"
        : null;

    /// <summary>The certificate, the one of its issuer, and so on; the last one's authority the peer has itself.</summary>
    private static List<X509Certificate2> Chain(X509Certificate2 own, List<X509Certificate2> certificates)
    {
        var chain = new List<X509Certificate2> { own };
        while (certificates.Find(next => IsIssuer(next, chain[^1]) && !chain.Exists(known => known.Thumbprint == next.Thumbprint)) is { } issuer)
            chain.Add(issuer);
        return chain;
    }

    private static bool IsIssuer(X509Certificate2 issuer, X509Certificate2 certificate) => issuer.SubjectName.RawData.AsSpan().SequenceEqual(certificate.IssuerName.RawData);
}
