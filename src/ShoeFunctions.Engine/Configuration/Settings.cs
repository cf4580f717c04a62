using System.Collections.Immutable;
using ShoeFunctions.Engine.Ticks;

namespace ShoeFunctions.Engine.Configuration;

/// <summary>Every setting that the engine reads.</summary>
public static class Settings
{
    private const string ADuration = "a duration with a unit (ns, us, ms, s, m, h)";
    private const string WithNothingElse = " without credentials, query or fragment";
    private const string AFactor = "a factor is from 0 to 1000, with at most six decimals";
    private const string APem = "PEM text or the path of a PEM file";
    private const string AScope = "a scope of Microsoft Entra, which ends with /.default";
    private const string AUrl = "an http or https URL" + WithNothingElse;

    internal static readonly Setting KafkaBootstrapServers = new("KAFKA_BOOTSTRAP_SERVERS", null, "brokers as host:port, separated by commas, an IPv6 address in brackets ([::1]:9092)", "pkc-abc12.westeurope.azure.confluent.cloud:9092");
    internal static readonly Setting KafkaApiKey = new("KAFKA_API_KEY", null, "an API key, together with KAFKA_API_SECRET", "ABCDEFGHIJKLMNOP", IsSecret: true);
    internal static readonly Setting KafkaApiSecret = new("KAFKA_API_SECRET", null, "an API secret, together with KAFKA_API_KEY", "…", IsSecret: true);
    internal static readonly Setting KafkaSecurityProtocol = new("KAFKA_SECURITY_PROTOCOL", null, "PLAINTEXT, SSL, SASL_PLAINTEXT or SASL_SSL", "SASL_SSL");
    internal static readonly Setting KafkaSaslMechanism = new("KAFKA_SASL_MECHANISM", null, "none, PLAIN, SCRAM-SHA-256, SCRAM-SHA-512 or OAUTHBEARER", "SCRAM-SHA-512");
    internal static readonly Setting OAuthScope = new("OAUTH_SCOPE", null, AScope, "api://my-cluster/.default");
    internal static readonly Setting KafkaOAuthExtensions = new("KAFKA_OAUTH_EXTENSIONS", null, "name=value, separated by commas: names of letters, values of printable ASCII", "logicalCluster=lkc-abc123,identityPoolId=pool-abc1");
    internal static readonly Setting KafkaSslCa = new("KAFKA_SSL_CA", null, APem + " with certificates", "/etc/kafka/ca.pem", IsPem: true);
    internal static readonly Setting KafkaSslCertificate = new("KAFKA_SSL_CERTIFICATE", null, APem + " with a certificate, together with KAFKA_SSL_KEY", "/etc/kafka/client.pem", IsSecret: true, IsPem: true);
    internal static readonly Setting KafkaSslKey = new("KAFKA_SSL_KEY", null, APem + " with a private key, together with KAFKA_SSL_CERTIFICATE", "/etc/kafka/client.key", IsSecret: true, IsPem: true);
    internal static readonly Setting KafkaSslKeyPassword = new("KAFKA_SSL_KEY_PASSWORD", null, "the password of KAFKA_SSL_KEY", "…", IsSecret: true);
    internal static readonly Setting KafkaClientProperties = new("KAFKA_CLIENT_PROPERTIES", null, "librdkafka's properties as name=value, separated by commas", "linger.ms=20,client.dns.lookup=resolve_canonical_bootstrap_servers_only", IsNamed: true);
    internal static readonly Setting KafkaTopic = new("KAFKA_TOPIC", "js_shoe", "1 to 249 letters, digits, '.', '_' or '-', not '.' or '..'", "js_shoe");
    internal static readonly Setting KafkaMessageKey = new("KAFKA_MESSAGE_KEY", "none", "none, id or brand", "brand");
    internal static readonly Setting KafkaCompression = new("KAFKA_COMPRESSION", "gzip", "none, gzip, snappy, lz4 or zstd", "zstd");
    internal static readonly Setting KafkaRetryMax = new("KAFKA_RETRY_MAX", "5", "a whole number from 0 to 1000", "5");
    internal static readonly Setting KafkaTimeout = new("KAFKA_TIMEOUT", "30s", ADuration + " from 1s to 1h", "30s");
    internal static readonly Setting SchemaRegistryUrl = new("SCHEMA_REGISTRY_URL", null, AUrl + ", or several of the same registry, separated by commas", "https://psrc-abc12.westeurope.azure.confluent.cloud");
    internal static readonly Setting SchemaRegistryApiKey = new("SCHEMA_REGISTRY_API_KEY", null, "an API key, together with SCHEMA_REGISTRY_API_SECRET", "ABCDEFGHIJKLMNOP", IsSecret: true);
    internal static readonly Setting SchemaRegistryApiSecret = new("SCHEMA_REGISTRY_API_SECRET", null, "an API secret, together with SCHEMA_REGISTRY_API_KEY", "…", IsSecret: true);
    internal static readonly Setting SchemaRegistryOAuthScope = OAuthScope with { Name = "SCHEMA_REGISTRY_OAUTH_SCOPE", Example = "api://my-registry/.default" };
    internal static readonly Setting SchemaRegistryLogicalCluster = new("SCHEMA_REGISTRY_LOGICAL_CLUSTER", null, "a registry's id of letters, digits and '-', together with SCHEMA_REGISTRY_OAUTH_SCOPE", "lsrc-abc123");
    internal static readonly Setting SchemaRegistryIdentityPool = new("SCHEMA_REGISTRY_IDENTITY_POOL", null, "an identity pool's id, or several separated by commas, together with SCHEMA_REGISTRY_OAUTH_SCOPE", "pool-abc1");
    internal static readonly Setting SchemaRegistrySslCa = KafkaSslCa with { Name = "SCHEMA_REGISTRY_SSL_CA", Example = "/etc/registry/ca.pem" };
    internal static readonly Setting SchemaRegistrySslCertificate = new("SCHEMA_REGISTRY_SSL_CERTIFICATE", null, APem + " with a certificate, together with SCHEMA_REGISTRY_SSL_KEY", "/etc/registry/client.pem", IsSecret: true, IsPem: true);
    internal static readonly Setting SchemaRegistrySslKey = new("SCHEMA_REGISTRY_SSL_KEY", null, APem + " with a private key, together with SCHEMA_REGISTRY_SSL_CERTIFICATE", "/etc/registry/client.key", IsSecret: true, IsPem: true);
    internal static readonly Setting SchemaRegistrySslKeyPassword = new("SCHEMA_REGISTRY_SSL_KEY_PASSWORD", null, "the password of SCHEMA_REGISTRY_SSL_KEY", "…", IsSecret: true);
    internal static readonly Setting SchemaAutoRegister = new("SCHEMA_AUTO_REGISTER", "true", "true or false", "false");
    internal static readonly Setting ProduceSchedule = new("PRODUCE_SCHEDULE", "*/10 * * * * *", "a six-field NCRONTAB expression, UTC (second minute hour day month weekday), that fires", "0 */5 * * * *", IsAddress: false);
    internal static readonly Setting MessageInterval = new("MESSAGE_INTERVAL", "1s", ADuration + " above 0", "500ms");
    internal static readonly Setting BatchSize = new("BATCH_SIZE", null, $"a whole number from 1 to {Tick.MaxShoes}", "1000");
    internal static readonly Setting LoadCurve = new("LOAD_CURVE", null, "HH:MM=factor, separated by commas, each time later than the one before; " + AFactor, "00:00=0.2,08:00=1,20:00=3");
    internal static readonly Setting LoadWeek = new("LOAD_WEEK", null, "weekday=factor, separated by commas, each weekday (mon to sun) once; " + AFactor, "sat=1.5,sun=0.5");
    internal static readonly Setting LoadSpikes = new("LOAD_SPIKES", null, "time/duration=factor, separated by commas, none of which overlap: a time in UTC and " + ADuration + ", both in whole seconds; " + AFactor, "2026-11-27T08:00:00Z/1h=5");
    internal static readonly Setting Delivery = new("DELIVERY", "at-least-once", "at-least-once or exactly-once", "exactly-once");
    internal static readonly Setting CatchUpLimit = new("CATCH_UP_LIMIT", "60", "a whole number from 0 to 100000", "60");
    internal static readonly Setting FanOutAbove = new("FAN_OUT_ABOVE", "0", $"a whole number from 0 (never) to {Tick.MaxShoes}", "100000");
    internal static readonly Setting FanOutChunk = new("FAN_OUT_CHUNK", "50000", $"a whole number from 1 to {Tick.MaxShoes}", "50000");
    internal static readonly Setting ShoeSeed = new("SHOE_SEED", "0", "a whole number of 64 bits", "42");
    internal static readonly Setting Faults = new("FAULTS", null, "percentages of the shoes as kind=rate, separated by commas, which add up to 100 at most; kinds are late, repeated, corrupt, missing, outlier and reordered", "late=0.5%,repeated=0.2%");
    internal static readonly Setting FaultLateness = new("FAULT_LATENESS", "15m", ADuration + " from 1ms to 720h", "15m");
    internal static readonly Setting FaultLabels = new("FAULT_LABELS", "false", "true or false", "true");
    internal static readonly Setting KeyVaultUri = new("KEY_VAULT_URI", null, "an https URL" + WithNothingElse, "https://my-vault.vault.azure.net");
    internal static readonly Setting AllowInsecure = new("ALLOW_INSECURE", "false", "true or false", "true");
    internal static readonly Setting Serializer = new("SERIALIZER", "engine", "engine, or in the Functions app confluent", "confluent");
    internal static readonly Setting LogLevel = new("LOG_LEVEL", "info", "trace, debug, info, warn, error or critical", "debug");

