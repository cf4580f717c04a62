using System.Collections;
using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Azure.Identity;
using Confluent.Kafka;
using Microsoft.Extensions.Configuration;
using ShoeFunctions.Engine;
using ShoeFunctions.Engine.Configuration;
using ShoeFunctions.Engine.Credentials;
using ShoeFunctions.Engine.Failures;
using ShoeFunctions.Engine.Health;
using ShoeFunctions.Engine.Kafka;
using ShoeFunctions.Engine.Running;
using ShoeFunctions.Engine.SchemaRegistry;
using ShoeFunctions.Engine.Serialization;
using ShoeFunctions.Engine.Setup;
using ShoeFunctions.Engine.Statistics;
using ShoeFunctions.Engine.Tests.Credentials;
using ShoeFunctions.Engine.Tests.Processes;
using ShoeFunctions.Engine.Ticks;
using ShoeFunctions.Local.Tests.Diagnosis;
using ShoeFunctions.Local.Tests.EndToEnd;

namespace ShoeFunctions.Local.Tests.Credentials;

/// <summary>
/// Whatever goes wrong, nothing that is said shows a secret: no log line at any level, no exception, no failure, no
/// answer of health and stats, no finding of the doctor, no object as text.
/// </summary>
public sealed class SecrecyTests
{
    private const string Mark = "hush";

    private static readonly ApiKey Kafka = new("hush-k1-ABCDEFGH", "hush-k2-a/b+c=d&e:f");
    private static readonly ApiKey NextKafka = new("hush-k3-ABCDEFGH", "hush-k4-a/b+c=d&e:f");
    private static readonly ApiKey Registry = new("hush-r1-ABCDEFGH", "hush-r2-a/b+c=d&e:f");
    private static readonly ApiKey Stranger = new("hush-x1-ABCDEFGH", "hush-x2-a/b+c=d&e:f");

    /// <summary>What went by, as text.</summary>
    private readonly ConcurrentQueue<string> _said = new();

    [Fact]
    public async Task When_all_is_well()
    {
        await using var engine = await StartAsync();
        Assert.True(Assert.Single(await RunAsync(engine)).IsDelivered);
        await AssertNothingIsShownAsync(engine);
    }

    [Fact]
    public async Task When_the_brokers_refuse()
    {
        await using var engine = await StartAsync(Pair("KAFKA", Stranger));
        AssertFailed(await RunAsync(engine), FailureSource.Kafka, FailureKind.Authentication);
        await AssertNothingIsShownAsync(engine);
    }

    [Fact]
    public async Task When_the_registry_refuses()
    {
        await using var engine = await StartAsync(Pair("SCHEMA_REGISTRY", Stranger));
        AssertFailed(await RunAsync(engine), FailureSource.SchemaRegistry, FailureKind.Authentication);
        await AssertNothingIsShownAsync(engine);
    }

    [Fact]
    public async Task When_the_registry_says_in_its_refusal_who_asked()
    {
        await using var engine = await StartAsync(Pair("SCHEMA_REGISTRY", Stranger));
        engine.RegistryRefusal = ("application/json", JsonSerializer.Serialize(new { error_code = 401, message = $"{Stranger.Key} is not {Stranger.Secret}" }));
        AssertFailed(await RunAsync(engine), FailureSource.SchemaRegistry, FailureKind.Authentication);
        await AssertNothingIsShownAsync(engine);
    }

    [Fact]
    public async Task When_the_brokers_are_down()
    {
        await using var engine = await StartAsync(("KAFKA_TIMEOUT", "1s"));
        engine.Cluster.TakeDown();
        AssertFailed(await RunAsync(engine), FailureSource.Kafka, FailureKind.Network, FailureKind.Timeout);
        await AssertNothingIsShownAsync(engine);
    }

