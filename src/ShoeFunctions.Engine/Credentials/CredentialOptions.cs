using ShoeFunctions.Engine.Configuration;

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

    /// <summary>Reads what the settings say of credentials.</summary>
    internal static CredentialOptions Read(SettingsReader reader) => new()
    {
        Kafka = ReadPair(reader, Settings.KafkaApiKey, Settings.KafkaApiSecret),
        SchemaRegistry = ReadPair(reader, Settings.SchemaRegistryApiKey, Settings.SchemaRegistryApiSecret),
        VaultUri = reader.IsSet(Settings.KeyVaultUri) ? reader.ReadUrl(Settings.KeyVaultUri, new Uri("https://localhost"), isHttps: true) : null,
        AllowInsecure = reader.ReadWord(Settings.AllowInsecure, ("false", false), ("true", true)),
    };

    private static ApiKey? ReadPair(SettingsReader reader, Setting key, Setting secret)
    {
        var (keyText, secretText) = (reader.ReadSecret(key), reader.ReadSecret(secret));
        if (keyText is not null && secretText is not null)
            return new ApiKey(keyText, secretText);

        if (keyText is not null || secretText is not null)
        {
            var (found, missing) = keyText is not null ? (key, secret) : (secret, key);
            reader.Contradiction($"{found.Name} is set, {missing.Name} is not: set both or neither.");
        }

        return null;
    }
}
