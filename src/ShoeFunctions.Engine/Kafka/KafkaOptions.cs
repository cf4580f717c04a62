using System.Globalization;
using System.Text.RegularExpressions;
using Confluent.Kafka;
using ShoeFunctions.Engine.Configuration;
using ShoeFunctions.Engine.Credentials;
using ShoeFunctions.Engine.Failures;
using ShoeFunctions.Engine.Network;
using ShoeFunctions.Engine.Ticks;

namespace ShoeFunctions.Engine.Kafka;

/// <summary>Which topic of which cluster the shoes go to, and how.</summary>
public sealed partial record KafkaOptions
{
    /// <summary>What the brokers know every client of ours as.</summary>
    internal const string ClientId = "shoefunctions";

    /// <summary>The brokers to begin with: <c>host:port,…</c>.</summary>
    public required string BootstrapServers { get; init; }

    /// <summary>TLS and SASL, or not; null for SASL over TLS where there are credentials, and neither where there are none and cannot come any.</summary>
    public SecurityProtocol? SecurityProtocol { get; init; }

    /// <summary>How the brokers are told who we are.</summary>
    public KafkaMechanism Mechanism { get; init; }

    /// <summary>What is sent with a token, name and value.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> OAuthExtensions { get; init; } = [];

    /// <summary>Further properties of the C library, name and value.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> ClientProperties { get; init; } = [];

    /// <summary>The topic.</summary>
    public string Topic { get; init; } = "js_shoe";

    /// <summary>What a record's key is.</summary>
    public MessageKey MessageKey { get; init; } = MessageKey.None;

    /// <summary>How batches of records are compressed on the wire and on the topic.</summary>
    public CompressionType Compression { get; init; } = CompressionType.Gzip;

    /// <summary>How hard it is compressed, or null for the client's own way. gzip's is 6, and costs twice as much as 3 for a tenth fewer bytes: bench/README.md.</summary>
    internal int? CompressionLevel
    {
        get => field ?? (Compression == CompressionType.Gzip ? 3 : null);
        init;
    }

    /// <summary>How often one message is sent again after the first time.</summary>
    public int RetryMax { get; init; } = 5;

    /// <summary>The longest wait for one delivery.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How ticks are transactions; null where what is sent is there at least once.</summary>
    public TransactionOptions? Transactions { get; init; }

    /// <summary>The protocol to speak.</summary>
    /// <param name="credentials">The credentials.</param>
    /// <param name="allowInsecure">Whether credentials may go unencrypted to other machines.</param>
    /// <exception cref="FailureException">The credentials and the protocol do not go together.</exception>
    public SecurityProtocol ProtocolFor(PeerCredentials credentials, bool allowInsecure) =>
        ProtocolFor(credentials.Key is not null, hasTls: credentials.Tls is not null, allowInsecure);

    /// <summary>The same, for credentials of which no more is known.</summary>
    internal SecurityProtocol ProtocolFor(bool hasKey, bool hasTls, bool allowInsecure)
    {
        var saysWho = Mechanism == KafkaMechanism.OAuthBearer || hasKey;
        var protocol = SecurityProtocol
            ?? (saysWho || Mechanism != KafkaMechanism.None ? Confluent.Kafka.SecurityProtocol.SaslSsl
                : hasTls ? Confluent.Kafka.SecurityProtocol.Ssl : Confluent.Kafka.SecurityProtocol.Plaintext);
        var isSasl = protocol is Confluent.Kafka.SecurityProtocol.SaslSsl or Confluent.Kafka.SecurityProtocol.SaslPlaintext;
        return (isSasl, saysWho) switch
        {
            (true, false) => throw Bad("no-credentials",
                "There are no credentials for the brokers, and SASL needs them: set KAFKA_API_KEY and KAFKA_API_SECRET or OAUTH_SCOPE or, with KEY_VAULT_URI, add kafka-api-key "
                + "and kafka-api-secret to the vault; where the brokers ask for none, set KAFKA_SECURITY_PROTOCOL to SSL or PLAINTEXT."),
            (false, true) => throw Bad("no-sasl", Mechanism == KafkaMechanism.OAuthBearer
                ? $"KAFKA_SECURITY_PROTOCOL is {Name(protocol)}, which sends the brokers no token: set it to SASL_SSL, or remove OAUTH_SCOPE."
                : $"KAFKA_API_KEY is set, and KAFKA_SECURITY_PROTOCOL asks for no SASL: set it to SASL_SSL, or remove the key and its secret."),
            (true, _) when Mechanism == KafkaMechanism.None => throw Bad("no-sasl",
                "KAFKA_API_KEY is set, and KAFKA_SASL_MECHANISM is none: name the mechanism, or remove the key and its secret."),
            _ when hasTls && !IsTls(protocol) => throw Bad("no-tls",
                $"Certificates are set for the brokers, and KAFKA_SECURITY_PROTOCOL is {Name(protocol)}, which is not TLS: set it to SSL or SASL_SSL, or remove KAFKA_SSL_CA, KAFKA_SSL_CERTIFICATE and KAFKA_SSL_KEY."),
            _ when protocol == Confluent.Kafka.SecurityProtocol.SaslPlaintext && !allowInsecure && !BootstrapServers.Split(',').All(Loopback.IsHostAndPort) => throw Bad("insecure",
                "KAFKA_SECURITY_PROTOCOL=SASL_PLAINTEXT would send the credentials unencrypted to another machine: use SASL_SSL, or set ALLOW_INSECURE=true."),
            _ => protocol,
        };
    }

