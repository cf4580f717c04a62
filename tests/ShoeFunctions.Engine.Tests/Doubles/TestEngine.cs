using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using ShoeFunctions.Engine.Connections;
using ShoeFunctions.Engine.Credentials;
using ShoeFunctions.Engine.Delivery;
using ShoeFunctions.Engine.Health;
using ShoeFunctions.Engine.Kafka;
using ShoeFunctions.Engine.Progress;
using ShoeFunctions.Engine.Progress.Stores;
using ShoeFunctions.Engine.Running;
using ShoeFunctions.Engine.SchemaRegistry;
using ShoeFunctions.Engine.Statistics;
using ShoeFunctions.Engine.Telemetry;
using ShoeFunctions.Engine.Ticks;

namespace ShoeFunctions.Engine.Tests.Doubles;

/// <summary>The real container, with the two edges replaced: brokers and registry.</summary>
internal sealed class TestEngine : IDisposable
{
    public static readonly DateTimeOffset Start = new(2026, 11, 23, 14, 0, 5, TimeSpan.Zero);

    private readonly ServiceProvider _services;

    public TestEngine(params (string Name, string Value)[] settings) : this(settings, RunLimit.None)
    {
    }

    public TestEngine(IProgressStore progress, params (string Name, string Value)[] settings) : this(settings, RunLimit.None, progress)
    {
    }

    public TestEngine((string Name, string Value)[] settings, RunLimit limit, IProgressStore? progress = null)
    {
        var values = new Dictionary<string, string?> { ["KAFKA_BOOTSTRAP_SERVERS"] = "localhost:9092", ["SCHEMA_REGISTRY_URL"] = "http://localhost:8081" };
        foreach (var (name, value) in settings)
            values[name] = value;

        Transactions.Sender = Sender;
        if (values.GetValueOrDefault("DELIVERY") == "exactly-once")
            Sender.Transactions = Transactions;
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(values).Build();
        _services = new ServiceCollection()
            .AddLogging(logging => logging.AddProvider(Log))
            .AddSingleton<IConfiguration>(configuration)
            .AddSingleton<TimeProvider>(Time)
            .AddSingleton(limit)
            .AddSingleton(progress ?? new MemoryProgressStore())
            .AddSingleton<IQueuedChunks>(Queue)
            .AddSingleton<IChunkRows>(Rows)
            .AddShoes()
            .AddChunks(configuration)
            .Replace(ServiceDescriptor.Singleton<OpenSender>(_ => Opening?.Invoke() ?? Sender))
            .Replace(ServiceDescriptor.Singleton<OpenVault>(_ => _ => Vault!))
            .Replace(ServiceDescriptor.Singleton<AskCommittedNumber>(_ => _ => Transactions.AskAsync()))
            .Replace(ServiceDescriptor.Singleton<OpenRegistry>(provider => credentials =>
                new RegistryClient(provider.GetRequiredService<SchemaRegistryOptions>(), credentials, Time, Registry)))
            .BuildServiceProvider(new ServiceProviderOptions { ValidateOnBuild = true, ValidateScopes = true });
    }

    public WatchedTime Time { get; } = new(Start);

    /// <summary>What opens the sender, where it is not to be <see cref="Sender"/>.</summary>
    public Func<IMessageSender>? Opening { get; set; }

    public CollectingSender Sender { get; } = new();

    /// <summary>The sender's, with <c>DELIVERY=exactly-once</c>.</summary>
    public TransactionsDouble Transactions { get; } = new();

    /// <summary>Where credentials are, with <c>KEY_VAULT_URI</c> set.</summary>
    public IVault? Vault { get; set; }

    public RegistryDouble Registry { get; } = new();

    public CollectingLog Log { get; } = new();

    /// <summary>Where large ticks go, with <c>AzureWebJobsStorage</c> set.</summary>
    public QueuedChunksDouble Queue { get; } = new();

    public MemoryChunkRows Rows { get; } = new();

    public ChunkRunner Chunks => _services.GetRequiredService<ChunkRunner>();

    public ChunksCheck ChunksCheck => new(_services);

    public ILogger<T> LoggerOf<T>() => _services.GetRequiredService<ILogger<T>>();

    public ShoeProducer Producer => _services.GetRequiredService<ShoeProducer>();

    public ShoeConnections Connections => _services.GetRequiredService<ShoeConnections>();

    public KafkaOptions KafkaOptions => _services.GetRequiredService<KafkaOptions>();

    public TickOptions Options => _services.GetRequiredService<TickOptions>();

    public TickGate Gate => _services.GetRequiredService<TickGate>();

    public TickRunner Runner => _services.GetRequiredService<TickRunner>();

    public IProgressStore Progress => _services.GetRequiredService<IProgressStore>();

    public Instrumentation Instrumentation => _services.GetRequiredService<Instrumentation>();

    public KafkaLog KafkaLog => _services.GetRequiredService<KafkaLog>();

    public Stats Stats => _services.GetRequiredService<Stats>();

    public void Dispose() => _services.Dispose();
}
