using ShoeFunctions.Engine.Failures;
using ShoeFunctions.Engine.Network;

namespace ShoeFunctions.Engine.Credentials;

/// <summary>What we say who we are with at one peer, and whom we trust there.</summary>
/// <param name="Key">A key, or a user's name, with its secret; null where none is asked for.</param>
/// <param name="Tls">Certificates of its own; null for what this machine trusts.</param>
/// <param name="Tokens">Tokens of the program's identity; null where none are asked for.</param>
public sealed record PeerCredentials(ApiKey? Key = null, TlsMaterial? Tls = null, TokenSource? Tokens = null)
{
    /// <summary>Nothing.</summary>
    public static PeerCredentials None { get; } = new();

    /// <summary>Whether something is sent that nobody else may see.</summary>
    public bool AreSecret => Key is not null || Tokens is not null;

    /// <summary>Makes sure that there is a token that is valid, where they are used: that there is none is then said as such.</summary>
    /// <exception cref="FailureException">There is none to be had.</exception>
    public async ValueTask HaveTokenAsync(CancellationToken cancellation)
    {
        if (Tokens is not null)
            await Tokens.GetAsync(cancellation);
    }

    /// <summary>Three stars.</summary>
    public override string ToString() => "***";
}
