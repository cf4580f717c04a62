using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using ShoeFunctions.Benchmarks.Pipeline;
using ShoeFunctions.Engine.Credentials;
using ShoeFunctions.Engine.Producing;

namespace ShoeFunctions.Benchmarks;

/// <summary>Bytes sent to the brokers for a shoe, everything included, as librdkafka counts them.</summary>
internal static class WireSuite
{
    private const int Ticks = 20;

    public static async Task<IReadOnlyList<Figure>> RunAsync()
    {
        using var brokers = await BrokerProcess.StartAsync();
        var figures = new List<Figure>();
        foreach (var shoes in new[] { 10, 100, 1000 })
        {
            double? none = null;
            foreach (var compression in new[] { "none", "gzip", "snappy", "lz4", "zstd" })
            {
                var bytes = await BytesAShoeAsync(brokers.With(("KAFKA_COMPRESSION", compression)), shoes);
                none ??= bytes;
                figures.Add(new($"wire.{shoes}.{compression}", bytes, "B/shoe", "none", none));
            }
        }

        return figures;
    }

    private static async Task<double> BytesAShoeAsync(IReadOnlyDictionary<string, string?> settings, int shoes)
    {
        CountingSender? sender = null;
        using var engine = new EngineWay(
            new ConfigurationBuilder().AddInMemoryCollection(settings).Build(),
            services => services.AddSingleton<OpenSender>(provider => _ => sender = new CountingSender(provider.GetRequiredService<KafkaOptions>())));
        await engine.ProduceAsync(shoes);
        var before = await sender!.SentAsync();
        for (var tick = 0; tick < Ticks; tick++)
            await engine.ProduceAsync(shoes);
        return (double)(await sender.SentAsync() - before) / (Ticks * shoes);
    }
}
