using System.Net;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using ShoeFunctions.Engine;
using ShoeFunctions.Engine.Credentials;
using ShoeFunctions.Engine.Progress;
using ShoeFunctions.Engine.Progress.Stores;
using ShoeFunctions.Engine.Running;
using ShoeFunctions.Engine.Tests.Credentials;
using ShoeFunctions.Engine.Tests.Doubles;
using ShoeFunctions.Engine.Ticks;
using ShoeFunctions.Local.EmbeddedKafka;
using ShoeFunctions.Local.EmbeddedSchemaRegistry;
using ShoeFunctions.Local.Tests.Credentials;
using ShoeFunctions.Local.Tests.Diagnosis;

namespace ShoeFunctions.Local.Tests.Faults;

/// <summary>The real container with the real clients, against brokers and a registry that a test can make fail.</summary>
internal sealed class FaultyEngine : IAsyncDisposable
{
    public const string Topic = "js_shoe";
    public const int Partitions = 6;
    public const int Shoes = 300;

    private readonly Dictionary<string, string?> _settings;
    private readonly CancellationToken _cancellation;
    private readonly Lazy<TestAuthority> _authority = new(() => new TestAuthority());
    private ServiceProvider _services;

    private FaultyEngine(EmbeddedRegistry registry, IReadOnlyCollection<(string Name, string Value)> settings, CancellationToken cancellation)
    {
        _cancellation = cancellation;
        Cluster.CreateTopic(Topic, Partitions);
        Registry = registry;
        RegistryFaults = new RegistryFaults(registry, Time);
        KafkaGate = new Gate(IPEndPoint.Parse(Cluster.BootstrapServers.Split(',')[0]));
        RegistryGate = new Gate(IPEndPoint.Parse(registry.Url.Authority));
        _settings = new()
        {
            ["KAFKA_BOOTSTRAP_SERVERS"] = Cluster.BootstrapServers,
            ["KAFKA_TIMEOUT"] = "1m",
            ["SCHEMA_REGISTRY_URL"] = registry.Url.AbsoluteUri,
            ["PRODUCE_SCHEDULE"] = "* * * * * *",
            ["BATCH_SIZE"] = $"{Shoes}",
        };
        foreach (var (name, value) in settings)
            _settings[name] = value;
        _services = Build();
    }

    public EmbeddedCluster Cluster { get; } = new();

    /// <summary>Stands before the first broker; the brokers tell their own addresses, so that only who asks first goes through it.</summary>
    public Gate KafkaGate { get; }

    /// <summary>Stands before all brokers where they are to ask who comes.</summary>
    public SaslFront? Front { get; private set; }

    /// <summary>Who signs certificates that nobody trusts unasked.</summary>
    public TestAuthority Authority => _authority.Value;

    /// <summary>The program's identity.</summary>
    public IdentityDouble Identity { get; } = new();

    public EmbeddedRegistry Registry { get; }

    public RegistryFaults RegistryFaults { get; }

    public Gate RegistryGate { get; }

    public SettableTime Time { get; } = new(new DateTimeOffset(2026, 11, 23, 14, 0, 0, TimeSpan.Zero));

    public CollectingLog Log { get; } = new();

    /// <summary>Outlives the container, as a table in Azure does the process.</summary>
    public IProgressStore Progress { get; set; } = new MemoryProgressStore();

    /// <summary>Starts everything but the producer, which comes with the first tick.</summary>
    public static async Task<FaultyEngine> StartAsync(IReadOnlyCollection<(string Name, string Value)> settings, CancellationToken cancellation) =>
        new(await EmbeddedRegistry.StartAsync(cancellation: cancellation), settings, cancellation);

    public T Get<T>() where T : notnull => _services.GetRequiredService<T>();

    /// <summary>Goes on to the next tick's time and runs what is due.</summary>
    public async Task<IReadOnlyList<TickReport>> RunNextAsync()
    {
        Time.Now = Get<TickOptions>().Schedule.Next(Time.Now)!.Value.Time;
        return await Get<TickRunner>().RunDueAsync(_cancellation).WaitAsync(_cancellation);
    }

    /// <summary>Has the brokers ask who comes, and starts again with settings that speak with them.</summary>
    public Task GuardAsync(ApiKey accepted, Action<SaslFront> how, params (string Name, string Value)[] settings)
    {
        how(Front = new SaslFront(Cluster, accepted));
        return CorrectAsync([("KAFKA_BOOTSTRAP_SERVERS", Front.BootstrapServers), .. settings]);
    }

    /// <summary>Sets settings as somebody does who has read the advice, and starts again.</summary>
    public async Task CorrectAsync(params (string Name, string Value)[] settings)
    {
        foreach (var (name, value) in settings)
            _settings[name] = value;
        await _services.DisposeAsync();
        _services = Build();
    }

    /// <summary>The ids of all shoes on the topic, as often as they are there.</summary>
    public IReadOnlyList<long> ReadIds()
    {
        Front?.StandAside();
        return TopicReader.ReadIds(Cluster.BootstrapServers, Topic, Partitions, _cancellation);
    }

    /// <summary>Real time goes by.</summary>
    public Task PassAsync(TimeSpan time) => Task.Delay(time, TimeProvider.System, _cancellation);

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        if (Front is not null)
            await Front.DisposeAsync();
        if (_authority.IsValueCreated)
            _authority.Value.Dispose();
        await KafkaGate.DisposeAsync();
        await RegistryGate.DisposeAsync();
        Cluster.Dispose();
        await Registry.DisposeAsync();
    }

    private ServiceProvider Build() => new ServiceCollection()
        .AddLogging(logging => logging.AddProvider(Log))
        .AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(_settings).Build())
        .AddSingleton<TimeProvider>(Time)
        .AddSingleton(_ => Progress)
        .AddShoes()
        .Replace(ServiceDescriptor.Singleton<OpenIdentity>(() => Identity))
        .BuildServiceProvider(new ServiceProviderOptions { ValidateOnBuild = true, ValidateScopes = true });
}
