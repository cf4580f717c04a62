using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace ShoeFunctions.Local.Tests.Diagnosis;

/// <summary>An authority that only those trust who are told of its file, and what it signs.</summary>
internal sealed class TestAuthority : IDisposable
{
    private static readonly DateTimeOffset From = DateTimeOffset.UnixEpoch.AddYears(40), To = DateTimeOffset.UnixEpoch.AddYears(130);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("shoes-authority-");
    private readonly RSA _key = RSA.Create(2048);
    private readonly X509Certificate2 _certificate;
    private readonly List<X509Certificate2> _signed = [];
    private byte _serial;

    public TestAuthority()
    {
        var request = new CertificateRequest("CN=test authority", _key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, 0, critical: true));
        _certificate = request.CreateSelfSigned(From, To);
        File = Path.Combine(_folder.FullName, "authority.pem");
        System.IO.File.WriteAllText(File, _certificate.ExportCertificatePem());
    }

    /// <summary>Its certificate, as PEM.</summary>
    public string File { get; }

    /// <summary>A certificate that is right for a server on 127.0.0.1.</summary>
    public X509Certificate2 Right() => Sign(names => names.AddIpAddress(IPAddress.Loopback), To);

    /// <summary>One for another host.</summary>
    public X509Certificate2 OfAnotherHost() => Sign(names => names.AddDnsName("other.example"), To);

    /// <summary>One that is long out of date.</summary>
    public X509Certificate2 Expired() => Sign(names => names.AddIpAddress(IPAddress.Loopback), From.AddYears(1));

    public void Dispose()
    {
        _signed.ForEach(certificate => certificate.Dispose());
        _certificate.Dispose();
        _key.Dispose();
        _folder.Delete(recursive: true);
    }

    private X509Certificate2 Sign(Action<SubjectAlternativeNameBuilder> name, DateTimeOffset until)
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=server", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        name(names);
        request.CertificateExtensions.Add(names.Build());
        using var bare = request.Create(_certificate, From, until, [1, ++_serial]);
        using var whole = bare.CopyWithPrivateKey(key);
        _signed.Add(X509CertificateLoader.LoadPkcs12(whole.Export(X509ContentType.Pfx), null));
        return _signed[^1];
    }
}