    /// <summary>What every client of the cluster is configured with.</summary>
    /// <exception cref="FailureException">The credentials and the protocol do not go together.</exception>
    public ClientConfig ClientConfig(PeerCredentials credentials, bool allowInsecure) => ClientConfig(ProtocolFor(credentials, allowInsecure), credentials);

    /// <summary>A configuration with the properties that the settings name, in place of ours.</summary>
    internal T Adjusted<T>(T config) where T : ClientConfig
    {
        foreach (var (name, value) in ClientProperties)
            config.Set(name, value);
        return config;
    }

    private static bool IsTls(SecurityProtocol protocol) => protocol is Confluent.Kafka.SecurityProtocol.Ssl or Confluent.Kafka.SecurityProtocol.SaslSsl;

    private static string Name(SecurityProtocol protocol) => protocol switch
    {
        Confluent.Kafka.SecurityProtocol.Plaintext => "PLAINTEXT",
        Confluent.Kafka.SecurityProtocol.Ssl => "SSL",
        Confluent.Kafka.SecurityProtocol.SaslPlaintext => "SASL_PLAINTEXT",
        _ => "SASL_SSL",
    };

    private ClientConfig ClientConfig(SecurityProtocol protocol, PeerCredentials credentials) => new()
    {
        BootstrapServers = BootstrapServers,
        ClientId = ClientId,
        SecurityProtocol = protocol,
        SslCaPem = IsTls(protocol) ? credentials.Tls?.CaPem ?? SystemTrust.Pem : null,
        SslCertificatePem = credentials.Tls?.CertificatePem,
        SslKeyPem = credentials.Tls?.KeyPem,
        SaslMechanism = protocol is Confluent.Kafka.SecurityProtocol.Plaintext or Confluent.Kafka.SecurityProtocol.Ssl ? null : Mechanism switch
        {
            KafkaMechanism.ScramSha256 => SaslMechanism.ScramSha256,
            KafkaMechanism.ScramSha512 => SaslMechanism.ScramSha512,
            KafkaMechanism.OAuthBearer => SaslMechanism.OAuthBearer,
            _ => SaslMechanism.Plain,
        },
        SaslUsername = credentials.Key?.Key,
        SaslPassword = credentials.Key?.Secret,

        // Azure drops connections that are idle for four minutes, without a word (librdkafka#3109).
        ConnectionsMaxIdleMs = 180_000,
        MetadataMaxAgeMs = 180_000,
        SocketKeepaliveEnable = true,

        // A cluster that comes back is found within a second instead of ten, and one that does not says why in every tick.
        ReconnectBackoffMaxMs = 1000,

        // The brokers are not told of clients and their versions, nor asked to; and the client does not log that it could not.
        EnableMetricsPush = false,
    };

    private static FailureException Bad(string code, string advice) =>
        new(new Failure(FailureSource.Settings, "read settings", FailureKind.Invalid, code, false, advice));

