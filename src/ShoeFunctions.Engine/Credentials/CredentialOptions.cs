using System.Text.RegularExpressions;
using ShoeFunctions.Engine.Configuration;

namespace ShoeFunctions.Engine.Credentials;

/// <summary>What the settings say of credentials.</summary>
public sealed partial record CredentialOptions
{
    /// <summary>For the brokers.</summary>
    public PeerOptions Kafka { get; init; } = new();

    /// <summary>For the registry.</summary>
    public PeerOptions SchemaRegistry { get; init; } = new();

    /// <summary>How the brokers are told who we are.</summary>
    public KafkaMechanism Mechanism { get; init; }

    /// <summary>The vault that holds what the settings do not, or none.</summary>
    public Uri? VaultUri { get; init; }

    /// <summary>Whether credentials may go unencrypted to other machines.</summary>
    public bool AllowInsecure { get; init; }

    /// <summary>Reads what the settings say of credentials.</summary>
    internal static CredentialOptions Read(SettingsReader reader, DateTimeOffset now)
    {
        var kafka = ReadPair(reader, Settings.KafkaApiKey, Settings.KafkaApiSecret);
        var registry = ReadPair(reader, Settings.SchemaRegistryApiKey, Settings.SchemaRegistryApiSecret);
        var vault = reader.IsSet(Settings.KeyVaultUri) ? reader.ReadUrl(Settings.KeyVaultUri, new Uri("https://localhost"), isHttps: true) : null;
        var mechanism = ReadMechanism(reader, kafka, vault);
        var scope = ReadScope(reader, Settings.OAuthScope);
        var registryScope = ReadScope(reader, Settings.SchemaRegistryOAuthScope);
        if (mechanism == KafkaMechanism.OAuthBearer && scope is null && !reader.IsSet(Settings.OAuthScope))
            reader.Contradiction("KAFKA_SASL_MECHANISM is OAUTHBEARER, and OAUTH_SCOPE is not set: set it to what the brokers' tokens are asked for.");

        var options = new CredentialOptions
        {
            Mechanism = mechanism,
            VaultUri = vault,
            AllowInsecure = reader.ReadWord(Settings.AllowInsecure, ("false", false), ("true", true)),
            Kafka = new PeerOptions
            {
                Key = mechanism is KafkaMechanism.OAuthBearer ? null : kafka,
                MayHaveKey = mechanism is not (KafkaMechanism.None or KafkaMechanism.OAuthBearer),
                Scope = mechanism == KafkaMechanism.OAuthBearer ? scope ?? "" : null,
                Tls = TlsSource.ReadKafka(reader),
                MayHaveTls = reader.Text(Settings.KafkaSecurityProtocol)?.ToUpperInvariant() is null or "SSL" or "SASL_SSL",
            },
            SchemaRegistry = new PeerOptions
            {
                Key = registry,
                MayHaveKey = !reader.IsSet(Settings.SchemaRegistryOAuthScope),
                Scope = registry is null ? registryScope : null,
                Tls = TlsSource.ReadSchemaRegistry(reader),
                MayHaveTls = reader.Text(Settings.SchemaRegistryUrl)?.Contains("https:", StringComparison.OrdinalIgnoreCase) == true,
            },
        };
        options.Kafka.Tls.Check(reader, vault is not null && options.Kafka.MayHaveTls, now);
        options.SchemaRegistry.Tls.Check(reader, vault is not null && options.SchemaRegistry.MayHaveTls, now);
        return options;
    }

    private static KafkaMechanism ReadMechanism(SettingsReader reader, ApiKey? key, Uri? vault)
    {
        if (reader.IsSet(Settings.KafkaSaslMechanism))
            return reader.ReadWord(Settings.KafkaSaslMechanism,
                [.. new[] { KafkaMechanism.None, KafkaMechanism.Plain, KafkaMechanism.ScramSha256, KafkaMechanism.ScramSha512, KafkaMechanism.OAuthBearer }.Select(known => (known.Name(), known))]);

        var hasScope = reader.IsSet(Settings.OAuthScope);
        if (hasScope && key is not null)
            reader.Contradiction("KAFKA_API_KEY and OAUTH_SCOPE are both set: set KAFKA_SASL_MECHANISM to PLAIN or OAUTHBEARER to choose one, or remove the other.");
        return hasScope ? KafkaMechanism.OAuthBearer : key is not null || vault is not null ? KafkaMechanism.Plain : KafkaMechanism.None;
    }

    private static string? ReadScope(SettingsReader reader, Setting setting) => reader.IsSet(setting) ? reader.Read(setting, SettingsReader.Matches(Scope), "") : null;

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

    /// <summary>Entra gives an application tokens for all that it was granted at another, and so it is written.</summary>
    [GeneratedRegex(@"^[^\s,]+/\.default\z")]
    private static partial Regex Scope { get; }
}
