using System.Diagnostics;
using System.Text.Json;
using Microsoft.Extensions.Configuration;
using ShoeFunctions.Engine.Configuration;

namespace ShoeFunctions.Benchmarks.Pipeline;

/// <summary>What one process measured of one way.</summary>
/// <param name="Seconds">Each measured batch's time, from its start to its last acknowledgement.</param>
/// <param name="CpuSeconds">The process's user and system time in all of them.</param>
/// <param name="AllocatedBytes">Managed, in all of them.</param>
/// <param name="PeakBytes">The process's largest resident set since its start.</param>
/// <param name="PauseMilliseconds">How long the garbage collector stood in the way, in all of them.</param>
internal sealed record PipelineRun(double[] Seconds, double CpuSeconds, long AllocatedBytes, long PeakBytes, double PauseMilliseconds)
{
    public const string Verb = "pipeline-run";

    /// <summary>The environment's name for the level of compression, which is no setting.</summary>
    public const string CompressionLevel = "BENCH_COMPRESSION_LEVEL";

    public const int WarmUps = 6;
    public const int MostShoesInWarmUp = 50_000;

    /// <summary>Measures a way in a process of its own.</summary>
    /// <param name="way">engine, plain, prebuilt or single.</param>
    /// <param name="shoes">Shoes a batch.</param>
    /// <param name="batches">How many batches are measured.</param>
    /// <param name="settings">The settings, as the hosts read them.</param>
    public static Task<PipelineRun> OfAsync(string way, int shoes, int batches, IReadOnlyDictionary<string, string?> settings) =>
        Processes.MeasureAsync<PipelineRun>(settings, Verb, way, $"{shoes}", $"{batches}");

    /// <summary>Measures a way in this process, warmed up, and prints what was measured.</summary>
    public static async Task MeasureAsync(string way, int shoes, int batches)
    {
        var settings = new ConfigurationBuilder()
            .AddInMemoryCollection(Settings.All.Where(setting => setting.Default is not null).Select(setting => KeyValuePair.Create(setting.Name, setting.Default)))
            .AddEnvironmentVariables()
            .Build();
        using IWay producer = way switch
        {
            "engine" => new EngineWay(settings, EngineWay.CompressionLevel(settings[CompressionLevel])),
            "plain" => new PlainWay(settings),
            "prebuilt" => new PrebuiltWay(settings),
            "single" => new SingleWay(settings),
            _ => throw new ArgumentException($"There is no way '{way}'.", nameof(way)),
        };
        for (var warmUp = 0; warmUp < WarmUps; warmUp++)
            await producer.ProduceAsync(Math.Min(shoes, MostShoesInWarmUp));
        GC.Collect();

        using var process = Process.GetCurrentProcess();
        var (cpu, allocated, pause) = (process.TotalProcessorTime, GC.GetTotalAllocatedBytes(true), GC.GetTotalPauseDuration());
        var seconds = new double[batches];
        for (var batch = 0; batch < batches; batch++)
        {
            var started = Stopwatch.GetTimestamp();
            await producer.ProduceAsync(shoes);
            seconds[batch] = Stopwatch.GetElapsedTime(started).TotalSeconds;
        }

        process.Refresh();
        Console.WriteLine(JsonSerializer.Serialize(new PipelineRun(
            seconds,
            (process.TotalProcessorTime - cpu).TotalSeconds,
            GC.GetTotalAllocatedBytes(true) - allocated,
            process.PeakWorkingSet64,
            (GC.GetTotalPauseDuration() - pause).TotalMilliseconds)));
    }
}
