using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using ShoeFunctions.Engine.Configuration;

namespace ShoeFunctions.Local;

/// <summary>The engine on the cluster that the settings name, without timer and HTTP front.</summary>
internal sealed class ConfiguredEngine : IAsyncDisposable
{
    private readonly EmbeddedParts _embedded;
    private readonly ServiceProvider _services;

    private ConfiguredEngine(EmbeddedParts embedded, ServiceProvider services, ShoeSettings settings) =>
        (_embedded, _services, Settings) = (embedded, services, settings);

    public IServiceProvider Services => _services;

    public ShoeSettings Settings { get; }

    /// <exception cref="DoorException">No cluster is configured.</exception>
    /// <exception cref="SettingsException">Settings are wrong.</exception>
    public static async Task<ConfiguredEngine> StartAsync(CancellationToken cancellation)
    {
        var configuration = new ConfigurationManager();
        configuration.AddEnvironmentVariables();
        if (EmbeddedParts.EmbedsKafka(configuration))
            throw new DoorException(
                "KAFKA_BOOTSTRAP_SERVERS is not set: this works on a topic that is there. The verb broker starts a cluster that outlives the door.", ExitCode.WrongUsage);

        // A registry is embedded where the door would embed one.
        var embedded = await EmbeddedParts.StartAsync(configuration, cancellation);
        var services = new ServiceCollection().AddSingleton<IConfiguration>(configuration).AddLogging().AddShoes();
        services.Configure<LoggerFilterOptions>(filter => filter.MinLevel = LogLevel.None);
        var provider = services.BuildServiceProvider();
        try
        {
            return new ConfiguredEngine(embedded, provider, provider.GetRequiredService<ShoeSettings>());
        }
        catch
        {
            await provider.DisposeAsync();
            await embedded.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        await _embedded.DisposeAsync();
    }
}
