using System.Diagnostics;
using System.Text.Json;
using Microsoft.Extensions.Configuration;
using ShoeFunctions.Benchmarks.Pipeline;
using ShoeFunctions.Engine;
using ShoeFunctions.Engine.Kafka;
using ShoeFunctions.Engine.Progress;
using ShoeFunctions.Engine.Progress.Stores;
using ShoeFunctions.Engine.Setup;
using ShoeFunctions.Engine.Statistics;
using ShoeFunctions.Engine.Ticks;

namespace ShoeFunctions.Benchmarks;

/// <summary>Reading back: the audit of a million records, and the statistics' answer.</summary>
internal static class ReadingSuite
{
    private const int Rounds = 5;
    private const int Shoes = 1_000_000;

    /// <summary>A partition of the embedded brokers keeps 5 MB at most, and a million records are to be there.</summary>
    private const int Partitions = 120;

    public static async Task<IReadOnlyList<Figure>> RunAsync() => [await AuditAsync(), await StatsAsync()];

    private static async Task<Figure> AuditAsync()
    {
        using var brokers = await BrokerProcess.StartAsync("--partitions", $"{Partitions}");
        var settings = brokers.With(("BATCH_SIZE", $"{Shoes}"), ("PRODUCE_SCHEDULE", "*/10 * * * * *"), ("KAFKA_TIMEOUT", "5m"));
        Tick tick;
        using (var engine = new EngineWay(new ConfigurationBuilder().AddInMemoryCollection(settings).Build()))
        {
            await engine.ProduceAsync(Shoes);
            tick = engine.LastTick;
        }

        var seconds = new List<double>();
        for (var round = 0; round < Rounds; round++)
        {
            using var audit = Processes.StartShoes(settings, "audit", "--json", "--from", $"{tick}", "--to", $"{new Tick(tick.UnixSeconds + 10)}");
            using var outcome = JsonDocument.Parse(await audit.StandardOutput.ReadToEndAsync());
            if (outcome.RootElement.GetProperty("present").GetInt64() != Shoes)
                throw new InvalidOperationException($"The audit did not find all: {outcome.RootElement}");
            seconds.Add(outcome.RootElement.GetProperty("durationMs").GetDouble() / 1000);
        }

        return new("reading.audit", Shoes / Figure.Median(seconds), "records/s");
    }

    private static async Task<Figure> StatsAsync()
    {
        var folder = Directory.CreateTempSubdirectory("shoes-");
        try
        {
            var progress = new FileProgressStore(folder.FullName, ClusterName.Of("localhost:9092"), "js_shoe", TimeProvider.System);
            var configuration = new ConfigurationBuilder().AddInMemoryCollection([new("KAFKA_BOOTSTRAP_SERVERS", "localhost:9092"), new("SCHEMA_REGISTRY_URL", "http://localhost")]).Build();
            var settings = ShoeSettings.Read(configuration, TimeProvider.System.GetUtcNow());
            var now = settings.Ticks.Schedule.Latest(TimeProvider.System.GetUtcNow())!.Value;
            await progress.UpdateAsync(
                state => Enumerable.Range(0, ProgressState.RecentTicks)
                    .Select(age => new Tick(now.UnixSeconds - 10 * (ProgressState.RecentTicks - age)))
                    .Aggregate(state, (state, tick) => state.With(Report(tick))),
                CancellationToken.None);
            var stats = new Stats(progress, Microsoft.Extensions.Options.Options.Create(settings), configuration, TimeProvider.System);

            var milliseconds = new List<double>();
            for (var round = 0; round < 200; round++)
            {
                var started = Stopwatch.GetTimestamp();
                JsonSerializer.SerializeToUtf8Bytes(await stats.AnswerAsync(CancellationToken.None), ShoeJson.Default.StatsAnswer);
                milliseconds.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
            }

            return new("reading.stats", Figure.Median(milliseconds), "ms");
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static TickReport Report(Tick tick) =>
        new() { Tick = tick, StartedAt = tick.Time, Duration = TimeSpan.FromMilliseconds(7), Shoes = 1000, Delivered = 1000, Bytes = 70_000 };
}
