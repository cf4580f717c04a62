using Azure.Core;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using ShoeFunctions.Engine.Configuration;
using ShoeFunctions.Engine.Connections;
using ShoeFunctions.Engine.Credentials;
using ShoeFunctions.Engine.Delivery;
using ShoeFunctions.Engine.Health;
using ShoeFunctions.Engine.Kafka;
using ShoeFunctions.Engine.Network;
using ShoeFunctions.Engine.Progress;
using ShoeFunctions.Engine.Progress.Stores;
using ShoeFunctions.Engine.Running;
using ShoeFunctions.Engine.SchemaRegistry;
using ShoeFunctions.Engine.Serialization;
using ShoeFunctions.Engine.Setup;
using ShoeFunctions.Engine.Shoes;
using ShoeFunctions.Engine.Statistics;
using ShoeFunctions.Engine.Telemetry;
using ShoeFunctions.Engine.Ticks;

namespace ShoeFunctions.Engine;

/// <summary>Registers the engine.</summary>
public static class ShoeServices
{
    /// <summary>
    /// Registers everything that makes and delivers shoes, for both hosts. Nothing connects to anything before it is
    /// asked for: the registry's client and the producer come into being with the first tick.
    /// </summary>
    /// <param name="services">The container.</param>
    /// <param name="traced">The activity sources of the host's own that are traced with the engine's.</param>
    public static IServiceCollection AddShoes(this IServiceCollection services, params string[] traced)
    {
        DirectLoopback.Install();
        services.AddSingleton(new TracedSources([Instrumentation.Name, .. traced]));
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(RunLimit.None);
        services.AddOptions();
        services.AddSingleton<IOptionsFactory<ShoeSettings>, ShoeSettings.Factory>();
        services.AddSingleton(provider => provider.GetRequiredService<IOptions<ShoeSettings>>().Value);
        services.AddSingleton(provider => provider.GetRequiredService<ShoeSettings>().Kafka);
        services.AddSingleton(provider => provider.GetRequiredService<ShoeSettings>().SchemaRegistry);
        services.AddSingleton(provider => provider.GetRequiredService<ShoeSettings>().Ticks);
        services.AddSingleton(provider => provider.GetRequiredService<ShoeSettings>().Credentials);
        services.AddSingleton(provider => provider.GetRequiredService<ShoeSettings>().Telemetry);
        services.AddConnections();
        services.AddSingleton(provider => new ShoeGenerator(provider.GetRequiredService<TickOptions>().Seed));
        services.AddSingleton(provider => provider.GetRequiredService<TickOptions>().PlanFaults());
        services.AddSingleton<ShoeSubject>();
        services.AddKeyedSingleton<IShoeSerializer, EngineSerializer>(SerializerKind.Engine);
        services.AddSingleton(provider => provider.GetRequiredKeyedService<IShoeSerializer>(provider.GetRequiredService<ShoeSettings>().Serializer));
        services.TryAddSingleton(ConfluentPart.OnlyInTheApp);
        services.AddSingleton<Instrumentation>();
        services.AddSingleton<KafkaLog>();
        services.AddSingleton<ShoeProducer>();
        services.AddOptions<LoggerFilterOptions>().Configure<IOptions<ShoeSettings>>(FilterLogs);
        services.AddSingleton<ExportedLogs>();
        services.AddSingleton<ILoggerProvider>(provider => provider.GetRequiredService<ExportedLogs>());
        services.AddHostedService<SettingsAnnouncement>();
        // Before the gate, so that it stops after it and has the last tick.
        services.AddHostedService<TelemetryExport>();
        services.AddSingleton<TickGate>();
        services.AddHostedService(provider => provider.GetRequiredService<TickGate>());
        services.AddSingleton<OutageWatch>();
        services.AddSingleton<ClusterWatch>();
        services.AddSingleton<ChunkTimes>();
        services.AddSingleton<AskCommittedNumber>(provider => provider.GetRequiredService<KafkaProbe>().CommittedNumberAsync);
        services.AddSingleton<StandBy>();
        services.AddSingleton<CommittedTicks>();
        services.AddSingleton<TickProducer>();
        services.AddSingleton<TickRunner>();
        services.AddSingleton(provider => new EarlierProgress(provider.GetRequiredService<TickOptions>().Schedule, provider.GetRequiredService<ILogger<EarlierProgress>>()));
        services.TryAddSingleton(ChosenProgressStore);
        services.AddSingleton<Stats>();
        services.AddSingleton<SharedStats>();
        services.AddSingleton<HealthProbe>();
        services.AddSingleton<Doctor>();
        services.AddHealthChecks()
            .AddCheck<SettingsCheck>(SettingsCheck.Name)
            .AddCheck<SchemaRegistryCheck>(SchemaRegistryCheck.Name)
            .AddCheck<KafkaCheck>(KafkaCheck.Name)
            .AddCheck<ProgressStoreCheck>(ProgressStoreCheck.Name)
            .AddCheck<LastTickCheck>(LastTickCheck.Name);
        return services;
    }

