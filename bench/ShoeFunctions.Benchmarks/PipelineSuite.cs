using ShoeFunctions.Benchmarks.Pipeline;

namespace ShoeFunctions.Benchmarks;

/// <summary>
/// Whole ticks, from <c>TickRunner</c>'s start to the last delivery report, against brokers in another process, beside other
/// ways. Each measurement is a process of its own; the ways take turns.
/// </summary>
internal static class PipelineSuite
{
    private const int Rounds = 5;
    private const double LingerMs = 5;

    /// <summary>Without compression, which costs all ways the same and would hide what they cost themselves; <see cref="WireSuite"/> measures it.</summary>
    private static readonly (string, string)[] Settings = [("KAFKA_TIMEOUT", "5m"), ("KAFKA_COMPRESSION", "none")];

    private const int Million = 1_000_000;

    public static async Task<IReadOnlyList<Figure>> RunAsync()
    {
        var figures = new List<Figure>();
        using var reference = await ReferenceWay.CompileAsync();
        foreach (var (shoes, batches) in new[] { (100, 100), (10_000, 20), (Million, 2) })
        {
            var runs = await MeasureAsync(shoes, batches, reference);
            double Of(string way, Func<PipelineRun, double> figure) => Figure.Median(runs[way].Select(figure));
            double PerSecond(PipelineRun run) => shoes / Figure.Median(run.Seconds);
            double Produced() => (double)shoes * batches;

            foreach (var other in runs.Keys.Where(way => way != "engine"))
            {
                figures.Add(new($"pipeline.{shoes}.rate", Of("engine", PerSecond), "shoes/s", other, Of(other, PerSecond)));
                figures.Add(new($"pipeline.{shoes}.cpu", Of("engine", run => run.CpuSeconds / Produced() * 1e6), "s/million", other, Of(other, run => run.CpuSeconds / Produced() * 1e6)));
                figures.Add(new($"pipeline.{shoes}.allocated", Of("engine", run => run.AllocatedBytes / Produced()), "B/shoe", other, Of(other, run => run.AllocatedBytes / Produced())));
                figures.Add(new($"pipeline.{shoes}.peak-rss", Of("engine", run => run.PeakBytes / 1e6), "MB", other, Of(other, run => run.PeakBytes / 1e6)));
                figures.Add(new($"pipeline.{shoes}.gc-pause", Of("engine", run => run.PauseMilliseconds / batches), "ms/tick", other, Of(other, run => run.PauseMilliseconds / batches)));
            }
        }

        await AddKcatAsync(figures);
        using var brokers = await BrokerProcess.StartAsync();
        var settings = brokers.With(Settings);
        var one = await PipelineRun.OfAsync("engine", Million, 1, settings);
        var ten = await PipelineRun.OfAsync("engine", Million, 10, settings);
        figures.Add(new("pipeline.ten-ticks-of-1000000.peak-rss", ten.PeakBytes / 1e6, "MB", "one tick", one.PeakBytes / 1e6));

        var roundTrip = Figure.Median((await PipelineRun.OfAsync("single", 1, 100, settings)).Seconds) * 1000;
        var hundred = Figure.Median((await PipelineRun.OfAsync("engine", 100, 100, settings)).Seconds) * 1000;
        figures.Add(new("pipeline.100.time", hundred, "ms", "linger + 2 round trips + 2 ms", LingerMs + 2 * roundTrip + 2));
        return figures;
    }

    private static async Task<Dictionary<string, List<PipelineRun>>> MeasureAsync(int shoes, int batches, ReferenceWay? reference)
    {
        var runs = new Dictionary<string, List<PipelineRun>>();
        using var brokers = await BrokerProcess.StartAsync();
        for (var round = 0; round < Rounds; round++)
        {
            foreach (var way in new[] { "engine", "plain", "prebuilt" })
                Add(way, await PipelineRun.OfAsync(way, shoes, batches, brokers.With(Settings)));
            if (reference is not null)
                Add("C", await reference.RunAsync(shoes, batches, brokers.With(Settings)));
        }

        return runs;

        void Add(string way, PipelineRun run) => (runs.TryGetValue(way, out var list) ? list : runs[way] = []).Add(run);
    }

    /// <summary>A million lines from a file, the process's start and end included.</summary>
    private static async Task AddKcatAsync(List<Figure> figures)
    {
        using var brokers = await BrokerProcess.StartAsync();
        var (engine, kcat) = (new List<PipelineRun>(), new List<PipelineRun>());
        for (var round = 0; round < Rounds; round++)
        {
            if (await ReferenceWay.KcatAsync(Million, brokers.With(Settings)) is not { } run)
                return;
            kcat.Add(run);
            engine.Add(await PipelineRun.OfAsync("engine", Million, 1, brokers.With(Settings)));
        }

        figures.Add(new($"pipeline.{Million}.rate", Figure.Median(engine.Select(run => Million / run.Seconds[0])), "shoes/s", "kcat", Figure.Median(kcat.Select(run => Million / run.Seconds[0]))));
        figures.Add(new($"pipeline.{Million}.cpu", Figure.Median(engine.Select(run => run.CpuSeconds)), "s/million", "kcat", Figure.Median(kcat.Select(run => run.CpuSeconds))));
    }
}
