namespace ShoeFunctions.Engine.Tests.Credentials;

/// <summary>What can be wrong with a <see cref="VaultServer"/>.</summary>
internal enum VaultFault
{
    /// <summary>It accepts no token.</summary>
    Unauthorized,

    /// <summary>It knows the identity and does not let it read.</summary>
    Forbidden,

    /// <summary>It is asked too often.</summary>
    Throttled,

    /// <summary>It fails.</summary>
    ServerError,

    /// <summary>It takes requests and never answers.</summary>
    Silent,

    /// <summary>It answers what is no JSON, with the secret in it.</summary>
    Garbled,
}
