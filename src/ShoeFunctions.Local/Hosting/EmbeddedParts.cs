using Microsoft.Extensions.Configuration;
using ShoeFunctions.Local.EmbeddedKafka;
using ShoeFunctions.Local.EmbeddedSchemaRegistry;
using ShoeFunctions.Local.Terminal;

namespace ShoeFunctions.Local.Hosting;

/// <summary>The broker and the registry that run in this process because neither is configured.</summary>
internal sealed class EmbeddedParts : IAsyncDisposable
{
    /// <summary>The topic's partitions, where it is not to keep more than they do.</summary>
    public const int StandardPartitions = 6;

    private static readonly string[] Connections =
    [
        "KAFKA_BOOTSTRAP_SERVERS", "KAFKA_API_KEY", "KAFKA_API_SECRET", "OAUTH_SCOPE", "KAFKA_SSL_CA", "KAFKA_SSL_CERTIFICATE", "KAFKA_SSL_KEY",
        "SCHEMA_REGISTRY_URL", "SCHEMA_REGISTRY_API_KEY", "SCHEMA_REGISTRY_API_SECRET", "SCHEMA_REGISTRY_OAUTH_SCOPE", "SCHEMA_REGISTRY_SSL_CA",
        "SCHEMA_REGISTRY_SSL_CERTIFICATE", "SCHEMA_REGISTRY_SSL_KEY", "KEY_VAULT_URI",
    ];

    public EmbeddedCluster? Kafka { get; private set; }

    public EmbeddedRegistry? SchemaRegistry { get; private set; }

    /// <summary>The topic's partitions; null where the brokers are not ours.</summary>
    public int? Partitions { get; private init; }

    /// <summary>Starts both where neither is configured, and puts their addresses into the configuration.</summary>
    /// <param name="configuration">The configuration.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <param name="keep">How many bytes of records the brokers keep; null for what they keep unasked.</param>
    /// <exception cref="CommandException">They are to keep something, and are not wanted.</exception>
    public static async Task<EmbeddedParts> StartAsync(ConfigurationManager configuration, CancellationToken cancellation, long? keep = null)
    {
        if (!AreWanted(configuration))
            return keep is null
                ? new EmbeddedParts()
                : throw new CommandException("--keep is about the embedded brokers, and the settings name others. For those of shoes broker, give it there.", ExitCode.WrongUsage);

        var parts = new EmbeddedParts { Partitions = Math.Max(StandardPartitions, PartitionMemory.PartitionsFor(keep ?? 0)) };

        parts.Kafka = new EmbeddedCluster();
        parts.SchemaRegistry = await EmbeddedRegistry.StartAsync(cancellation: cancellation);
        configuration.AddInMemoryCollection(Addresses(parts.Kafka.BootstrapServers, parts.SchemaRegistry.Url.AbsoluteUri));
        return parts;
    }

    /// <summary>
    /// Whether both are started here: a schema's id means something in its own registry alone, so a broker and a registry
    /// belong together. Where an address or credentials are set, the settings' check tells what is missing.
    /// </summary>
    public static bool AreWanted(IConfiguration configuration) => Array.TrueForAll(Connections, name => string.IsNullOrEmpty(configuration[name]));

    /// <summary>Addresses for what would be embedded, to read settings with where nothing is started.</summary>
    public static Dictionary<string, string?> StandIns(IConfiguration configuration) =>
        AreWanted(configuration) ? Addresses("localhost:9092", "http://localhost:8081") : [];

    private static Dictionary<string, string?> Addresses(string servers, string url) =>
        new() { ["KAFKA_BOOTSTRAP_SERVERS"] = servers, ["SCHEMA_REGISTRY_URL"] = url };

    /// <summary>Creates the topic where the broker is ours.</summary>
    public void CreateTopic(string topic)
    {
        if (Partitions is { } partitions)
            Kafka?.CreateTopic(topic, partitions);
    }

    public async ValueTask DisposeAsync()
    {
        Kafka?.Dispose();
        if (SchemaRegistry is not null)
            await SchemaRegistry.DisposeAsync();
    }
}
