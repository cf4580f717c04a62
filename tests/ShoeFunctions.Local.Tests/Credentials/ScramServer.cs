using System.Security.Cryptography;
using System.Text;

namespace ShoeFunctions.Local.Tests.Credentials;

/// <summary>The server's side of one login by SCRAM, without channel binding.</summary>
/// <remarks>Source: RFC 5802, and RFC 7677 for SHA-256.</remarks>
internal sealed class ScramServer(HashAlgorithmName hash, string user, string password, byte[] salt, int iterations, string nonce)
{
    private string _clientFirst = "";
    private string _first = "";

    /// <summary>The answer to a client's first message.</summary>
    public string First(string clientFirst)
    {
        // Before it: no channel binding, and nobody to speak for.
        _clientFirst = clientFirst["n,,".Length..];
        return _first = $"r={Field(_clientFirst, 'r')}{nonce},s={Convert.ToBase64String(salt)},i={iterations}";
    }

    /// <summary>The answer to its last one; null where it is not the user, or does not know the password.</summary>
    public string? Final(string clientFinal)
    {
        var salted = Rfc2898DeriveBytes.Pbkdf2(Encoding.UTF8.GetBytes(password), salt, iterations, hash, Hash([]).Length);
        var clientKey = Keyed(salted, "Client Key");
        var storedKey = Hash(clientKey);
        var withoutProof = clientFinal[..clientFinal.LastIndexOf(",p=", StringComparison.Ordinal)];
        var message = $"{_clientFirst},{_first},{withoutProof}";
        var signature = Keyed(storedKey, message);
        var proof = Convert.FromBase64String(Field(clientFinal, 'p'));
        var isLetIn = Field(_clientFirst, 'n').Replace("=2C", ",", StringComparison.Ordinal).Replace("=3D", "=", StringComparison.Ordinal) == user
            && Field(clientFinal, 'r') == Field(_first, 'r')
            && Field(clientFinal, 'c') == "biws"
            && Hash([.. proof.Zip(signature, (one, other) => (byte)(one ^ other))]).AsSpan().SequenceEqual(storedKey);
        return isLetIn ? $"v={Convert.ToBase64String(Keyed(Keyed(salted, "Server Key"), message))}" : null;
    }

    private static string Field(string message, char name) => message.Split(',').Single(part => part[0] == name)[2..];

    private byte[] Hash(byte[] bytes) => CryptographicOperations.HashData(hash, bytes);

    private byte[] Keyed(byte[] key, string text) => CryptographicOperations.HmacData(hash, key, Encoding.UTF8.GetBytes(text));
}
