namespace ShoeFunctions.Engine.Credentials;

/// <summary>What the settings say of credentials.</summary>
public sealed record CredentialOptions
{
    /// <summary>For the brokers, where the settings hold them themselves.</summary>
    public ApiKey? Kafka { get; init; }

    /// <summary>For the registry, where the settings hold them themselves.</summary>
    public ApiKey? SchemaRegistry { get; init; }

    /// <summary>The vault that holds what the settings do not, or none.</summary>
    public Uri? VaultUri { get; init; }

    /// <summary>Whether credentials may go unencrypted to other machines.</summary>
    public bool AllowInsecure { get; init; }
}