    internal static readonly Setting EnableMetrics = new("ENABLE_METRICS", "true", "true or false", "false");

    // OpenTelemetry's and Azure Monitor's own, under the names that all programs have them.
    internal static readonly Setting OtlpEndpoint = new("OTEL_EXPORTER_OTLP_ENDPOINT", null, AUrl, "http://localhost:4317");
    internal static readonly Setting OtlpMetricsEndpoint = OtlpEndpoint with { Name = "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT" };
    internal static readonly Setting OtlpTracesEndpoint = OtlpEndpoint with { Name = "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT" };
    internal static readonly Setting OtlpLogsEndpoint = OtlpEndpoint with { Name = "OTEL_EXPORTER_OTLP_LOGS_ENDPOINT" };
    internal static readonly Setting OtlpProtocol = new("OTEL_EXPORTER_OTLP_PROTOCOL", null, "grpc or http/protobuf", "http/protobuf");
    internal static readonly Setting OtlpMetricsProtocol = OtlpProtocol with { Name = "OTEL_EXPORTER_OTLP_METRICS_PROTOCOL" };
    internal static readonly Setting OtlpTracesProtocol = OtlpProtocol with { Name = "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL" };
    internal static readonly Setting OtlpLogsProtocol = OtlpProtocol with { Name = "OTEL_EXPORTER_OTLP_LOGS_PROTOCOL" };
    internal static readonly Setting AzureMonitor = new("APPLICATIONINSIGHTS_CONNECTION_STRING", null, "a connection string with an InstrumentationKey", "InstrumentationKey=…;IngestionEndpoint=…", IsSecret: true);
    internal static readonly Setting AzureMonitorAuthentication = new("APPLICATIONINSIGHTS_AUTHENTICATION_STRING", null, "Authorization=AAD, and with a user-assigned identity ;ClientId=…", "Authorization=AAD");

