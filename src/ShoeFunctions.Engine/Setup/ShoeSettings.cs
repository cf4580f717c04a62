using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using ShoeFunctions.Engine.Configuration;
using ShoeFunctions.Engine.Credentials;
using ShoeFunctions.Engine.Failures;
using ShoeFunctions.Engine.Kafka;
using ShoeFunctions.Engine.Running;
using ShoeFunctions.Engine.SchemaRegistry;
using ShoeFunctions.Engine.Serialization;
using ShoeFunctions.Engine.Telemetry;
using ShoeFunctions.Engine.Ticks;

namespace ShoeFunctions.Engine.Setup;

/// <summary>All settings, read and checked.</summary>
public sealed record ShoeSettings(
    KafkaOptions Kafka, SchemaRegistryOptions SchemaRegistry, CredentialOptions Credentials, TickOptions Ticks, SerializerKind Serializer, LogLevel LogLevel,
    TelemetryOptions Telemetry)
{
    /// <summary>Reads all settings.</summary>
    /// <param name="configuration">Where they are, under their names.</param>
    /// <param name="now">When: a schedule is checked from then on.</param>
    /// <param name="limit">How long a run may last.</param>
    /// <param name="confluent">Whether Confluent's serialiser is there to be chosen; as a rule only the Functions app has it.</param>
    /// <exception cref="SettingsException">Some are wrong; it lists all that are.</exception>
    public static ShoeSettings Read(IConfiguration configuration, DateTimeOffset now, ConfluentPart? confluent = null, RunLimit? limit = null)
    {
        var reader = new SettingsReader(configuration);
        var credentials = CredentialOptions.Read(reader, now);
        var settings = new ShoeSettings(
            KafkaOptions.Read(reader, limit ?? RunLimit.None, credentials.Mechanism), SchemaRegistryOptions.Read(reader), credentials, TickOptions.Read(reader, now, limit ?? RunLimit.None),
            reader.ReadWord(Settings.Serializer, ("engine", SerializerKind.Engine), ("confluent", SerializerKind.Confluent)),
            ReadLogLevel(reader),
            TelemetryOptions.Read(reader));
        if (settings.Serializer == SerializerKind.Confluent && (confluent ?? ConfluentPart.OnlyInTheApp).WhyNot is { } whyNot)
            reader.Contradiction(whyNot);
        if (settings.Serializer == SerializerKind.Confluent && credentials.SchemaRegistry.Tls.IsSet)
            reader.Contradiction(ConfluentPart.NoCertificates);
        if (reader.ReadWord(Settings.Delivery, ("at-least-once", false), ("exactly-once", true)))
            settings = settings.WithTransactions(reader, now);
        settings.CheckTogether(reader);
        if (reader.Faults.Count == 0 && settings.Kafka.ClientProperties.Count > 0 && KafkaSender.WhyNotMade(settings.Kafka) is { } whyNotMade)
            reader.Refuse(Settings.KafkaClientProperties, reader.Text(Settings.KafkaClientProperties)!, whyNotMade);
        return reader.Faults.Count == 0 ? settings : throw new SettingsException(reader.Faults);
    }

    /// <summary>Reads them for <see cref="IOptions{TOptions}"/>: when they are first asked for.</summary>
    internal sealed class Factory(IConfiguration configuration, TimeProvider time, ConfluentPart confluent, RunLimit limit) : IOptionsFactory<ShoeSettings>
    {
        public ShoeSettings Create(string name) => Read(configuration, time.GetUtcNow(), confluent, limit);
    }

    /// <summary>Each tick is a transaction, which one producer makes, and which ends before the brokers end it.</summary>
    private ShoeSettings WithTransactions(SettingsReader reader, DateTimeOffset now)
    {
        if (Ticks.FanOutAbove > 0)
            reader.Contradiction("FAN_OUT_ABOVE is set, and DELIVERY is exactly-once: a tick is then one transaction of one producer, and chunks that several instances make would be several. Set FAN_OUT_ABOVE to 0, or DELIVERY to at-least-once.");
        if (Kafka.RetryMax == 0)
            reader.Contradiction("KAFKA_RETRY_MAX is 0, and DELIVERY is exactly-once: without sending again there are no transactions. Raise it, or set DELIVERY to at-least-once.");
        if (Kafka.Timeout > TransactionOptions.LongestTimeout - TransactionOptions.Margin)
            reader.Contradiction($"KAFKA_TIMEOUT is longer than {(TransactionOptions.LongestTimeout - TransactionOptions.Margin).TotalSeconds:0}s, and DELIVERY is exactly-once: the brokers abort transactions after {TransactionOptions.LongestTimeout.TotalMinutes:0} minutes. Lower it, or set DELIVERY to at-least-once.");

        // A tick may take as long as until the next one.
        var step = Ticks.Schedule?.Next(now) is { } next ? Ticks.Schedule.StepAfter(next) : TimeSpan.Zero;
        return this with { Kafka = Kafka with { Transactions = TransactionOptions.Of(Kafka.Topic, step > Kafka.Timeout ? step : Kafka.Timeout) } };
    }

    /// <summary>What is wrong with the connections, as far as the settings alone tell. What a vault adds is checked when it is read.</summary>
    private void CheckTogether(SettingsReader reader)
    {
        try
        {
            if (Credentials.VaultUri is null || Credentials.Kafka.Key is not null || !Credentials.Kafka.MayHaveKey)
                Kafka.ProtocolFor(Credentials.Kafka.Key is not null, Credentials.Kafka.Tls.IsSet, Credentials.AllowInsecure);
            SchemaRegistry.RefuseInsecure(Credentials.SchemaRegistry.Key is not null || Credentials.SchemaRegistry.Scope is not null, Credentials.AllowInsecure);
            if (Credentials.SchemaRegistry.Tls.First is { } unused && SchemaRegistry.Urls.All(url => url.Scheme == "http"))
                reader.Contradiction($"{unused.Name} is set, and SCHEMA_REGISTRY_URL is http, which is not TLS: use https, or remove {unused.Name}.");
        }
        catch (FailureException wrong)
        {
            reader.Contradiction(wrong.Message);
        }
    }

    private static LogLevel ReadLogLevel(SettingsReader reader) => reader.ReadWord(Settings.LogLevel,
        ("info", LogLevel.Information), ("trace", LogLevel.Trace), ("debug", LogLevel.Debug), ("warn", LogLevel.Warning), ("warning", LogLevel.Warning),
        ("error", LogLevel.Error), ("critical", LogLevel.Critical));
}