    /// <summary>
    /// Registers what splits large ticks among instances: the queue and the table of the app's storage account. Without it, or
    /// without an account, whoever runs a large tick makes its chunks itself, one after the other.
    /// </summary>
    /// <param name="services">The container, with the engine.</param>
    /// <param name="configuration">The settings.</param>
    public static IServiceCollection AddChunks(this IServiceCollection services, IConfiguration configuration)
    {
        services.TryAddSingleton<IQueuedChunks>(_ => new StorageQueuedChunks(() => StorageConnection.OpenQueues(configuration)));
        services.TryAddSingleton<IChunkRows>(provider => new TableChunkRows(
            () => StorageConnection.OpenTables(configuration), () => provider.GetRequiredService<KafkaOptions>().Topic, provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(InstanceName.Of(configuration));
        services.AddSingleton<ChunkBook>();
        services.AddSingleton<ChunkRunner>();
        services.AddHealthChecks().AddCheck<ChunksCheck>(ChunksCheck.Name);
        if (StorageConnection.IsConfigured(configuration))
            services.AddSingleton<FanOut>();
        return services;
    }

    /// <summary>A table where the app has a storage account. It is opened when it is first used: with wrong settings it does not exist.</summary>
    private static IProgressStore ChosenProgressStore(IServiceProvider provider)
    {
        var configuration = provider.GetRequiredService<IConfiguration>();
        var time = provider.GetRequiredService<TimeProvider>();
        return StorageConnection.IsConfigured(configuration)
            ? new RememberingProgressStore(
                () => new TableProgressStore(
                    StorageConnection.OpenTables(configuration), ClusterName.Of(provider.GetRequiredService<KafkaOptions>().BootstrapServers), provider.GetRequiredService<KafkaOptions>().Topic, time,
                    provider.GetRequiredService<EarlierProgress>()),
                time,
                provider.GetRequiredService<ILogger<RememberingProgressStore>>(),
                configuration["WEBSITE_SITE_NAME"])
            : new MemoryProgressStore();
    }

    private static void FilterLogs(LoggerFilterOptions filter, IOptions<ShoeSettings> settings)
    {
        try
        {
            filter.MinLevel = settings.Value.LogLevel;
        }
        catch (SettingsException)
        {
            // What is wrong is about to be logged, with the level that holds without a setting.
        }
    }

    private static void AddConnections(this IServiceCollection services)
    {
        services.AddSingleton(provider =>
        {
            var options = provider.GetRequiredService<CredentialOptions>();
            var vault = options.VaultUri is { } uri ? provider.GetRequiredService<OpenVault>()(uri) : null;
            var identity = new Lazy<TokenCredential>(() => provider.GetRequiredService<OpenIdentity>()());
            TokenSource? TokensFor(PeerOptions peer, TokenPeer of) => peer.Scope is not { } scope ? null
                : new TokenSource(scope, of, identity.Value, provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<TokenSource>>());
            return new CredentialSource(
                options, vault, provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<CredentialSource>>(),
                TokensFor(options.Kafka, TokenPeer.Kafka), TokensFor(options.SchemaRegistry, TokenPeer.SchemaRegistry));
        });
        services.AddSingleton<OpenIdentity>(provider => () =>
        {
            var configuration = provider.GetRequiredService<IConfiguration>();
            // Where the platform says where the app's identity is, no other is meant, and what it answers is not hidden behind what others lack.
            return configuration["IDENTITY_ENDPOINT"] is { Length: > 0 }
                ? AzureTransport.ManagedIdentity(configuration["AZURE_CLIENT_ID"])
                : AzureTransport.AnyIdentity(configuration["AZURE_CLIENT_ID"]);
        });
        services.AddSingleton<OpenVault>(provider => uri => new KeyVault(uri, provider.GetRequiredService<IConfiguration>()["AZURE_CLIENT_ID"]));
        services.AddSingleton<OpenSender>(provider => credentials => new KafkaSender(
            provider.GetRequiredService<KafkaOptions>(),
            credentials,
            provider.GetRequiredService<CredentialOptions>().AllowInsecure,
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<KafkaLog>(),
            provider.GetRequiredService<Instrumentation>() is { WantsStatistics: true, Statistics: var statistics } ? statistics : null));
        services.AddSingleton<OpenRegistry>(provider => credentials =>
        {
            var options = provider.GetRequiredService<SchemaRegistryOptions>();
            options.RefuseInsecure(credentials.AreSecret, provider.GetRequiredService<CredentialOptions>().AllowInsecure);
            return new RegistryClient(options, credentials, provider.GetRequiredService<TimeProvider>(), RegistryClient.Handler(credentials));
        });
        services.AddSingleton<ShoeConnections>();
        services.AddSingleton<KafkaProbe>();
    }
}
