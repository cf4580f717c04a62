using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Configuration.EnvironmentVariables;

namespace ShoeFunctions.Local.Hosting;

/// <summary>The settings of the command, which are the environment's but for one default.</summary>
internal static class CommandSettings
{
    /// <summary>
    /// Where none is set, the command ticks every second: whoever tries it sees the first shoe at once. The Functions app
    /// has a default of its own.
    /// </summary>
    public const string DefaultSchedule = "* * * * * *";

    private const string Schedule = "PRODUCE_SCHEDULE";

    /// <summary>Puts them into a configuration.</summary>
    /// <param name="configuration">Where they go, under their names.</param>
    public static void AddTo(IConfigurationManager configuration)
    {
        configuration.AddEnvironmentVariables();
        if (string.IsNullOrEmpty(configuration[Schedule]))
            configuration.AddInMemoryCollection(new Dictionary<string, string?> { [Schedule] = DefaultSchedule });
    }

    /// <summary>Reads them.</summary>
    public static ConfigurationManager Read()
    {
        var configuration = new ConfigurationManager();
        AddTo(configuration);
        return configuration;
    }

    /// <summary>Whether a value is the environment's, and not a default.</summary>
    public static bool IsFromEnvironment(IConfigurationRoot configuration, string name) =>
        configuration.Providers.Last(provider => provider.TryGet(name, out _)) is EnvironmentVariablesConfigurationProvider;
}
