namespace ShoeFunctions.Engine.Credentials;

/// <summary>What the settings say of the credentials for one peer.</summary>
public sealed record PeerOptions
{
    /// <summary>The key, where the settings hold it themselves.</summary>
    public ApiKey? Key { get; init; }

    /// <summary>Whether a vault is asked for a key that the settings do not hold.</summary>
    public bool MayHaveKey { get; init; } = true;

    /// <summary>What tokens are asked for, or null where none are.</summary>
    public string? Scope { get; init; }

    /// <summary>Certificates of its own.</summary>
    public TlsSource Tls { get; init; } = TlsSource.None;

    /// <summary>Whether a vault is asked for certificates that the settings do not hold.</summary>
    public bool MayHaveTls { get; init; }

    /// <summary>The key alone.</summary>
    public static PeerOptions Of(ApiKey? key) => new() { Key = key };
}