    [Fact]
    public async Task When_the_registry_is_down()
    {
        await using var engine = await StartAsync();
        await engine.Get<CredentialSource>().GetAsync(TestContext.Current.CancellationToken);
        await engine.Registry.DisposeAsync();
        AssertFailed(await RunAsync(engine, timePasses: true), FailureSource.SchemaRegistry, FailureKind.Network);
        await AssertNothingIsShownAsync(engine);
    }

    [Theory]
    [InlineData(VaultFault.Unauthorized, FailureKind.Authentication)]
    [InlineData(VaultFault.Forbidden, FailureKind.Authorization)]
    [InlineData(VaultFault.Throttled, FailureKind.RateLimited)]
    [InlineData(VaultFault.ServerError, FailureKind.ServerError)]
    [InlineData(VaultFault.Silent, FailureKind.Timeout)]
    [InlineData(VaultFault.Garbled, FailureKind.Unknown)]
    internal async Task When_the_vault_fails(VaultFault fault, FailureKind kind)
    {
        await using var engine = await StartAsync();
        engine.Vault.Fault = fault;
        AssertFailed(await RunAsync(engine, timePasses: fault == VaultFault.Silent), FailureSource.KeyVault, kind);
        await AssertNothingIsShownAsync(engine);
    }

    [Fact]
    public async Task When_the_vault_is_not_there()
    {
        await using var engine = await StartAsync();
        await engine.Vault.DisposeAsync();
        AssertFailed(await RunAsync(engine), FailureSource.KeyVault, FailureKind.Network);
        await AssertNothingIsShownAsync(engine);
    }

    [Fact]
    public async Task When_there_is_no_token_for_the_vault()
    {
        await using var engine = await StartAsync();
        engine.Vault.Identity.Fault = new AuthenticationFailedException("no");
        AssertFailed(await RunAsync(engine), FailureSource.KeyVault, FailureKind.Authentication);
        await AssertNothingIsShownAsync(engine);
    }

    [Theory]
    [InlineData("hush-k2 ")]
    [InlineData("\"hush-k2\"")]
    [InlineData("hush\u0001k2")]
    [InlineData("@Microsoft.KeyVault(SecretUri=https://hush/secrets/hush)")]
    [InlineData(null)]
    public async Task When_the_vault_holds_what_is_no_secret(string? secret)
    {
        await using var engine = await StartAsync();
        engine.Vault.Remove("kafka-api-secret");
        if (secret is not null)
            engine.Vault.Set("kafka-api-secret", secret);
        AssertFailed(await RunAsync(engine), FailureSource.KeyVault, FailureKind.Invalid);
        await AssertNothingIsShownAsync(engine);
    }

    [Theory]
    [InlineData("PLAINTEXT", "no-sasl")]
    [InlineData("SSL", "no-sasl")]
    public async Task When_the_vaults_credentials_and_the_protocol_do_not_go_together(string protocol, string code)
    {
        await using var engine = await StartAsync(("KAFKA_SECURITY_PROTOCOL", protocol));
        Assert.Equal(code, Assert.Single(await RunAsync(engine)).Failure!.Code);
        await AssertNothingIsShownAsync(engine);
    }

    [Fact]
    public async Task When_credentials_are_exchanged_and_when_they_cannot_be_read_again()
    {
        await using var engine = await StartAsync();
        await RunAsync(engine);
        engine.Time.Advance(CredentialSource.RereadInterval);
        engine.PutIntoVault(NextKafka);
        engine.Front.Accepted = NextKafka;
        engine.Front.DropAll();
        Assert.All(await RunAsync(engine), report => Assert.True(report.IsDelivered, $"{report.Failure}"));

        engine.Time.Advance(CredentialSource.RereadInterval);
        engine.Vault.Fault = VaultFault.Forbidden;
        engine.Front.Accepted = Kafka;
        engine.Front.DropAll();
        AssertFailed(await RunAsync(engine), FailureSource.Kafka, FailureKind.Authentication);
        Assert.Contains(engine.Log.Lines, line => line.Event == 401);
        await AssertNothingIsShownAsync(engine);
    }

