using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using ShoeFunctions.Benchmarks.Pipeline;
using ShoeFunctions.Engine.Connections;
using ShoeFunctions.Engine.Credentials;
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

    private static readonly (string Compression, int Level)[] Levels =
        [.. from compression in new[] { "gzip", "zstd" } from level in Enumerable.Range(1, 6) select (compression, level)];

    public static async Task<IReadOnlyList<Figure>> RunAsync()
    {
        using var brokers = await BrokerProcess.StartAsync();
        var figures = new List<Figure>();
        foreach (var shoes in new[] { 10, 100, 1000, 10_000 })
        {
            double? none = null;
            foreach (var compression in Compressions)
            {
                var bytes = await BytesAShoeAsync(brokers.With(("KAFKA_COMPRESSION", compression)), shoes);
                none ??= bytes;
                figures.Add(new($"wire.{shoes}.{compression}", bytes, "B/shoe", "none", none));
            }
        }

        foreach (var (compression, level) in Levels)
        {
            foreach (var shoes in new[] { 100, 1000 })
            {
                var bytes = await BytesAShoeAsync(brokers.With(("KAFKA_COMPRESSION", compression), (PipelineRun.CompressionLevel, $"{level}")), shoes);
                figures.Add(new($"wire.{shoes}.{compression}-{level}", bytes, "B/shoe"));
            }
        }

        (string Name, (string, string)[] Settings)[] ways =
        [
            .. Compressions.Select(compression => (compression, new[] { ("KAFKA_COMPRESSION", compression) })),
            .. Levels.Select(at => ($"{at.Compression}-{at.Level}", new[] { ("KAFKA_COMPRESSION", at.Compression), (PipelineRun.CompressionLevel, $"{at.Level}") })),
        ];
        var runs = ways.ToDictionary(way => way.Name, _ => new List<PipelineRun>());
        for (var round = 0; round < Rounds; round++)
            foreach (var (name, settings) in ways)
                runs[name].Add(await PipelineRun.OfAsync("engine", Million, 1, brokers.With([.. settings, ("KAFKA_TIMEOUT", "5m")])));
        double Rate(string way) => Figure.Median(runs[way].Select(run => Million / run.Seconds[0]));
        double Cpu(string way) => Figure.Median(runs[way].Select(run => run.CpuSeconds));
        figures.AddRange(runs.Keys.Select(way => new Figure($"wire.{Million}.{way}.rate", Rate(way), "shoes/s", "none", Rate("none"))));
        figures.AddRange(runs.Keys.Select(way => new Figure($"wire.{Million}.{way}.cpu", Cpu(way), "s/million", "none", Cpu("none"))));
        return figures;
    }

    private static async Task<double> BytesAShoeAsync(IReadOnlyDictionary<string, string?> settings, int shoes)
    {
        var sent = new SentBytes();
        using var engine = new EngineWay(
            new ConfigurationBuilder().AddInMemoryCollection(settings).Build(),
            services =>
            {
                EngineWay.CompressionLevel(settings.GetValueOrDefault(PipelineRun.CompressionLevel))(services);
                services.AddSingleton<OpenSender>(provider => _ => new KafkaSender(
                    provider.GetRequiredService<KafkaOptions>(), PeerCredentials.None, false, TimeProvider.System, provider.GetRequiredService<KafkaLog>(), sent));
            });
        await engine.ProduceAsync(shoes);
        var before = await sent.CountAsync();
        for (var tick = 0; tick < Ticks; tick++)
            await engine.ProduceAsync(shoes);
        return (double)(await sent.CountAsync() - before) / (Ticks * shoes);
    }
}
