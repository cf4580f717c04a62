using System.Security.Cryptography;
using System.Text.Json;
using Confluent.Kafka;
using Confluent.Kafka.Admin;
using ShoeFunctions.Engine.Ticks;
using ShoeFunctions.Local.EmbeddedSchemaRegistry;
using ShoeFunctions.Local.Tests.EndToEnd;

namespace ShoeFunctions.Local.Tests.Chaos;

/// <summary>
/// A topic of its own on brokers that keep what transactions promise, which the embedded ones do not: those that
/// <c>TRANSACTIONAL_BROKERS</c> names, with <c>TRANSACTIONAL_API_KEY</c> and <c>TRANSACTIONAL_API_SECRET</c> where they ask for
/// SASL PLAIN. <c>TRANSACTIONAL_BROKERS_PID</c> is the process that is stopped and continued for an outage, where there may be one.
/// </summary>
internal sealed class TransactionalCluster : IAsyncDisposable
{
    public const string WhyNot = "What exactly-once promises is not tested: the embedded brokers do not keep it; set TRANSACTIONAL_BROKERS to a Kafka's host:port, as docker compose up kafka starts one.";

    private static readonly string? Brokers = Environment.GetEnvironmentVariable("TRANSACTIONAL_BROKERS");
    private static readonly string? Key = Environment.GetEnvironmentVariable("TRANSACTIONAL_API_KEY");
    private static readonly string? Secret = Environment.GetEnvironmentVariable("TRANSACTIONAL_API_SECRET");

    private readonly EmbeddedRegistry _registry;

    private TransactionalCluster(EmbeddedRegistry registry) => _registry = registry;

    public static bool IsThere => !string.IsNullOrEmpty(Brokers);

    /// <summary>The brokers' process, where an outage may be made.</summary>
    public static int? Process => int.TryParse(Environment.GetEnvironmentVariable("TRANSACTIONAL_BROKERS_PID"), out var process) ? process : null;

    public string Topic { get; } = $"shoes-{RandomNumberGenerator.GetHexString(12, lowercase: true)}";

    public static async Task<TransactionalCluster> StartAsync()
    {
        var cluster = new TransactionalCluster(await EmbeddedRegistry.StartAsync(cancellation: TestContext.Current.CancellationToken));
        using var admin = new AdminClientBuilder(Config()).Build();
        await admin.CreateTopicsAsync([new TopicSpecification { Name = cluster.Topic, NumPartitions = 6, ReplicationFactor = 1 }]);
        return cluster;
    }

    public (string Name, string Value)[] Settings(params (string Name, string Value)[] others) =>
    [
        ("KAFKA_BOOTSTRAP_SERVERS", Brokers!), ("KAFKA_TOPIC", Topic), ("SCHEMA_REGISTRY_URL", _registry.Url.AbsoluteUri), ("DELIVERY", "exactly-once"), ("PRODUCE_SCHEDULE", "* * * * * *"),
        .. Key is null ? Array.Empty<(string, string)>() : [("KAFKA_API_KEY", Key), ("KAFKA_API_SECRET", Secret!), ("KAFKA_SECURITY_PROTOCOL", "SASL_PLAINTEXT")],
        .. others,
    ];

    /// <summary>Audits all ticks from one to another, both included, with nothing repeated.</summary>
    public async Task<(int ExitCode, JsonElement Outcome)> AuditAsync(Tick first, Tick last, params (string Name, string Value)[] settings)
    {
        var ended = await ShoesProcess.RunAsync($"audit --from {first} --to {new Tick(last.UnixSeconds + 1)} --json --exactly-once", Settings(settings));
        Assert.Equal("", ended.Errors);
        return (ended.ExitCode, JsonSerializer.Deserialize<JsonElement>(ended.Output));
    }

    public async ValueTask DisposeAsync()
    {
        using (var admin = new AdminClientBuilder(Config()).Build())
            await admin.DeleteTopicsAsync([Topic]);
        await _registry.DisposeAsync();
    }

    private static AdminClientConfig Config() => new()
    {
        BootstrapServers = Brokers,
        EnableMetricsPush = false,
        SecurityProtocol = Key is null ? SecurityProtocol.Plaintext : SecurityProtocol.SaslPlaintext,
        SaslMechanism = Key is null ? null : SaslMechanism.Plain,
        SaslUsername = Key,
        SaslPassword = Secret,
    };
}
