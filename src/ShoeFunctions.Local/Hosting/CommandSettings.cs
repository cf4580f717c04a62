using Microsoft.Extensions.Configuration;

namespace ShoeFunctions.Local.Hosting;

/// <summary>The settings of the command, which are the environment's but for one default.</summary>
/// <param name="environment">The variables.</param>
internal sealed class CommandSettings(IConfigurationSource environment)
{
    /// <summary>
    /// Where none is set, the command ticks every second: whoever tries it sees the first shoe at once. The Functions app
    /// has a default of its own.
    /// </summary>
    public const string DefaultSchedule = "* * * * * *";

    private const string Schedule = "PRODUCE_SCHEDULE";

    /// <summary>Puts them into a configuration.</summary>
    /// <param name="configuration">Where they go, under their names.</param>
    public void AddTo(IConfigurationManager configuration)
    {
        configuration.Add(environment);
        if (string.IsNullOrEmpty(configuration[Schedule]))
            configuration.AddInMemoryCollection(new Dictionary<string, string?> { [Schedule] = DefaultSchedule });
    }

    /// <summary>Reads them.</summary>
    public ConfigurationManager Read()
    {
        var configuration = new ConfigurationManager();
        AddTo(configuration);
        return configuration;
    }

    /// <summary>Whether a value is the environment's, and not a default.</summary>
    public bool IsFromEnvironment(ConfigurationManager configuration, string name) =>
        configuration.Sources.Zip(((IConfigurationRoot)configuration).Providers).Last(pair => pair.Second.TryGet(name, out _)).First == environment;
}