    [Theory]
    [InlineData("KAFKA_API_SECRET", " hush-k2")]
    [InlineData("KAFKA_API_SECRET", "'hush-k2'")]
    [InlineData("KAFKA_API_SECRET", "@Microsoft.KeyVault(SecretUri=https://hush/secrets/hush)")]
    [InlineData("KAFKA_API_KEY", "")]
    [InlineData("KAFKA_API_SECRET", "")]
    [InlineData("SCHEMA_REGISTRY_API_KEY", "")]
    [InlineData("KAFKA_SECURITY_PROTOCOL", "SSL")]
    [InlineData("SCHEMA_REGISTRY_URL", "http://registry.example")]
    [InlineData("SCHEMA_REGISTRY_URL", "https://hush-r1:hush-r2@registry.example")]
    [InlineData("SCHEMA_REGISTRY_URL", "https://hush-r1:hush/r2@registry.example")]
    [InlineData("SCHEMA_REGISTRY_URL", "https://registry.example/?token=hush-r2")]
    [InlineData("SCHEMA_REGISTRY_URL", "https://registry.example#hush-r2")]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT", "https://collector.example?key=hush-r2@hush")]
    [InlineData("KAFKA_BOOTSTRAP_SERVERS", "SASL_SSL://hush-k1:hush/k2@broker.example:9092")]
    [InlineData("KAFKA_BOOTSTRAP_SERVERS", "hush-k1:hush-k2@broker.example:9092")]
    [InlineData("KEY_VAULT_URI", "https://hush:hush@my-vault.vault.azure.net")]
    public async Task When_the_settings_are_wrong(string name, string value)
    {
        (string, string)[] settings = [.. Pair("KAFKA", Kafka), .. Pair("SCHEMA_REGISTRY", Registry), (name, value)];
        await using var engine = await StartAsync(settings);
        Say(Assert.Throws<SettingsException>(engine.Get<ShoeSettings>));
        Say(Assert.Throws<SettingsException>(engine.Get<ShoeSettings>).ToFailure());
        await AssertNothingIsShownAsync(engine);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task When_tokens_are_shown(bool letIn)
    {
        await using var engine = await StartAsync(("OAUTH_SCOPE", "api://brokers/.default"), ("SCHEMA_REGISTRY_OAUTH_SCOPE", "api://registry/.default"), ("KAFKA_CLIENT_PROPERTIES", "debug=all"));
        engine.Front.Mechanisms = ["OAUTHBEARER"];
        engine.Front.AcceptsToken = (_, _) => letIn;
        engine.RegistryAcceptsToken = (_, _) => true;
        var report = Assert.Single(await RunAsync(engine));
        Assert.Equal(letIn, report.IsDelivered);
        Assert.NotEmpty(engine.Front.Tokens);
        Say(await engine.Get<CredentialSource>().GetAsync(TestContext.Current.CancellationToken));
        await AssertNothingIsShownAsync(engine);
        var claims = engine.Front.Tokens.First().Split('.')[1];
        Assert.All(_said, said => Assert.DoesNotContain(claims, said, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task When_a_certificate_is_shown(bool fits)
    {
        using var authority = new TestAuthority();
        var (client, other) = (authority.Client(), authority.Client("CN=other"));
        await using var engine = await StartAsync(
            ("KAFKA_SECURITY_PROTOCOL", "SASL_SSL"), ("KAFKA_SSL_CA", authority.Pem), ("KAFKA_SSL_CERTIFICATE", client.Certificate), ("KAFKA_CLIENT_PROPERTIES", "debug=all"),
            ("KAFKA_SSL_KEY", TestAuthority.Encrypted((fits ? client : other).Key, "hush-word")), ("KAFKA_SSL_KEY_PASSWORD", "hush-word"));
        engine.Front.Tls = new ServerTls(authority.Right(), authority.Certificate);
        if (fits)
            Assert.True(Assert.Single(await RunAsync(engine)).IsDelivered);
        await AssertNothingIsShownAsync(engine);
        var lines = new[] { client, other }.SelectMany(pair => pair.Key.Split('\n')[1..^2]).Where(line => line.Length == 64);
        Assert.All(lines, line => Assert.All(_said, said => Assert.DoesNotContain(line, said, StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("settings")]
    [InlineData("doctor")]
    [InlineData("--ticks 1")]
    public async Task When_the_command_tells_what_it_does(string arguments)
    {
        await using var engine = await StartAsync();
        (string, string)[] settings =
        [
            ("KAFKA_BOOTSTRAP_SERVERS", engine.Front.BootstrapServers), ("KAFKA_SECURITY_PROTOCOL", "SASL_PLAINTEXT"), ("SCHEMA_REGISTRY_URL", engine.Registry.Url.AbsoluteUri),
            ("LOG_LEVEL", "trace"), ("KAFKA_TIMEOUT", "1s"), ("PRODUCE_SCHEDULE", "* * * * * *"), .. Pair("SCHEMA_REGISTRY", Registry),
        ];
        var ways = ((ApiKey[])[Kafka, Stranger]).Select(credentials => ShoesCommand.RunAsync(arguments, [.. settings, .. Pair("KAFKA", credentials)]));
        foreach (var ended in await Task.WhenAll(ways))
        {
            Assert.NotEmpty(ended.Output + ended.Errors);
            Say(ended);
        }

        await AssertNothingIsShownAsync(engine);
    }

    /// <summary>No setting turns these lines on. If one ever does, they show nothing either.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task When_librdkafka_says_everything_that_it_can_say(bool letIn)
    {
        await using var engine = await StartAsync();
        var credentials = letIn ? Kafka : Stranger;
        // Who is let in may have to wait for it; who is not waits for nothing.
        var timeout = letIn ? Wait.Patience : TimeSpan.FromSeconds(1);
        var config = new ProducerConfig(engine.Get<KafkaOptions>().ClientConfig(new PeerCredentials(credentials), allowInsecure: false)) { Debug = "all", MessageTimeoutMs = (int)timeout.TotalMilliseconds };
        config.Set("log_level", "7");
        var lines = 0;
        using (var producer = new ProducerBuilder<byte[], byte[]>(config)
            .SetLogHandler((_, line) =>
            {
                lines++;
                Say(line.Message);
            })
            .SetErrorHandler((_, error) => Say(error)).Build())
        {
            var sent = producer.ProduceAsync(GuardedEngine.Topic, new Message<byte[], byte[]> { Value = [1] }, TestContext.Current.CancellationToken);
            if (letIn)
                await sent;
            else
                Say(await Assert.ThrowsAnyAsync<KafkaException>(() => sent));
            producer.SetSaslCredentials(NextKafka.Key, NextKafka.Secret);
        }

        Assert.InRange(lines, 50, int.MaxValue);
        Assert.Contains(_said, said => said.Contains("SASL", StringComparison.Ordinal));
        await AssertNothingIsShownAsync(engine);
    }

    private static Task<GuardedEngine> StartAsync(params (string, string)[] settings) =>
        GuardedEngine.StartAsync(Kafka, Registry, [("LOG_LEVEL", "trace"), .. settings]);

    private static (string, string)[] Pair(string prefix, ApiKey pair) => [($"{prefix}_API_KEY", pair.Key), ($"{prefix}_API_SECRET", pair.Secret)];

    private async Task<IReadOnlyList<TickReport>> RunAsync(GuardedEngine engine, bool timePasses = false)
    {
        var reports = timePasses
            ? await engine.PassingTimeAsync(engine.Runner.RunDueAsync(TestContext.Current.CancellationToken))
            : await engine.RunDueAsync();
        foreach (var report in reports)
        {
            Say(report);
            Say(JsonSerializer.Serialize(report));
            if (!report.IsDelivered)
                Say(Assert.ThrowsAny<Exception>(report.ThrowUnlessDelivered));
        }

        return reports;
    }

    private static void AssertFailed(IReadOnlyList<TickReport> reports, FailureSource source, params FailureKind[] kinds)
    {
        var failure = Assert.Single(reports).Failure!;
        Assert.Equal(source, failure.Source);
        Assert.Contains(failure.Kind, kinds);
    }

    private async Task AssertNothingIsShownAsync(GuardedEngine engine)
    {
        await AskForEverythingAsync(engine);
        Assert.NotEmpty(_said);
        Assert.All(_said, said => Assert.All(Forms(), form => Assert.DoesNotContain(form, said, StringComparison.OrdinalIgnoreCase)));
    }

    /// <summary>All that anybody can ask for after whatever has happened.</summary>
    private async Task AskForEverythingAsync(GuardedEngine engine)
    {
        Say(JsonSerializer.Serialize(await engine.PassingTimeAsync(engine.Get<HealthProbe>().AnswerAsync(TestContext.Current.CancellationToken)), ShoeJson.Default.HealthAnswer));
        await engine.PassingTimeAsync(SayFindingsAsync(engine));
        await TryAsync(async () => Say(JsonSerializer.Serialize(await engine.Get<Stats>().AnswerAsync(TestContext.Current.CancellationToken), ShoeJson.Default.StatsAnswer)));
        await TryAsync(async () => Say(await engine.PassingTimeAsync(engine.Get<CredentialSource>().GetAsync(TestContext.Current.CancellationToken).AsTask())));
        await TryAsync(async () => Say(await engine.PassingTimeAsync(engine.Get<IShoeSerializer>().PrepareAsync(TestContext.Current.CancellationToken).AsTask().ContinueWith(done => done.Exception, TaskScheduler.Default))));
        await TryAsync(() =>
        {
            Say(engine.Get<ShoeSettings>());
            Say(engine.Get<KafkaOptions>());
            Say(engine.Get<SchemaRegistryOptions>());
            Say(engine.Get<CredentialOptions>());
            Say(engine.Get<TickOptions>());
            return Task.CompletedTask;
        });
        Say(Kafka);
        Say(new KnownCredentials(new PeerCredentials(Kafka), new PeerCredentials(Registry)));
        Say(new CredentialOptions { Kafka = PeerOptions.Of(Kafka), SchemaRegistry = PeerOptions.Of(Registry) });
        foreach (var setting in Settings.All)
            Say(setting);
        foreach (var line in engine.Log.Lines)
            Say(line);
    }

    private async Task<int> SayFindingsAsync(GuardedEngine engine)
    {
        var count = 0;
        await foreach (var finding in engine.Get<Doctor>().ExamineAsync(TestContext.Current.CancellationToken))
        {
            Say(finding);
            count++;
        }

        return count;
    }

    private async Task TryAsync(Func<Task> ask)
    {
        try
        {
            await ask();
        }
        catch (Exception error) when (error is FailureException or SettingsException)
        {
            Say(error);
        }
    }

    private void Say(object? said)
    {
        _said.Enqueue(string.Create(CultureInfo.InvariantCulture, $"{said}"));
        for (var error = said as Exception; error is not null; error = error.InnerException)
        {
            _said.Enqueue($"{error.Message} {error.Source} {error.HelpLink}");
            foreach (DictionaryEntry entry in error.Data)
                _said.Enqueue($"{entry.Key}={entry.Value}");
        }
    }

    /// <summary>The mark that every secret has, and what it becomes on its way over the wire.</summary>
    private static IEnumerable<string> Forms()
    {
        yield return Mark;
        foreach (var pair in (ApiKey[])[Kafka, NextKafka, Registry, Stranger])
            foreach (var text in (string[])[pair.Key, pair.Secret, $"{pair.Key}:{pair.Secret}", $"\0{pair.Key}\0{pair.Secret}"])
                yield return Convert.ToBase64String(Encoding.UTF8.GetBytes(text)).TrimEnd('=');
        yield return Convert.ToBase64String(Encoding.UTF8.GetBytes(VaultServer.Token)).TrimEnd('=');
    }
}
