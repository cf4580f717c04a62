using System.Security.Cryptography;

namespace ShoeFunctions.Local.Tests.Credentials;

/// <summary>The examples that the two RFCs print, of which nothing is ours.</summary>
public sealed class ScramServerTests
{
    [Theory]
    [InlineData(
        "SHA1", "fyko+d2lbbFgONRv9qkxdawL", "3rfcNHYJY1ZVvWVs7j", "QSXCR+Q6sek8bf92",
        "v0X8v3Bz2T0CJGbJQyF0X+HI4Ts=", "rmF9pqV8S7suAoZWja4dJRkFsKQ=")]
    [InlineData(
        "SHA256", "rOprNGfwEbeRWgbNEkqO", "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0", "W22ZaJ0SNY7soEsUEjb6gQ==",
        "dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=", "6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=")]
    public void The_published_examples_are_answered_as_published(string hash, string clientNonce, string nonce, string salt, string proof, string signature)
    {
        var server = new ScramServer(new HashAlgorithmName(hash), "user", "pencil", Convert.FromBase64String(salt), 4096, nonce);
        Assert.Equal($"r={clientNonce}{nonce},s={salt},i=4096", server.First($"n,,n=user,r={clientNonce}"));
        Assert.Equal($"v={signature}", server.Final($"c=biws,r={clientNonce}{nonce},p={proof}"));
    }

    [Theory]
    [InlineData("other", "pencil")]
    [InlineData("user", "pen")]
    public void Nobody_else_is_let_in(string user, string password)
    {
        var server = new ScramServer(HashAlgorithmName.SHA256, user, password, Convert.FromBase64String("W22ZaJ0SNY7soEsUEjb6gQ=="), 4096, "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0");
        server.First("n,,n=user,r=rOprNGfwEbeRWgbNEkqO");
        Assert.Null(server.Final("c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ="));
    }
}
