using Confluent.Kafka;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using ShoeFunctions.Engine.Configuration;
using ShoeFunctions.Engine.Credentials;
using ShoeFunctions.Engine.Failures;
using ShoeFunctions.Engine.Kafka;
using ShoeFunctions.Engine.Running;
using ShoeFunctions.Engine.Setup;

namespace ShoeFunctions.Engine.Tests.Setup;

public sealed class ShoeSettingsTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 23, 14, 0, 0, TimeSpan.Zero);

    [Fact]
    public void With_nothing_but_the_addresses_the_defaults_hold()
    {
        var settings = Read();
        Assert.Equal("js_shoe", settings.Kafka.Topic);
        Assert.Equal(SecurityProtocol.Plaintext, settings.Kafka.ProtocolFor(new PeerCredentials(settings.Credentials.Kafka.Key), allowInsecure: false));
        Assert.Equal((null, null, null, KafkaMechanism.None, false), (settings.Credentials.Kafka.Key, settings.Credentials.SchemaRegistry.Key, settings.Credentials.VaultUri, settings.Credentials.Mechanism, settings.Credentials.AllowInsecure));
        Assert.Equal(MessageKey.None, settings.Kafka.MessageKey);
        Assert.Equal(5, settings.Kafka.RetryMax);
        Assert.Equal(TimeSpan.FromSeconds(30), settings.Kafka.Timeout);
        Assert.True(settings.SchemaRegistry.AutoRegister);
        Assert.Equal(10, settings.Ticks.Schedule.ShoesIn(settings.Ticks.Schedule.Next(Now)!.Value));
        Assert.Equal(60, settings.Ticks.CatchUpLimit);
        Assert.Equal(0, settings.Ticks.Seed);
        Assert.Equal(LogLevel.Information, settings.LogLevel);
    }

    [Fact]
    public void The_options_own_defaults_are_the_settings_defaults()
    {
        var settings = Read();
        Assert.Equal(settings.Kafka, new KafkaOptions { BootstrapServers = settings.Kafka.BootstrapServers });
        Assert.Equal(settings.Ticks, new TickOptions { Schedule = settings.Ticks.Schedule });
    }

    [Theory]
    [InlineData("KAFKA_TOPIC", "js_shoe\n")]
    [InlineData("KAFKA_TOPIC", "..\n")]
    [InlineData("KAFKA_BOOTSTRAP_SERVERS", "localhost:\n9092")]
    [InlineData("PRODUCE_SCHEDULE", "*/10 * * * * *\n")]
    [InlineData("MESSAGE_INTERVAL", "1s\n")]
    [InlineData("BATCH_SIZE", "10\n")]
    [InlineData("APPLICATIONINSIGHTS_CONNECTION_STRING", "InstrumentationKey=00000000-0000-0000-0000-000000000000\n")]
    public void A_line_end_is_no_part_of_a_value(string name, string value) =>
        Assert.StartsWith($"{name}: ", Assert.Single(Faults((name, value))), StringComparison.Ordinal);

    [Fact]
    public void White_space_around_brokers_goes() =>
        Assert.Equal("localhost:9092,broker.example:9093", Read(("KAFKA_BOOTSTRAP_SERVERS", "localhost:9092, broker.example:9093\n")).Kafka.BootstrapServers);

    [Fact]
    public void Credentials_ask_for_SASL_over_TLS()
    {
        var settings = Read(("KAFKA_API_KEY", "key"), ("KAFKA_API_SECRET", "secret"));
        Assert.Equal(SecurityProtocol.SaslSsl, settings.Kafka.ProtocolFor(new PeerCredentials(settings.Credentials.Kafka.Key), allowInsecure: false));
    }

    [Theory]
    [InlineData(" hush-it", "KAFKA_API_SECRET: a value of 8 to 31 characters with white space around it")]
    [InlineData("hush-hush-hush-hush-hush\n", "KAFKA_API_SECRET: a value of 8 to 31 characters with white space around it")]
    [InlineData("\"hush\"", "KAFKA_API_SECRET: a value of less than 8 characters with quotes around it")]
    [InlineData("@Microsoft.KeyVault(SecretUri=https://v/secrets/s)", "KAFKA_API_SECRET: a Key Vault reference that was not resolved")]
    public void A_secret_that_is_plainly_none_is_named_by_its_length_alone(string secret, string message)
    {
        var fault = Assert.Single(Faults(("KAFKA_API_KEY", "key"), ("KAFKA_API_SECRET", secret)));
        Assert.StartsWith(message, fault, StringComparison.Ordinal);
        Assert.DoesNotContain(secret.Trim('"', ' ', '\n'), fault, StringComparison.Ordinal);
    }

    [Fact]
    public void A_Key_Vault_reference_that_was_not_resolved_is_said_for_any_setting() =>
        Assert.Contains("KAFKA_BOOTSTRAP_SERVERS: a Key Vault reference that was not resolved", Assert.Single(Faults(("KAFKA_BOOTSTRAP_SERVERS", "@Microsoft.KeyVault(x)"))), StringComparison.Ordinal);

    [Theory]
    [InlineData("KAFKA_SECURITY_PROTOCOL", "SASL_PLAINTEXT", "KAFKA_BOOTSTRAP_SERVERS", "localhost:9092,broker.example:9092")]
    [InlineData("SCHEMA_REGISTRY_URL", "http://registry.example", "KAFKA_TOPIC", "js_shoe")]
    public void Credentials_go_unencrypted_only_to_this_machine_or_where_it_is_allowed(string name, string value, string otherName, string other)
    {
        (string, string)[] settings =
        [
            ("KAFKA_API_KEY", "key"), ("KAFKA_API_SECRET", "secret"), ("SCHEMA_REGISTRY_API_KEY", "key"), ("SCHEMA_REGISTRY_API_SECRET", "secret"),
            (name, value), (otherName, other),
        ];
        Assert.Contains("ALLOW_INSECURE=true", Assert.Single(Faults(settings)), StringComparison.Ordinal);
        Read([.. settings, ("ALLOW_INSECURE", "true")]);
        Read([.. settings, (otherName, otherName == "KAFKA_BOOTSTRAP_SERVERS" ? "localhost:9092,127.0.0.1:9,[::1]:9" : other), ("SCHEMA_REGISTRY_URL", "http://[::1]:8081")]);
    }

    [Fact]
    public void A_key_without_SASL_is_a_contradiction() =>
        Assert.Contains("asks for no SASL", Assert.Single(Faults(("KAFKA_API_KEY", "key"), ("KAFKA_API_SECRET", "secret"), ("KAFKA_SECURITY_PROTOCOL", "SSL"))), StringComparison.Ordinal);

    [Fact]
    public void With_a_vault_SASL_needs_no_credentials_among_the_settings() =>
        Read(("KEY_VAULT_URI", "https://my-vault.vault.azure.net"), ("KAFKA_SECURITY_PROTOCOL", "SASL_SSL"));

    [Fact]
    public void With_a_vault_whose_credentials_are_not_there_yet_the_brokers_are_not_spoken_to_in_plaintext()
    {
        var settings = Read(("KEY_VAULT_URI", "https://my-vault.vault.azure.net"));
        var failure = Assert.Throws<FailureException>(() => settings.Kafka.ProtocolFor(PeerCredentials.None, allowInsecure: true)).Failure;
        Assert.Equal((FailureSource.Settings, FailureKind.Invalid, "no-credentials"), (failure.Source, failure.Kind, failure.Code));
        Assert.Contains("add kafka-api-key and kafka-api-secret to the vault", failure.Advice, StringComparison.Ordinal);
        Assert.Equal(SecurityProtocol.SaslSsl, settings.Kafka.ProtocolFor(new PeerCredentials(new ApiKey("key", "secret")), allowInsecure: false));

        var asked = Read(("KEY_VAULT_URI", "https://my-vault.vault.azure.net"), ("KAFKA_SECURITY_PROTOCOL", "PLAINTEXT"));
        Assert.Equal(SecurityProtocol.Plaintext, asked.Kafka.ProtocolFor(PeerCredentials.None, allowInsecure: false));
    }

    [Theory]
    [InlineData("KAFKA_BOOTSTRAP_SERVERS", "")]
    [InlineData("KAFKA_BOOTSTRAP_SERVERS", "localhost")]
    [InlineData("KAFKA_BOOTSTRAP_SERVERS", "a:9092,b")]
    [InlineData("KAFKA_BOOTSTRAP_SERVERS", "a:99999")]
    [InlineData("KAFKA_BOOTSTRAP_SERVERS", "https://a:9092")]
    [InlineData("KAFKA_SECURITY_PROTOCOL", "TLS")]
    [InlineData("KAFKA_SECURITY_PROTOCOL", "SASL_SSL")]
    [InlineData("KAFKA_TOPIC", "js shoe")]
    [InlineData("KAFKA_TOPIC", "..")]
    [InlineData("KAFKA_MESSAGE_KEY", "name")]
    [InlineData("KAFKA_COMPRESSION", "zip")]
    [InlineData("KAFKA_RETRY_MAX", "-1")]
    [InlineData("KAFKA_RETRY_MAX", "5.0")]
    [InlineData("KAFKA_TIMEOUT", "30")]
    [InlineData("KAFKA_TIMEOUT", "10ms")]
    [InlineData("SCHEMA_REGISTRY_URL", "")]
    [InlineData("SCHEMA_REGISTRY_URL", "localhost:8081")]
    [InlineData("SCHEMA_REGISTRY_URL", "ftp://localhost")]
    [InlineData("SCHEMA_AUTO_REGISTER", "yes")]
    [InlineData("PRODUCE_SCHEDULE", "*/10 * * * *")]
    [InlineData("PRODUCE_SCHEDULE", "0 0 0 30 2 *")]
    [InlineData("MESSAGE_INTERVAL", "10")]
    [InlineData("MESSAGE_INTERVAL", "0s")]
    [InlineData("MESSAGE_INTERVAL", "-1s")]
    [InlineData("MESSAGE_INTERVAL", "1us")]
    [InlineData("BATCH_SIZE", "abc")]
    [InlineData("BATCH_SIZE", "0")]
    [InlineData("BATCH_SIZE", "1048577")]
    [InlineData("CATCH_UP_LIMIT", "many")]
    [InlineData("SHOE_SEED", "9223372036854775808")]
    [InlineData("KEY_VAULT_URI", "http://my-vault.vault.azure.net")]
    [InlineData("ALLOW_INSECURE", "1")]
    [InlineData("SERIALIZER", "google")]
    [InlineData("LOG_LEVEL", "loud")]
    public void A_value_that_is_not_accepted_is_named_with_what_is(string name, string value)
    {
        var fault = Assert.Single(Faults((name, value)));
        Assert.Contains(name, fault, StringComparison.Ordinal);
        if (value.Length > 0 && !value.StartsWith("SASL", StringComparison.Ordinal) && value != "1us")
        {
            Assert.Contains($"'{value}'", fault, StringComparison.Ordinal);
            Assert.Contains("accepted is", fault, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("KAFKA_BOOTSTRAP_SERVERS", "::1:9092", "accepted is brokers as host:port, separated by commas, an IPv6 address in brackets ([::1]:9092)")]
    [InlineData("PRODUCE_SCHEDULE", "@daily@noon", "accepted is a six-field NCRONTAB expression")]
    public void What_is_no_URL_is_shown_as_it_is_and_explained(string name, string value, string accepted)
    {
        var fault = Assert.Single(Faults((name, value)));
        Assert.StartsWith($"{name}: '{value}'", fault, StringComparison.Ordinal);
        Assert.Contains(accepted, fault, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("KAFKA_API_KEY", "KAFKA_API_SECRET")]
    [InlineData("KAFKA_API_SECRET", "KAFKA_API_KEY")]
    [InlineData("SCHEMA_REGISTRY_API_KEY", "SCHEMA_REGISTRY_API_SECRET")]
    [InlineData("SCHEMA_REGISTRY_API_SECRET", "SCHEMA_REGISTRY_API_KEY")]
    public void A_key_without_its_secret_is_said_without_showing_it(string set, string missing)
    {
        var fault = Assert.Single(Faults((set, "hush-hush")));
        Assert.Equal($"{set} is set, {missing} is not: set both or neither.", fault);
    }

    [Theory]
    [InlineData("://user:hush@hush@here.example", "://…@here.example' has credentials in it, which do not belong in the URL; accepted is an ")]
    [InlineData("://here.example/?token=hush", "://here.example/?…' has a query, which does not belong to the address; accepted is an ")]
    [InlineData("://here.example?token=hush@hush", "://…' has a query, which does not belong to the address; accepted is an ")]
    [InlineData("://here.example/#hush", "://here.example/#…' has a fragment, which does not belong to the address; accepted is an ")]
    [InlineData("://here.example?", "://here.example?…' has a query, which does not belong to the address; accepted is an ")]
    public void What_a_URL_has_besides_an_address_is_refused_without_showing_it(string rest, string fault)
    {
        string[] names =
        [
            "SCHEMA_REGISTRY_URL", "KEY_VAULT_URI", "OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT",
            "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_LOGS_ENDPOINT",
        ];
        Assert.All(names, name =>
        {
            var wrong = Assert.Throws<SettingsException>(() => Read((name, "https" + rest)));
            Assert.StartsWith($"{name}: 'https{fault}", Assert.Single(wrong.Failures), StringComparison.Ordinal);
            Assert.DoesNotContain("hush", wrong.Message, StringComparison.Ordinal);
            Assert.DoesNotContain("here.example", wrong.ToFailure().Advice, StringComparison.Ordinal);
        });
    }

    [Fact]
    public void Interval_and_batch_size_exclude_each_other() =>
        Assert.Contains("MESSAGE_INTERVAL and BATCH_SIZE", Assert.Single(Faults(("MESSAGE_INTERVAL", "1s"), ("BATCH_SIZE", "10"))), StringComparison.Ordinal);

    [Fact]
    public void All_faults_are_told_at_once() =>
        Assert.Equal(3, Faults(("BATCH_SIZE", "abc"), ("KAFKA_TIMEOUT", "soon"), ("LOG_LEVEL", "loud")).Count);

    [Fact]
    public void A_rate_that_no_tick_can_hold_is_refused() =>
        Assert.Contains("10,000,000 shoes", Assert.Single(Faults(("MESSAGE_INTERVAL", "1us"))), StringComparison.Ordinal);

    [Fact]
    public void Words_are_read_in_any_case() => Assert.Equal(MessageKey.Brand, Read(("KAFKA_MESSAGE_KEY", "Brand")).Kafka.MessageKey);

    private static IReadOnlyList<string> Faults(params (string, string)[] values) =>
        [.. Assert.Throws<SettingsException>(() => Read(values)).Failures];

    private static ShoeSettings Read(params (string Name, string Value)[] values)
    {
        var all = new Dictionary<string, string?> { ["KAFKA_BOOTSTRAP_SERVERS"] = "localhost:9092", ["SCHEMA_REGISTRY_URL"] = "http://localhost:8081" };
        foreach (var (name, value) in values)
            all[name] = value;
        return ShoeSettings.Read(new ConfigurationBuilder().AddInMemoryCollection(all).Build(), Now);
    }
}
