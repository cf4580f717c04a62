using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;
using Confluent.Kafka;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using ShoeFunctions.Engine.Credentials;
using ShoeFunctions.Engine.Failures;
using ShoeFunctions.Engine.Producing;
using ShoeFunctions.Engine.Serialization;
using ShoeFunctions.Engine.Telemetry;
using ShoeFunctions.Engine.Ticks;

namespace ShoeFunctions.Engine.Configuration;

/// <summary>All settings, read and checked.</summary>
public sealed partial record ShoeSettings(
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
        var settings = new ShoeSettings(
            ReadKafka(reader, limit ?? RunLimit.None), ReadSchemaRegistry(reader), ReadCredentials(reader), ReadTicks(reader, now, limit ?? RunLimit.None),
            reader.ReadWord(Settings.Serializer, ("engine", SerializerKind.Engine), ("confluent", SerializerKind.Confluent)),
            ReadLogLevel(reader),
            ReadTelemetry(reader));
        if (settings.Serializer == SerializerKind.Confluent && (confluent ?? ConfluentPart.OnlyInTheApp).WhyNot is { } whyNot)
            reader.Contradiction(whyNot);
        settings.CheckTogether(reader);
        return reader.Faults.Count == 0 ? settings : throw new SettingsException(reader.Faults);
    }

    /// <summary>
    /// Where telemetry goes, whatever else is wrong: so that this can be said there. Nowhere, where its own settings are wrong.
    /// </summary>
    public static TelemetryOptions ReadTelemetry(IConfiguration configuration)
    {
        var reader = new SettingsReader(configuration);
        var telemetry = ReadTelemetry(reader);
        return reader.Faults.Count == 0 ? telemetry : new TelemetryOptions();
    }

    /// <summary>Reads them for <see cref="IOptions{TOptions}"/>: when they are first asked for.</summary>
    internal sealed class Factory(IConfiguration configuration, TimeProvider time, ConfluentPart confluent, RunLimit limit) : IOptionsFactory<ShoeSettings>
    {
        public ShoeSettings Create(string name) => Read(configuration, time.GetUtcNow(), confluent, limit);
    }

    private static KafkaOptions ReadKafka(SettingsReader reader, RunLimit limit) => new()
    {
        BootstrapServers = reader.Read(Settings.KafkaBootstrapServers, IsHostsWithPorts, "localhost:9092"),
        SecurityProtocol = reader.IsSet(Settings.KafkaSecurityProtocol)
            ? reader.ReadWord<SecurityProtocol?>(Settings.KafkaSecurityProtocol,
                ("PLAINTEXT", SecurityProtocol.Plaintext), ("SSL", SecurityProtocol.Ssl), ("SASL_PLAINTEXT", SecurityProtocol.SaslPlaintext), ("SASL_SSL", SecurityProtocol.SaslSsl))
            // Credentials that a vault is to have may come late, and must not find plaintext then.
            : reader.IsSet(Settings.KeyVaultUri) ? Confluent.Kafka.SecurityProtocol.SaslSsl : null,
        Topic = reader.Read(Settings.KafkaTopic, Matches(TopicName), ""),
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

    private static SchemaRegistryOptions ReadSchemaRegistry(SettingsReader reader) => ReadSchemaRegistry(reader, reader.ReadUrls(Settings.SchemaRegistryUrl, new Uri("http://localhost")));

    private static SchemaRegistryOptions ReadSchemaRegistry(SettingsReader reader, Uri[] urls) => new()
    {
        Url = urls[0],
        Others = urls[1..],
        AutoRegister = reader.ReadWord(Settings.SchemaAutoRegister, ("true", true), ("false", false)),
    };

    private static CredentialOptions ReadCredentials(SettingsReader reader) => new()
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

    /// <summary>What is wrong with the connections, as far as the settings alone tell. What a vault adds is checked when it is read.</summary>
    private void CheckTogether(SettingsReader reader)
    {
        try
        {
            if (Credentials.VaultUri is null || Credentials.Kafka is not null)
                Kafka.ProtocolFor(Credentials.Kafka, Credentials.AllowInsecure);
            SchemaRegistry.RefuseInsecure(Credentials.SchemaRegistry, Credentials.AllowInsecure);
        }
        catch (FailureException wrong)
        {
            reader.Contradiction(wrong.Message);
        }
    }

    private static TickOptions ReadTicks(SettingsReader reader, DateTimeOffset now, RunLimit limit)
    {
        if (reader.IsSet(Settings.MessageInterval) && reader.IsSet(Settings.BatchSize))
            reader.Contradiction("MESSAGE_INTERVAL and BATCH_SIZE are both set: a tick's size follows from one of them; remove the other.");

        ShoeRate rate = reader.IsSet(Settings.BatchSize)
            ? new ShoeRate.Batch(reader.ReadInt(Settings.BatchSize, 1, Tick.MaxShoes))
            : new ShoeRate.Interval(reader.Read(
                Settings.MessageInterval, (string text, out long nanoseconds) => GoDuration.TryParse(text, out nanoseconds) && nanoseconds > 0, 1_000_000_000));

        var schedule = reader.Read(
            Settings.ProduceSchedule,
            (string text, out TickSchedule parsed) => TickSchedule.TryParse(text, rate, out parsed) && parsed.Next(now) is not null,
            null!,
            more: text => TickSchedule.Fault(text) ?? "It never fires.");
        if (schedule?.FindOverfull(now) is { } overfull)
            reader.Contradiction(
                $"MESSAGE_INTERVAL: with this PRODUCE_SCHEDULE the tick {overfull} would hold {schedule.ShoesIn(overfull)} shoes; "
                + $"a tick holds at most {Tick.MaxShoes}: raise the interval, or let the schedule fire more often.");

        return new TickOptions
        {
            Schedule = schedule!,
            LongestRun = limit.ForTicks,
            CatchUpLimit = reader.ReadInt(Settings.CatchUpLimit, 0, 100_000),
            Seed = reader.Read(
                Settings.ShoeSeed, (string text, out long seed) => long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out seed), 0),
        };
    }

    private static LogLevel ReadLogLevel(SettingsReader reader) => reader.ReadWord(Settings.LogLevel,
        ("info", LogLevel.Information), ("trace", LogLevel.Trace), ("debug", LogLevel.Debug), ("warn", LogLevel.Warning), ("warning", LogLevel.Warning),
        ("error", LogLevel.Error), ("critical", LogLevel.Critical));

    private static TelemetryOptions ReadTelemetry(SettingsReader reader)
    {
        // What is off cannot be wrong.
        if (!reader.ReadWord(Settings.EnableMetrics, ("true", true), ("false", false)))
            return new TelemetryOptions();

        var endpoints = new List<Uri>();
        var everything = IsOtlp(Settings.OtlpEndpoint);
        var options = new TelemetryOptions
        {
            OtlpMetrics = IsOtlp(Settings.OtlpMetricsEndpoint) || everything,
            OtlpTraces = IsOtlp(Settings.OtlpTracesEndpoint) || everything,
            OtlpLogs = IsOtlp(Settings.OtlpLogsEndpoint) || everything,
            AzureMonitor = reader.IsSet(Settings.AzureMonitor) ? reader.Read(Settings.AzureMonitor, Matches(AzureMonitorConnection), "") : null,
            Identity = reader.IsSet(Settings.AzureMonitorAuthentication)
                ? reader.Read<TelemetryOptions.EntraIdentity?>(Settings.AzureMonitorAuthentication, TelemetryOptions.EntraIdentity.TryParse, null) : null,
        };
        if (options.AzureMonitor is { } azure && Uri.TryCreate(IngestionEndpoint.Match(azure).Groups[1].Value, UriKind.Absolute, out var ingestion))
            endpoints.Add(ingestion);
        foreach (var protocol in new[] { Settings.OtlpProtocol, Settings.OtlpMetricsProtocol, Settings.OtlpTracesProtocol, Settings.OtlpLogsProtocol })
            if (reader.IsSet(protocol))
                reader.ReadWord(protocol, ("grpc", 0), ("http/protobuf", 1));
        return options with { Endpoints = endpoints.ToImmutableArray() };

        bool IsOtlp(Setting endpoint)
        {
            if (!reader.IsSet(endpoint) || reader.ReadUrl(endpoint, null!) is not { } url)
                return false;
            endpoints.Add(url);
            return true;
        }
    }

    private static bool IsHostsWithPorts(string text, out string servers)
    {
        var all = text.Split(',', StringSplitOptions.TrimEntries);
        servers = string.Join(',', all);
        return Array.TrueForAll(all, server =>
            HostAndPort.Match(server) is { Success: true } match && int.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture) is > 0 and < 65536);
    }

    private static SettingsReader.TryParse<string> Matches(Regex pattern) => (string text, out string value) =>
    {
        value = text;
        return pattern.IsMatch(text);
    };

    [GeneratedRegex(@"^(?!\.\.?\z)[A-Za-z0-9._-]{1,249}\z")]
    private static partial Regex TopicName { get; }

    [GeneratedRegex(@"(?:^|;) *InstrumentationKey *= *[0-9A-Fa-f-]{36} *(?:;|\z)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex AzureMonitorConnection { get; }

    [GeneratedRegex(@"(?:^|;) *IngestionEndpoint *= *([^; ]+)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex IngestionEndpoint { get; }

    [GeneratedRegex(@"^(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:]+\]):([0-9]{1,5})\z")]
    private static partial Regex HostAndPort { get; }
}
