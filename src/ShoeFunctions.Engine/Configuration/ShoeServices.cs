using Confluent.SchemaRegistry;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using ShoeFunctions.Engine.Generation;
using ShoeFunctions.Engine.Health;
using ShoeFunctions.Engine.Producing;
using ShoeFunctions.Engine.Progress;
using ShoeFunctions.Engine.Serialization;
using ShoeFunctions.Engine.Ticks;

namespace ShoeFunctions.Engine.Configuration;

/// <summary>Registers the engine.</summary>
public static class ShoeServices
{
    /// <summary>
    /// Registers everything that makes and delivers shoes, for both doors. Nothing connects to anything before it is
    /// asked for: the registry's client and the producer come into being with the first tick.
    /// </summary>
    public static IServiceCollection AddShoes(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddOptions();
        services.AddSingleton<IOptionsFactory<ShoeSettings>, ShoeSettings.Factory>();
        services.AddSingleton(provider => provider.GetRequiredService<IOptions<ShoeSettings>>().Value);
        services.AddSingleton(provider => provider.GetRequiredService<ShoeSettings>().Kafka);
        services.AddSingleton(provider => provider.GetRequiredService<ShoeSettings>().SchemaRegistry);
        services.AddSingleton(provider => provider.GetRequiredService<ShoeSettings>().Ticks);
        services.AddSingleton(provider => new ShoeGenerator(provider.GetRequiredService<TickOptions>().Seed));
        services.AddSingleton<ISchemaRegistryClient>(provider => new CachedSchemaRegistryClient(RegistryConfig(provider.GetRequiredService<SchemaRegistryOptions>())));
        services.AddSingleton<ShoeSubject>();
        services.AddKeyedSingleton<IShoeSerializer, EngineSerializer>(SerializerKind.Engine);
        services.AddSingleton(ChosenSerializer);
        services.AddSingleton<IMessageSender, KafkaSender>();
        services.AddSingleton<ShoeProducer>();
        services.AddSingleton<TickGate>();
        services.AddHostedService(provider => provider.GetRequiredService<TickGate>());
        services.AddSingleton<TickRunner>();
        services.TryAddSingleton<IProgressStore, MemoryProgressStore>();
        services.AddSingleton<Stats>();
        services.AddSingleton<HealthProbe>();
        services.AddHealthChecks()
            .AddCheck<SettingsCheck>(SettingsCheck.Name)
            .AddCheck<LastTickCheck>(LastTickCheck.Name);
        return services;
    }

    private static IShoeSerializer ChosenSerializer(IServiceProvider provider) =>
        provider.GetKeyedService<IShoeSerializer>(provider.GetRequiredService<ShoeSettings>().Serializer)
        ?? throw new SettingsException(["SERIALIZER: confluent is for the Functions app only; accepted here is engine."]);

    private static SchemaRegistryConfig RegistryConfig(SchemaRegistryOptions options)
    {
        var config = new SchemaRegistryConfig
        {
            Url = options.Url.AbsoluteUri,
            RequestTimeoutMs = (int)options.Timeout.TotalMilliseconds,
        };
        if (options.ApiKey is not null)
            config.BasicAuthUserInfo = $"{options.ApiKey}:{options.ApiSecret}";
        return config;
    }
}
