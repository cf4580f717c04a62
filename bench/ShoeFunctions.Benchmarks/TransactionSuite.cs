using System.Diagnostics;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using ShoeFunctions.Engine;
using ShoeFunctions.Engine.Delivery;
using ShoeFunctions.Engine.Ticks;

namespace ShoeFunctions.Benchmarks;

/// <summary>
/// What a transaction costs a tick: milliseconds and processor time of this process, beside the same tick without one. Against the brokers that
/// <c>TRANSACTIONAL_BROKERS</c> names, which have the topic js_shoe; else against brokers that take transactions and do not keep what they promise.
/// </summary>
internal static class TransactionSuite
{
    private static readonly (int Shoes, int Ticks)[] Sizes = [(10, 60), (1_000, 60), (1_000_000, 5)];

    public static async Task<IReadOnlyList<Figure>> RunAsync()
    {
        using var brokers = await BrokerProcess.StartAsync();
        var others = Environment.GetEnvironmentVariable("TRANSACTIONAL_BROKERS");
        var to = string.IsNullOrEmpty(others) ? brokers.With() : brokers.With(("KAFKA_BOOTSTRAP_SERVERS", others));
        Console.Error.WriteLine(string.IsNullOrEmpty(others) ? "transactions: against the embedded brokers" : $"transactions: against {others}");
        var figures = new List<Figure>();
        await using var plain = Engine(to, "at-least-once");
        await using var whole = Engine(to, "exactly-once");
        foreach (var (shoes, ticks) in Sizes)
        {
            var (times, processors) = (new[] { new List<double>(), new List<double>() }, new[] { new List<double>(), new List<double>() });
            for (var tick = 0; tick < ticks; tick++)
            {
                foreach (var (way, engine) in new[] { plain, whole }.Index())
                {
                    var (time, processor) = await MeasureAsync(engine, new Tick(1_795_442_400 + tick), shoes);
                    // The first opens the connections.
                    if (tick > 0)
                    {
                        times[way].Add(time);
                        processors[way].Add(processor);
                    }
                }
            }

            figures.Add(new($"transactions.{shoes}.time", Figure.Median(times[1]), "ms", "at least once", Figure.Median(times[0])));
            figures.Add(new($"transactions.{shoes}.cpu", Figure.Median(processors[1]), "ms", "at least once", Figure.Median(processors[0])));
            figures.Add(new($"transactions.{shoes}.beyond", Figure.Median(times[1].Zip(times[0], (with, without) => with - without)), "ms"));
        }

        return figures;
    }

    private static ServiceProvider Engine(IEnumerable<KeyValuePair<string, string?>> settings, string delivery) => new ServiceCollection()
        .AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection([.. settings, new("DELIVERY", delivery), new("KAFKA_TIMEOUT", "5m")]).Build())
        .AddLogging().AddShoes().BuildServiceProvider();

    private static async Task<(double Milliseconds, double ProcessorMilliseconds)> MeasureAsync(ServiceProvider engine, Tick tick, int shoes)
    {
        var (started, processor) = (Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime);
        (await engine.GetRequiredService<ShoeProducer>().ProduceAsync(tick, shoes, TimeSpan.FromMinutes(5), CancellationToken.None)).ThrowUnlessDelivered();
        return (Stopwatch.GetElapsedTime(started).TotalMilliseconds, (Environment.CpuUsage.TotalTime - processor).TotalMilliseconds);
    }
}
