using ShoeFunctions.Engine.Librdkafka;

namespace ShoeFunctions.Engine.Kafka;

/// <summary>Which of the C library's properties may be set, and which may not because something else rests on them.</summary>
/// <remarks>Source: librdkafka's CONFIGURATION.md.</remarks>
internal static class KafkaClientProperties
{
    private const string Guarantee = "which would break what is said of deliveries";
    private const string OwnSetting = "which has a setting of its own";

    /// <summary>By their names, and by the beginnings of names that end in a dot.</summary>
    private static readonly (string Name, string Why)[] Refused =
    [
        ("acks", $"{Guarantee}: a shoe counts when all replicas have it"),
        ("request.required.acks", $"{Guarantee}: a shoe counts when all replicas have it"),
        ("enable.idempotence", $"{Guarantee}: it depends on KAFKA_RETRY_MAX"),
        ("enable.gapless.guarantee", $"{Guarantee}: a failed shoe fails its tick, and no other"),
        ("max.in.flight", $"{Guarantee}: the brokers know a repeated batch among the last five"),
        ("max.in.flight.requests.per.connection", $"{Guarantee}: the brokers know a repeated batch among the last five"),
        ("delivery.report.only.error", $"{Guarantee}: every shoe's report is counted"),
        ("dr_cb", $"{Guarantee}: every shoe's report is counted"),
        ("dr_msg_cb", $"{Guarantee}: every shoe's report is counted"),
        ("enabled_events", $"{Guarantee}: every shoe's report is counted"),
        ("produce.offset.report", $"{Guarantee}: every shoe's report is counted"),
        ("transactional.id", $"{Guarantee}: the brokers would fence off other producers of that name"),
        ("transaction.timeout.ms", $"{Guarantee}: no transactions are used"),
        ("partitioner", $"{Guarantee}: a key's partition is the one that the Java client chooses"),
        ("sticky.partitioning.linger.ms", $"{Guarantee}: shoes without a key spread over all partitions"),
        ("message.timeout.ms", $"{OwnSetting}, KAFKA_TIMEOUT"),
        ("delivery.timeout.ms", $"{OwnSetting}, KAFKA_TIMEOUT"),
        ("request.timeout.ms", $"{Guarantee}: KAFKA_TIMEOUT alone says how long a shoe may take"),
        ("message.send.max.retries", $"{OwnSetting}, KAFKA_RETRY_MAX"),
        ("retries", $"{OwnSetting}, KAFKA_RETRY_MAX"),
        ("bootstrap.servers", $"{OwnSetting}, KAFKA_BOOTSTRAP_SERVERS"),
        ("metadata.broker.list", $"{OwnSetting}, KAFKA_BOOTSTRAP_SERVERS"),
        ("compression.type", $"{OwnSetting}, KAFKA_COMPRESSION"),
        ("compression.codec", $"{OwnSetting}, KAFKA_COMPRESSION"),
        ("security.protocol", $"{OwnSetting}, KAFKA_SECURITY_PROTOCOL"),
        ("sasl.mechanism", $"{OwnSetting}, KAFKA_SASL_MECHANISM"),
        ("sasl.mechanisms", $"{OwnSetting}, KAFKA_SASL_MECHANISM"),
        ("sasl.username", $"{OwnSetting}, KAFKA_API_KEY"),
        ("sasl.password", $"{OwnSetting}, KAFKA_API_SECRET"),
        ("sasl.oauthbearer.", $"{OwnSetting}, OAUTH_SCOPE"),
        ("enable.sasl.oauthbearer.unsecure.jwt", $"{OwnSetting}, OAUTH_SCOPE"),
        ("ssl.ca.", $"{OwnSetting}, KAFKA_SSL_CA"),
        ("ssl.certificate.", $"{OwnSetting}, KAFKA_SSL_CERTIFICATE"),
        ("ssl.key.password", $"{OwnSetting}, KAFKA_SSL_KEY_PASSWORD"),
        ("ssl.key.", $"{OwnSetting}, KAFKA_SSL_KEY"),
        ("ssl.keystore.", $"{OwnSetting}, KAFKA_SSL_CERTIFICATE"),
        ("statistics.interval.ms", $"{OwnSetting}, ENABLE_METRICS"),
        ("plugin.library.paths", $"{Guarantee}: what a plug-in does with records cannot be known"),
    ];

    /// <summary>Why a property cannot be set, as the end of a sentence, or null.</summary>
    /// <param name="name">The property.</param>
    /// <param name="value">Its value.</param>
    /// <param name="allowInsecure">Whether brokers may be trusted unseen.</param>
    public static string? WhyNot(string name, string value, bool allowInsecure)
    {
        foreach (var (refused, why) in Refused)
            if (name == refused || (refused[^1] == '.' && name.StartsWith(refused, StringComparison.Ordinal)))
                return $"has {name}, {why}";
        if (!allowInsecure && (name, value.ToLowerInvariant()) is ("enable.ssl.certificate.verification", not "true") or ("ssl.endpoint.identification.algorithm", not "https"))
            return $"has {name}={value}, which would trust any broker with the credentials; with ALLOW_INSECURE=true it may";
        return ClientLibrary.WhyNoProperty(name, value);
    }
}
