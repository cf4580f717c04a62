namespace ShoeFunctions.Engine.Network;

/// <summary>Why no trusted connection, or no plain one, came about.</summary>
public enum TlsFault
{
    /// <summary>The certificate's authority is not trusted here.</summary>
    UnknownAuthority,

    /// <summary>The certificate is for another host.</summary>
    WrongHost,

    /// <summary>The certificate has expired, or is not valid yet.</summary>
    Expired,

    /// <summary>The peer wants to see a certificate of ours, and we have none.</summary>
    CertificateWanted,

    /// <summary>The peer does not accept our certificate.</summary>
    CertificateRefused,

    /// <summary>The peer closes the connection as soon as TLS is set up, and does not say why.</summary>
    Closed,

    /// <summary>TLS was spoken to a peer that does not speak it.</summary>
    PlaintextPeer,

    /// <summary>Plaintext was spoken to a peer that speaks TLS.</summary>
    TlsPeer,
}

/// <summary>What a fault is called, and what to do about it.</summary>
internal static class TlsFaults
{
    /// <summary>The fault's code in a failure.</summary>
    public static string Code(this TlsFault fault) => fault switch
    {
        TlsFault.UnknownAuthority => "tls-unknown-authority",
        TlsFault.WrongHost => "tls-wrong-host",
        TlsFault.Expired => "tls-expired",
        TlsFault.CertificateWanted => "tls-certificate-wanted",
        TlsFault.CertificateRefused => "tls-certificate-refused",
        TlsFault.Closed => "tls-closed",
        TlsFault.PlaintextPeer => "tls-to-plaintext",
        _ => "plaintext-to-tls",
    };

    /// <summary>A sentence about a peer with the fault.</summary>
    /// <param name="fault">The fault.</param>
    /// <param name="peer">The peer, as the sentence's subject.</param>
    /// <param name="address">The setting that holds its address.</param>
    /// <param name="settings">What the settings of its certificates begin with.</param>
    /// <param name="speakTls">What to do so that TLS is spoken.</param>
    /// <param name="speakPlaintext">What to do so that it is not.</param>
    public static string Advice(this TlsFault fault, string peer, string address, string settings, string speakTls, string speakPlaintext) => fault switch
    {
        TlsFault.UnknownAuthority => $"{peer} has a certificate from an authority that this machine does not trust: name the authority's certificate in {settings}_SSL_CA, or add it to those that are trusted here.",
        TlsFault.WrongHost => $"{peer} has a certificate for another host name: use in {address} the name that the certificate is for, or renew the certificate with this one.",
        TlsFault.Expired => $"{peer} has a certificate that has expired or is not valid yet: renew it, and check this machine's clock.",
        TlsFault.CertificateWanted => $"{peer} asks for a client certificate: set {settings}_SSL_CERTIFICATE and {settings}_SSL_KEY.",
        TlsFault.CertificateRefused => $"{peer} rejected the client certificate: check that the authority that issued {settings}_SSL_CERTIFICATE is trusted there, and that its chain is whole.",
        TlsFault.Closed => $"{peer} closes the connection as soon as TLS is set up: it may ask for a client certificate that it trusts ({settings}_SSL_CERTIFICATE, {settings}_SSL_KEY), or not let this machine's address in.",
        TlsFault.PlaintextPeer => $"{peer} does not speak TLS at this address: {speakPlaintext}, or check the port in {address}.",
        _ => $"{peer} speaks TLS at this address, but was spoken to in plaintext: {speakTls}, or check the port in {address}.",
    };
}
