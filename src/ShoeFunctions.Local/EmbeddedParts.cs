using Microsoft.Extensions.Configuration;
using ShoeFunctions.Local.EmbeddedKafka;
using ShoeFunctions.Local.EmbeddedSchemaRegistry;

namespace ShoeFunctions.Local;

/// <summary>The broker and the registry that run in this process because none is configured.</summary>
internal sealed class EmbeddedParts : IAsyncDisposable
{
    private const int Partitions = 6;

    public EmbeddedCluster? Kafka { get; private set; }

    public EmbeddedRegistry? SchemaRegistry { get; private set; }

    /// <summary>Starts what is not configured, and puts the addresses into the configuration.</summary>
    public static async Task<EmbeddedParts> StartAsync(ConfigurationManager configuration, CancellationToken cancellation)
    {
        var parts = new EmbeddedParts();
        var addresses = new Dictionary<string, string?>();

        if (EmbedsKafka(configuration))
        {
            parts.Kafka = new EmbeddedCluster();
            addresses["KAFKA_BOOTSTRAP_SERVERS"] = parts.Kafka.BootstrapServers;
        }

        if (EmbedsSchemaRegistry(configuration))
        {
            parts.SchemaRegistry = await EmbeddedRegistry.StartAsync(cancellation: cancellation);
            addresses["SCHEMA_REGISTRY_URL"] = parts.SchemaRegistry.Url.AbsoluteUri;
        }

        configuration.AddInMemoryCollection(addresses);
        return parts;
    }

    /// <summary>
    /// Whether a broker is started here. Credentials without an address are a mistake, which the settings' check tells:
    /// nothing is embedded then.
    /// </summary>
    public static bool EmbedsKafka(IConfiguration configuration) =>
        AreMissing(configuration, "KAFKA_BOOTSTRAP_SERVERS", "KAFKA_API_KEY", "KAFKA_API_SECRET", "KEY_VAULT_URI");

    /// <summary>Whether a registry is started here.</summary>
    public static bool EmbedsSchemaRegistry(IConfiguration configuration) =>
        AreMissing(configuration, "SCHEMA_REGISTRY_URL", "SCHEMA_REGISTRY_API_KEY", "SCHEMA_REGISTRY_API_SECRET", "KEY_VAULT_URI");

    /// <summary>Addresses for what is not configured and would be embedded, to read settings with where nothing is started.</summary>
    public static Dictionary<string, string?> StandIns(IConfiguration configuration)
    {
        var addresses = new Dictionary<string, string?>();
        if (EmbedsKafka(configuration))
            addresses["KAFKA_BOOTSTRAP_SERVERS"] = "localhost:9092";
        if (EmbedsSchemaRegistry(configuration))
            addresses["SCHEMA_REGISTRY_URL"] = "http://localhost:8081";
        return addresses;
    }

    private static bool AreMissing(IConfiguration configuration, params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
            if (!string.IsNullOrEmpty(configuration[name]))
                return false;
        return true;
    }

    /// <summary>Creates the topic where the broker is ours.</summary>
    public void CreateTopic(string topic) => Kafka?.CreateTopic(topic, Partitions);

    public async ValueTask DisposeAsync()
    {
        Kafka?.Dispose();
        if (SchemaRegistry is not null)
            await SchemaRegistry.DisposeAsync();
    }
}