    /// <summary>All that are ours, in the order in which the README lists them.</summary>
    public static ImmutableArray<Setting> All { get; } =
    [
        KafkaBootstrapServers, KafkaApiKey, KafkaApiSecret, KafkaSecurityProtocol, KafkaSaslMechanism, OAuthScope, KafkaOAuthExtensions,
        KafkaSslCa, KafkaSslCertificate, KafkaSslKey, KafkaSslKeyPassword, KafkaClientProperties, KafkaTopic, KafkaMessageKey,
        KafkaCompression, KafkaRetryMax, KafkaTimeout, SchemaRegistryUrl, SchemaRegistryApiKey, SchemaRegistryApiSecret,
        SchemaRegistryOAuthScope, SchemaRegistryLogicalCluster, SchemaRegistryIdentityPool, SchemaRegistrySslCa,
        SchemaRegistrySslCertificate, SchemaRegistrySslKey, SchemaRegistrySslKeyPassword, SchemaAutoRegister,
        ProduceSchedule, MessageInterval, BatchSize, LoadCurve, LoadWeek, LoadSpikes, Delivery, CatchUpLimit, FanOutAbove, FanOutChunk, ShoeSeed, Faults, FaultLateness, FaultLabels, KeyVaultUri, Serializer, AllowInsecure, LogLevel,
        EnableMetrics,
    ];
}
