using System.Diagnostics;

namespace ShoeFunctions.Benchmarks;

/// <summary>The embedded brokers and registry in a process of their own: <c>shoes broker</c>.</summary>
internal sealed class BrokerProcess : IDisposable
{
    private readonly Process _process;

    private BrokerProcess(Process process, IReadOnlyDictionary<string, string?> settings) => (_process, Settings) = (process, settings);

    /// <summary>What points a host at it.</summary>
    public IReadOnlyDictionary<string, string?> Settings { get; }

    public static async Task<BrokerProcess> StartAsync(params string[] options)
    {
        var process = Processes.StartShoes(new Dictionary<string, string?>(), ["broker", "--port", "0", .. options]);
        var settings = new Dictionary<string, string?>();
        while (settings.Count < 3)
        {
            var line = await process.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("The brokers did not start.");
            var parts = line["export ".Length..].Split('=', 2);
            settings[parts[0]] = parts[1];
        }

        return new BrokerProcess(process, settings);
    }

    /// <summary>The settings with some more.</summary>
    public IReadOnlyDictionary<string, string?> With(params (string Name, string Value)[] more)
    {
        var settings = new Dictionary<string, string?>(Settings);
        foreach (var (name, value) in more)
            settings[name] = value;
        return settings;
    }

    public void Dispose()
    {
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }
}
