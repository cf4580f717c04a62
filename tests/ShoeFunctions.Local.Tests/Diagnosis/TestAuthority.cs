using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace ShoeFunctions.Local.Tests.Diagnosis;

/// <summary>
/// An authority that only those trust who are told of its file, and what it signs. Keys are of an elliptic curve, since one of
/// RSA takes far longer to be found; clients have one of RSA, unless they say so.
/// </summary>
internal sealed class TestAuthority : IDisposable
{
    private static readonly DateTimeOffset From = DateTimeOffset.UnixEpoch.AddYears(40), To = DateTimeOffset.UnixEpoch.AddYears(130);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("shoes-authority-");
    private readonly ECDsa _key = NewKey();
    private readonly List<X509Certificate2> _signed = [];
    private byte _serial;

    public TestAuthority()
    {
        Certificate = Authority("CN=test authority", _key, null);
        Pem = Certificate.ExportCertificatePem();
        File = Write("authority.pem", Pem);
    }

    /// <summary>A certificate with its key, as PEM.</summary>
    public sealed record Pair(string Certificate, string Key);

    /// <summary>Its own certificate.</summary>
    public X509Certificate2 Certificate { get; }

    /// <summary>The same, as PEM.</summary>
    public string Pem { get; }

    /// <summary>The same, in a file.</summary>
    public string File { get; }

    /// <summary>A certificate that is right for a server on 127.0.0.1.</summary>
    public X509Certificate2 Right() => Sign(names => names.AddIpAddress(IPAddress.Loopback), To);

    /// <summary>One for another host.</summary>
    public X509Certificate2 OfAnotherHost() => Sign(names => names.AddDnsName("other.example"), To);

    /// <summary>One that is long out of date.</summary>
    public X509Certificate2 Expired() => Sign(names => names.AddIpAddress(IPAddress.Loopback), From.AddYears(1));

    /// <summary>One for a client.</summary>
    public Pair Client(string subject = "CN=shoes", DateTimeOffset? until = null)
    {
        using var key = RSA.Create(2048);
        return Signed(key, Certificate, new CertificateRequest(subject, key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1), until ?? To);
    }

    /// <summary>One with a key of an elliptic curve.</summary>
    public Pair EllipticClient(string subject = "CN=shoes")
    {
        using var key = NewKey();
        return Signed(key, Certificate, new CertificateRequest(subject, key, HashAlgorithmName.SHA256), To);
    }

    /// <summary>One that an authority in between has signed, and that one's own certificate.</summary>
    public (Pair Client, string Between) ClientOfAnother(string subject = "CN=shoes")
    {
        using var own = NewKey();
        using var bare = Authority("CN=authority in between", own, Certificate);
        using var between = bare.CopyWithPrivateKey(own);
        using var key = RSA.Create(2048);
        return (Signed(key, between, new CertificateRequest(subject, key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1), To), between.ExportCertificatePem());
    }

    /// <summary>Writes a file that is there for as long as the authority is.</summary>
    public string Write(string name, string text)
    {
        var path = Path.Combine(_folder.FullName, name);
        System.IO.File.WriteAllText(path, text);
        return path;
    }

    /// <summary>A key that only opens with a password.</summary>
    public static string Encrypted(string key, string password)
    {
        using var open = RSA.Create();
        open.ImportFromPem(key);
        return open.ExportEncryptedPkcs8PrivateKeyPem(password, new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 10_000));
    }

    public void Dispose()
    {
        _signed.ForEach(certificate => certificate.Dispose());
        Certificate.Dispose();
        _key.Dispose();
        _folder.Delete(recursive: true);
    }

    private static ECDsa NewKey() => ECDsa.Create(ECCurve.NamedCurves.nistP256);

    private X509Certificate2 Authority(string name, ECDsa key, X509Certificate2? by)
    {
        var request = new CertificateRequest(name, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, 0, critical: true));
        return by is null ? request.CreateSelfSigned(From, To) : request.Create(by, From, To, [2, ++_serial]);
    }

    private Pair Signed(AsymmetricAlgorithm key, X509Certificate2 by, CertificateRequest request, DateTimeOffset until)
    {
        using var bare = request.Create(by.SubjectName, X509SignatureGenerator.CreateForECDsa(by.GetECDsaPrivateKey()!), From, until, [3, ++_serial]);
        return new Pair(bare.ExportCertificatePem(), key.ExportPkcs8PrivateKeyPem());
    }

    private X509Certificate2 Sign(Action<SubjectAlternativeNameBuilder> name, DateTimeOffset until)
    {
        using var key = NewKey();
        var request = new CertificateRequest("CN=server", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        name(names);
        request.CertificateExtensions.Add(names.Build());
        using var bare = request.Create(Certificate, From, until, [1, ++_serial]);
        using var whole = bare.CopyWithPrivateKey(key);
        _signed.Add(X509CertificateLoader.LoadPkcs12(whole.Export(X509ContentType.Pfx), null));
        return _signed[^1];
    }
}
