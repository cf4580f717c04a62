using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using ShoeFunctions.Engine;
using ShoeFunctions.Engine.Configuration;
using ShoeFunctions.Engine.Kafka;
using ShoeFunctions.Engine.Setup;
using ShoeFunctions.Local.Terminal;

namespace ShoeFunctions.Local.Hosting;

/// <summary>The engine on the cluster that the settings name, without timer and HTTP front.</summary>
internal sealed class ConfiguredEngine : IAsyncDisposable
{
    private readonly ServiceProvider _services;

    private ConfiguredEngine(ServiceProvider services, ShoeSettings settings) => (_services, Settings) = (services, settings);

    public IServiceProvider Services => _services;

    public ShoeSettings Settings { get; }

    /// <exception cref="CommandException">No cluster is configured.</exception>
    /// <exception cref="SettingsException">Settings are wrong.</exception>
    /// <param name="environment">The settings.</param>
    /// <param name="adjust">Changes what the settings say of the cluster.</param>
    public static async Task<ConfiguredEngine> StartAsync(CommandSettings environment, Func<KafkaOptions, KafkaOptions>? adjust = null)
    {
        var configuration = environment.Read();
        if (EmbeddedParts.AreWanted(configuration))
            throw new CommandException(
                "KAFKA_BOOTSTRAP_SERVERS is not set: this command needs an existing topic. shoes broker starts a cluster for several commands.", ExitCode.WrongUsage);

        var services = new ServiceCollection().AddSingleton<IConfiguration>(configuration).AddLogging().AddShoes();
        if (adjust is not null)
            services.AddSingleton(provider => adjust(provider.GetRequiredService<ShoeSettings>().Kafka));
        services.Configure<LoggerFilterOptions>(filter => filter.MinLevel = LogLevel.None);
        var provider = services.BuildServiceProvider();
        try
        {
            return new ConfiguredEngine(provider, provider.GetRequiredService<ShoeSettings>());
        }
        catch
        {
            await provider.DisposeAsync();
            throw;
        }
    }

    public ValueTask DisposeAsync() => _services.DisposeAsync();
}
