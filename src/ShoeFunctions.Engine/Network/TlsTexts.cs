namespace ShoeFunctions.Engine.Network;

/// <summary>The parts that TLS with one peer is set up with.</summary>
public enum TlsPart
{
    /// <summary>The authorities that are trusted.</summary>
    Ca,

    /// <summary>Our own certificate, with the chain that leads to its authority.</summary>
    Certificate,

    /// <summary>The certificate's private key.</summary>
    Key,

    /// <summary>The key's password.</summary>
    KeyPassword,
}

/// <summary>The same as texts: PEM, and a password.</summary>
/// <param name="Ca">Certificates; null for the authorities that this machine trusts.</param>
/// <param name="Certificate">Certificates, in any order.</param>
/// <param name="Key">A private key, encrypted or not.</param>
/// <param name="KeyPassword">Its password.</param>
public sealed record TlsTexts(string? Ca = null, string? Certificate = null, string? Key = null, string? KeyPassword = null)
{
    /// <summary>Nothing of its own.</summary>
    public static TlsTexts None { get; } = new();

    /// <summary>Three stars.</summary>
    public override string ToString() => "***";
}

/// <summary>A part is not what it should be.</summary>
/// <param name="part">Which.</param>
/// <param name="found">What it is, as the end of a sentence that its name begins.</param>
/// <param name="cause">What was thrown, or null.</param>
public sealed class TlsPartException(TlsPart part, string found, Exception? cause = null) : Exception($"{part} {found}", cause)
{
    /// <summary>Which.</summary>
    public TlsPart Part { get; } = part;

    /// <summary>What it is, as the end of a sentence that its name begins. Nothing secret is in it.</summary>
    public string Found { get; } = found;
}
