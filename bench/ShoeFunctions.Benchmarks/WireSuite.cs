using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using ShoeFunctions.Benchmarks.Pipeline;
using ShoeFunctions.Engine.Connections;
using ShoeFunctions.Engine.Kafka;

namespace ShoeFunctions.Benchmarks;

/// <summary>
/// What each compression saves and costs: the bytes sent to the brokers for a shoe, everything included, as librdkafka
/// counts them, and the rate and processor time of ticks of a million.
/// </summary>
internal static class WireSuite
{
    private const int Ticks = 20;
    private const int Rounds = 5;
    private const int Million = 1_000_000;

    private static readonly string[] Compressions = ["none", "gzip", "snappy", "lz4", "zstd"];

    public static async Task<IReadOnlyList<Figure>> RunAsync()
    {
        using var brokers = await BrokerProcess.StartAsync();
        var figures = new List<Figure>();
        foreach (var shoes in new[] { 10, 100, 1000 })
        {
            double? none = null;
            foreach (var compression in Compressions)
            {
                var bytes = await BytesAShoeAsync(brokers.With(("KAFKA_COMPRESSION", compression)), shoes);
                none ??= bytes;
                figures.Add(new($"wire.{shoes}.{compression}", bytes, "B/shoe", "none", none));
            }
        }

        var runs = Compressions.ToDictionary(compression => compression, _ => new List<PipelineRun>());
        for (var round = 0; round < Rounds; round++)
            foreach (var compression in Compressions)
                runs[compression].Add(await PipelineRun.OfAsync("engine", Million, 1, brokers.With(("KAFKA_COMPRESSION", compression), ("KAFKA_TIMEOUT", "5m"))));
        double Rate(string compression) => Figure.Median(runs[compression].Select(run => Million / run.Seconds[0]));
        double Cpu(string compression) => Figure.Median(runs[compression].Select(run => run.CpuSeconds));
        figures.AddRange(Compressions.Select(compression => new Figure($"wire.{Million}.{compression}.rate", Rate(compression), "shoes/s", "none", Rate("none"))));
        figures.AddRange(Compressions.Select(compression => new Figure($"wire.{Million}.{compression}.cpu", Cpu(compression), "s/million", "none", Cpu("none"))));
        return figures;
    }

    private static async Task<double> BytesAShoeAsync(IReadOnlyDictionary<string, string?> settings, int shoes)
    {
        var sent = new SentBytes();
        using var engine = new EngineWay(
            new ConfigurationBuilder().AddInMemoryCollection(settings).Build(),
            services => services.AddSingleton<OpenSender>(provider => _ => new KafkaSender(
                provider.GetRequiredService<KafkaOptions>(), null, false, TimeProvider.System, provider.GetRequiredService<KafkaLog>(), sent)));
        await engine.ProduceAsync(shoes);
        var before = await sent.CountAsync();
        for (var tick = 0; tick < Ticks; tick++)
            await engine.ProduceAsync(shoes);
        return (double)(await sent.CountAsync() - before) / (Ticks * shoes);
    }
}
