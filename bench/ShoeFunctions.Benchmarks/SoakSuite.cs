using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.Configuration;
using ShoeFunctions.Benchmarks.Pipeline;
using ShoeFunctions.Engine.Configuration;

namespace ShoeFunctions.Benchmarks;

/// <summary>
/// Whether a process that produces for long stays as large as it was: 20,000 shoes every second, for SOAK_MINUTES minutes
/// (10 where it is not set), against brokers in another process. Each figure is the median of the last third of the time,
/// beside that of the first third after the first minute, which warms up.
/// </summary>
internal static class SoakSuite
{
    public const string Verb = "soak-run";

    private const int ShoesASecond = 20_000;
    private const int SecondsASample = 5;
    private const int WarmUpSeconds = 60;

    /// <summary>What the process is like at a moment.</summary>
    /// <param name="ResidentMB">Its resident set.</param>
    /// <param name="HeapMB">What the managed heap has committed.</param>
    /// <param name="Threads">Its threads.</param>
    /// <param name="Handles">Its open files.</param>
    internal sealed record Sample(double ResidentMB, double HeapMB, int Threads, int Handles);

    public static async Task<IReadOnlyList<Figure>> RunAsync()
    {
        var text = Environment.GetEnvironmentVariable("SOAK_MINUTES") is { Length: > 0 } set ? set : "10";
        if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var minutes) || minutes is < 2 or > 24 * 60)
            throw new InvalidOperationException($"SOAK_MINUTES: '{text}'; accepted is a whole number from 2 to 1440, for example 60.");

        using var brokers = await BrokerProcess.StartAsync();
        var samples = await Processes.MeasureAsync<Sample[]>(brokers.Settings, TimeSpan.FromMinutes(minutes + 5), Verb, $"{minutes}");
        var warm = samples[(WarmUpSeconds / SecondsASample)..];
        var (first, last) = (warm[..(warm.Length / 3)], warm[^(warm.Length / 3)..]);
        return
        [
            Figure("resident", "MB", sample => sample.ResidentMB),
            new("soak.resident-most", warm.Max(sample => sample.ResidentMB), "MB"),
            Figure("managed-heap", "MB", sample => sample.HeapMB),
            Figure("threads", "", sample => sample.Threads),
            Figure("handles", "", sample => sample.Handles),
        ];

        Figure Figure(string name, string unit, Func<Sample, double> value) =>
            new($"soak.{name}", Benchmarks.Figure.Median(last.Select(value)), unit, "the beginning", Benchmarks.Figure.Median(first.Select(value)));
    }

    /// <summary>Produces for so many minutes in this process, and prints what it was like.</summary>
    public static async Task MeasureAsync(int minutes)
    {
        var settings = new ConfigurationBuilder()
            .AddInMemoryCollection(Settings.All.Where(setting => setting.Default is not null).Select(setting => KeyValuePair.Create(setting.Name, setting.Default)))
            .AddEnvironmentVariables()
            .Build();
        using var producer = new EngineWay(settings);
        using var process = Process.GetCurrentProcess();
        using var seconds = new PeriodicTimer(TimeSpan.FromSeconds(1));
        var samples = new List<Sample>(minutes * 60 / SecondsASample);
        for (var second = 1; second <= minutes * 60 && await seconds.WaitForNextTickAsync(); second++)
        {
            await producer.ProduceAsync(ShoesASecond);
            if (second % SecondsASample != 0)
                continue;
            process.Refresh();
            samples.Add(new(process.WorkingSet64 / 1e6, GC.GetGCMemoryInfo().TotalCommittedBytes / 1e6, process.Threads.Count, process.HandleCount));
        }

        Console.WriteLine(JsonSerializer.Serialize(samples));
    }
}
