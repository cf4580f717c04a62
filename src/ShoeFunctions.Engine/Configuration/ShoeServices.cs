using Confluent.SchemaRegistry;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using ShoeFunctions.Engine.Generation;
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
        services.AddSingleton(provider => ShoeSettings.Read(provider.GetRequiredService<IConfiguration>(), provider.GetRequiredService<TimeProvider>().GetUtcNow()));
        services.AddSingleton(provider => provider.GetRequiredService<ShoeSettings>().Kafka);
        services.AddSingleton(provider => provider.GetRequiredService<ShoeSettings>().SchemaRegistry);
        services.AddSingleton(provider => provider.GetRequiredService<ShoeSettings>().Ticks);
        services.AddSingleton(provider => new ShoeGenerator(provider.GetRequiredService<TickOptions>().Seed));
        services.AddSingleton<ISchemaRegistryClient>(provider => new CachedSchemaRegistryClient(RegistryConfig(provider.GetRequiredService<SchemaRegistryOptions>())));
        services.AddSingleton<ShoeSubject>();
        services.TryAddSingleton<IShoeSerializer, EngineSerializer>();
        services.AddSingleton<IMessageSender, KafkaSender>();
        services.AddSingleton<ShoeProducer>();
        services.AddSingleton<TickGate>();
        services.AddHostedService(provider => provider.GetRequiredService<TickGate>());
        services.AddSingleton<TickRunner>();
        services.TryAddSingleton<IProgressStore, MemoryProgressStore>();
        services.AddSingleton<Stats>();
        return services;
    }

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
