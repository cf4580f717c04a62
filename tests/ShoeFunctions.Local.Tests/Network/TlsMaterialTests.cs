using System.Net.Security;
using ShoeFunctions.Engine.Network;
using ShoeFunctions.Local.Tests.Diagnosis;

namespace ShoeFunctions.Local.Tests.Network;

/// <summary>PEM as people paste it, and what is said of what is none.</summary>
public sealed class TlsMaterialTests : IDisposable
{
    private static readonly DateTimeOffset Now = new(2026, 11, 23, 14, 0, 0, TimeSpan.Zero);

    private readonly TestAuthority _authority = new();

    public void Dispose() => _authority.Dispose();

    [Theory]
    [InlineData("\n", "\r\n")]
    [InlineData("\n", "\\n")]
    [InlineData("\n", "\\r\\n")]
    [InlineData("\n", "\\\\n")]
    [InlineData("\n", " ")]
    [InlineData("\n", "\n\n  ")]
    public void Line_ends_may_be_any(string from, string to)
    {
        var client = _authority.Client();
        var read = Read(new TlsTexts(
            _authority.Pem.Replace(from, to, StringComparison.Ordinal), client.Certificate.Replace(from, to, StringComparison.Ordinal), client.Key.Replace(from, to, StringComparison.Ordinal)));
        Assert.Equal(_authority.Pem.Trim(), read.CaPem!.Trim());
        Assert.Equal(client.Certificate.Trim(), read.CertificatePem!.Trim());
        Assert.Equal(client.Key.Trim(), read.KeyPem!.Trim());
    }

    [Fact]
    public void Text_around_it_and_a_key_beside_the_certificate_do_no_harm()
    {
        var client = _authority.Client();
        var both = $"Bag Attributes\n    friendlyName: shoes\n{client.Key}\nsubject=CN = shoes\n{client.Certificate}\n";
        Assert.Equal("CN=shoes", Read(new TlsTexts(null, both, both)).Own!.Subject);
    }

    [Fact]
    public void A_chain_may_come_in_any_order_and_goes_out_with_the_clients_own_first()
    {
        var (client, between) = _authority.ClientOfAnother();
        foreach (var order in new[] { new[] { client.Certificate, between }, [between, client.Certificate], [_authority.Pem, between, client.Certificate] })
        {
            var read = Read(new TlsTexts(null, string.Join('\n', order), client.Key));
            Assert.Equal("CN=shoes", read.Own!.Subject);
            Assert.StartsWith($"{client.Certificate.Trim()}\n{between.Trim()}", read.CertificatePem, StringComparison.Ordinal);
            Assert.NotNull(TlsMaterial.Options(read).ClientCertificateContext);
        }
    }

    [Fact]
    public void A_key_may_be_of_an_elliptic_curve_or_encrypted()
    {
        var elliptic = _authority.EllipticClient();
        Assert.Equal("CN=shoes", Read(new TlsTexts(null, elliptic.Certificate, elliptic.Key)).Own!.Subject);

        var client = _authority.Client();
        var read = Read(new TlsTexts(null, client.Certificate, TestAuthority.Encrypted(client.Key, "hush-word"), "hush-word"));
        Assert.Equal(client.Key.Trim(), read.KeyPem!.Trim());
    }

    [Fact]
    public void With_nothing_set_there_is_nothing_and_the_systems_trust_holds()
    {
        Assert.Null(TlsMaterial.Read(TlsTexts.None, Now));
        var options = TlsMaterial.Options(null);
        Assert.Equal((null, null), (options.CertificateChainPolicy, (SslStreamCertificateContext?)options.ClientCertificateContext));
    }

    [Fact]
    public void What_is_wrong_is_said_of_its_part_and_shows_nothing_of_it()
    {
        var (client, other) = (_authority.Client(), _authority.Client("CN=other"));
        var locked = TestAuthority.Encrypted(client.Key, "hush-word");
        var expired = _authority.Client(until: Now.AddDays(-1));
        (TlsTexts Texts, TlsPart Part, string Found)[] cases =
        [
            (new(Ca: "no PEM"), TlsPart.Ca, "is not PEM"),
            (new(Ca: _authority.Pem[..200]), TlsPart.Ca, "holds PEM that is not whole"),
            (new(Ca: "-----BEGIN CERTIFICATE-----\nQUJD\n-----END CERTIFICATE-----"), TlsPart.Ca, "holds a certificate that cannot be read"),
            (new(Ca: client.Key), TlsPart.Ca, "holds no certificate, but PRIVATE KEY"),
            (new(Ca: expired.Certificate), TlsPart.Ca, "holds a certificate that expired on 2026-11-22"),
            (new(null, client.Certificate), TlsPart.Key, "is not set"),
            (new(KeyPassword: "hush"), TlsPart.KeyPassword, "is set, and the key that it opens is not"),
            (new(null, null, client.Key), TlsPart.Certificate, "is not set"),
            (new(null, client.Certificate, client.Certificate), TlsPart.Key, "holds no private key, but CERTIFICATE"),
            (new(null, client.Certificate, other.Key), TlsPart.Key, "does not belong to the certificate"),
            (new(null, client.Certificate + _authority.Pem, other.Key), TlsPart.Key, "does not belong to any of the 2 certificates"),
            (new(null, client.Certificate, "-----BEGIN PRIVATE KEY-----\nQUJD\n-----END PRIVATE KEY-----"), TlsPart.Key, "holds a private key that cannot be read"),
            (new(null, client.Certificate, "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,00\n\nQUJD\n-----END RSA PRIVATE KEY-----"), TlsPart.Key, "no longer in use: convert it with 'openssl pkcs8 -topk8'"),
            (new(null, client.Certificate, locked), TlsPart.KeyPassword, "is not set, and the key is encrypted"),
            (new(null, client.Certificate, locked, "hush-other"), TlsPart.KeyPassword, "does not open the key"),
            (new(null, expired.Certificate, expired.Key), TlsPart.Certificate, "holds a certificate that expired on 2026-11-22"),
        ];
        Assert.All(cases, wrong =>
        {
            var said = Assert.Throws<TlsPartException>(() => TlsMaterial.Read(wrong.Texts, Now));
            Assert.Equal(wrong.Part, said.Part);
            Assert.Contains(wrong.Found, said.Found, StringComparison.Ordinal);
            Assert.DoesNotContain("hush", said.ToString(), StringComparison.Ordinal);
            Assert.DoesNotContain("MII", said.Found, StringComparison.Ordinal);
        });
    }

    [Fact]
    public void Of_many_authorities_one_may_be_out_of_date() =>
        Assert.NotNull(Read(new TlsTexts(_authority.Client(until: Now.AddDays(-1)).Certificate + _authority.Pem)).CaPem);

    [Fact]
    public void A_certificate_that_is_not_valid_yet_is_said()
    {
        var said = Assert.Throws<TlsPartException>(() => TlsMaterial.Read(new TlsTexts(_authority.Pem), DateTimeOffset.UnixEpoch));
        Assert.Contains("is not valid before 2010-01-01", said.Found, StringComparison.Ordinal);
    }

    private static TlsMaterial Read(TlsTexts texts) => TlsMaterial.Read(texts, Now)!;
}
