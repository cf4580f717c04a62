using ShoeFunctions.Benchmarks.Pipeline;

namespace ShoeFunctions.Benchmarks;

/// <summary>
/// Whole ticks, from <c>TickRunner</c>'s start to the last delivery report, against brokers in another process, beside the
/// plain way and the upper bound. Each measurement is a process of its own; the ways take turns.
/// </summary>
internal static class PipelineSuite
{
    private const int Rounds = 5;
    private const double LingerMs = 5;

    /// <summary>Without compression, which costs all ways the same and would hide what they cost themselves; <see cref="WireSuite"/> measures it.</summary>
    private static readonly (string, string)[] Settings = [("KAFKA_TIMEOUT", "5m"), ("KAFKA_COMPRESSION", "none")];

    private static readonly string[] Ways = ["engine", "plain", "prebuilt"];

    public static async Task<IReadOnlyList<Figure>> RunAsync()
    {
        var figures = new List<Figure>();
        foreach (var (shoes, batches) in new[] { (100, 100), (10_000, 20), (1_000_000, 2) })
        {
            var runs = await MeasureAsync(shoes, batches);
            double Of(string way, Func<PipelineRun, double> figure) => Figure.Median(runs[way].Select(figure));
            double PerSecond(PipelineRun run) => shoes / Figure.Median(run.Seconds);
            double Produced() => (double)shoes * batches;

            foreach (var reference in Ways[1..])
            {
                figures.Add(new($"pipeline.{shoes}.rate", Of("engine", PerSecond), "shoes/s", reference, Of(reference, PerSecond)));
                figures.Add(new($"pipeline.{shoes}.cpu", Of("engine", run => run.CpuSeconds / Produced() * 1e6), "s/million", reference, Of(reference, run => run.CpuSeconds / Produced() * 1e6)));
                figures.Add(new($"pipeline.{shoes}.allocated", Of("engine", run => run.AllocatedBytes / Produced()), "B/shoe", reference, Of(reference, run => run.AllocatedBytes / Produced())));
                figures.Add(new($"pipeline.{shoes}.peak-rss", Of("engine", run => run.PeakBytes / 1e6), "MB", reference, Of(reference, run => run.PeakBytes / 1e6)));
                figures.Add(new($"pipeline.{shoes}.gc-pause", Of("engine", run => run.PauseMilliseconds / batches), "ms/tick", reference, Of(reference, run => run.PauseMilliseconds / batches)));
            }
        }

        using var brokers = await BrokerProcess.StartAsync();
        var settings = brokers.With(Settings);
        var one = await PipelineRun.OfAsync("engine", 1_000_000, 1, settings);
        var ten = await PipelineRun.OfAsync("engine", 1_000_000, 10, settings);
        figures.Add(new("pipeline.ten-ticks-of-1000000.peak-rss", ten.PeakBytes / 1e6, "MB", "one tick", one.PeakBytes / 1e6));

        var roundTrip = Figure.Median((await PipelineRun.OfAsync("single", 1, 100, settings)).Seconds) * 1000;
        var hundred = Figure.Median((await PipelineRun.OfAsync("engine", 100, 100, settings)).Seconds) * 1000;
        figures.Add(new("pipeline.100.time", hundred, "ms", "linger + 2 round trips + 2 ms", LingerMs + 2 * roundTrip + 2));
        return figures;
    }

    private static async Task<Dictionary<string, List<PipelineRun>>> MeasureAsync(int shoes, int batches)
    {
        var runs = Ways.ToDictionary(way => way, _ => new List<PipelineRun>());
        using var brokers = await BrokerProcess.StartAsync();
        for (var round = 0; round < Rounds; round++)
            foreach (var way in Ways)
                runs[way].Add(await PipelineRun.OfAsync(way, shoes, batches, brokers.With(Settings)));
        return runs;
    }
}