    /// <summary>Reads what the settings say of the cluster and the topic.</summary>
    internal static KafkaOptions Read(SettingsReader reader, RunLimit limit, KafkaMechanism mechanism) => new()
    {
        Mechanism = mechanism,
        OAuthExtensions = reader.IsSet(Settings.KafkaOAuthExtensions) ? ReadExtensions(reader) : [],
        ClientProperties = reader.IsSet(Settings.KafkaClientProperties) ? ReadProperties(reader) : [],
        BootstrapServers = reader.Read(Settings.KafkaBootstrapServers, IsHostsWithPorts, "localhost:9092"),
        SecurityProtocol = reader.IsSet(Settings.KafkaSecurityProtocol)
            ? reader.ReadWord<SecurityProtocol?>(Settings.KafkaSecurityProtocol,
                ("PLAINTEXT", Confluent.Kafka.SecurityProtocol.Plaintext), ("SSL", Confluent.Kafka.SecurityProtocol.Ssl), ("SASL_PLAINTEXT", Confluent.Kafka.SecurityProtocol.SaslPlaintext), ("SASL_SSL", Confluent.Kafka.SecurityProtocol.SaslSsl))
            // Credentials that a vault is to have may come late, and must not find plaintext then.
            : !reader.IsSet(Settings.KeyVaultUri) ? null
            : mechanism == KafkaMechanism.None ? Confluent.Kafka.SecurityProtocol.Ssl : Confluent.Kafka.SecurityProtocol.SaslSsl,
        Topic = reader.Read(Settings.KafkaTopic, SettingsReader.Matches(TopicName), ""),
        MessageKey = reader.ReadWord(Settings.KafkaMessageKey, ("none", MessageKey.None), ("id", MessageKey.Id), ("brand", MessageKey.Brand)),
        Compression = reader.ReadWord(Settings.KafkaCompression,
            ("none", CompressionType.None), ("gzip", CompressionType.Gzip), ("snappy", CompressionType.Snappy), ("lz4", CompressionType.Lz4), ("zstd", CompressionType.Zstd)),
        RetryMax = reader.ReadInt(Settings.KafkaRetryMax, 0, 1000),
        Timeout = ReadTimeout(reader, limit),
    };

    private static TimeSpan ReadTimeout(SettingsReader reader, RunLimit limit)
    {
        var timeout = reader.ReadDuration(Settings.KafkaTimeout, TimeSpan.FromSeconds(1), TimeSpan.FromHours(1));
        if (timeout > limit.ForTicks)
            reader.Refuse(
                Settings.KafkaTimeout, reader.Text(Settings.KafkaTimeout) ?? Settings.KafkaTimeout.Default!, $"is longer than a run may be: {limit.Reason}",
                $"a duration from 1s to {(long)limit.ForTicks.TotalSeconds}s");
        return timeout;
    }

    private static IReadOnlyList<KeyValuePair<string, string>> ReadExtensions(SettingsReader reader)
    {
        if (!reader.IsSet(Settings.OAuthScope))
            reader.Contradiction("KAFKA_OAUTH_EXTENSIONS is sent with a token, and OAUTH_SCOPE is not set: set it, or remove the extensions.");
        string? why = null;
        return reader.Read<IReadOnlyList<KeyValuePair<string, string>>>(
            Settings.KafkaOAuthExtensions,
            (string text, out IReadOnlyList<KeyValuePair<string, string>> extensions) =>
            {
                why = NamedValues.Read(text, out var values);
                extensions = values;
                why ??= values.Find(value => !ExtensionName.IsMatch(value.Key) || value.Key == "auth") is { Key: { } name } ? $"has {name}, which is no name that the protocol allows"
                    : values.Find(value => !ExtensionValue.IsMatch(value.Value)) is { Key: { } bad } ? $"has a value for {bad} that the protocol does not allow" : null;
                return why is null;
            },
            [],
            _ => why);
    }

    private static IReadOnlyList<KeyValuePair<string, string>> ReadProperties(SettingsReader reader)
    {
        string? why = null;
        return reader.Read<IReadOnlyList<KeyValuePair<string, string>>>(
            Settings.KafkaClientProperties,
            (string text, out IReadOnlyList<KeyValuePair<string, string>> properties) =>
            {
                why = NamedValues.Read(text, out var values);
                properties = values;
                var isAllowed = string.Equals(reader.Text(Settings.AllowInsecure), "true", StringComparison.OrdinalIgnoreCase);
                if (why is null && values.Select(value => KafkaClientProperties.WhyNot(value.Key, value.Value, isAllowed)).OfType<string>().ToArray() is { Length: > 0 } all)
                    why = string.Join("; ", all);
                return why is null;
            },
            [],
            _ => why);
    }

    private static bool IsHostsWithPorts(string text, out string servers)
    {
        var all = text.Split(',', StringSplitOptions.TrimEntries);
        servers = string.Join(',', all);
        return Array.TrueForAll(all, server =>
            HostAndPort.Match(server) is { Success: true } match && int.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture) is > 0 and < 65536);
    }

    /// <summary>RFC 7628, section 3.1: a key of letters, and a value of what can be printed, blanks and line ends.</summary>
    [GeneratedRegex(@"^[A-Za-z]+\z")]
    private static partial Regex ExtensionName { get; }

    [GeneratedRegex(@"^[\x20-\x7E\t]+\z")]
    private static partial Regex ExtensionValue { get; }

    [GeneratedRegex(@"^(?!\.\.?\z)[A-Za-z0-9._-]{1,249}\z")]
    private static partial Regex TopicName { get; }

    [GeneratedRegex(@"^(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:]+\]):([0-9]{1,5})\z")]
    private static partial Regex HostAndPort { get; }
}
