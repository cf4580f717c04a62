using ShoeFunctions.Benchmarks.Pipeline;

namespace ShoeFunctions.Benchmarks;

/// <summary>What one shoe costs, in ticks of 1 to 1,000,000.</summary>
internal static class ScaleSuite
{
    private const int Rounds = 5;
    private const int Reference = 10_000;

    public static async Task<IReadOnlyList<Figure>> RunAsync()
    {
        using var brokers = await BrokerProcess.StartAsync();
        var costs = new SortedDictionary<int, List<(double Cpu, double Time)>>();
        for (var round = 0; round < Rounds; round++)
            for (var shoes = 1; shoes <= 1_000_000; shoes *= 10)
            {
                var batches = Math.Clamp(1_000_000 / shoes, 2, 100);
                var run = await PipelineRun.OfAsync("engine", shoes, batches, brokers.With(("KAFKA_TIMEOUT", "5m"), ("KAFKA_COMPRESSION", "none")));
                costs.TryAdd(shoes, []);
                costs[shoes].Add((run.CpuSeconds / batches / shoes * 1e6, Figure.Median(run.Seconds) / shoes * 1e6));
            }

        double Cpu(int shoes) => Figure.Median(costs[shoes].Select(cost => cost.Cpu));
        double Time(int shoes) => Figure.Median(costs[shoes].Select(cost => cost.Time));
        return
        [
            .. costs.Keys.Select(shoes => new Figure($"scale.{shoes}.cpu", Cpu(shoes), "us/shoe", $"ticks of {Reference}", Cpu(Reference))),
            .. costs.Keys.Select(shoes => new Figure($"scale.{shoes}.time", Time(shoes), "us/shoe", $"ticks of {Reference}", Time(Reference))),
        ];
    }
}
