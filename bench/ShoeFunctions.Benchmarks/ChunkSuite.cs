using System.Diagnostics;
using System.Diagnostics.Metrics;
using Azure.Storage.Queues;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using ShoeFunctions.Benchmarks.Pipeline;
using ShoeFunctions.Engine;
using ShoeFunctions.Engine.Delivery;
using ShoeFunctions.Engine.Progress;
using ShoeFunctions.Engine.Running;
using ShoeFunctions.Engine.Tests.Progress.Stores;

namespace ShoeFunctions.Benchmarks;

/// <summary>
/// What a chunk of a large tick costs beyond its shoes, with Azurite as the storage account: milliseconds, and operations of the app's own.
/// The platform's two, to take the message and to delete it, come on top.
/// </summary>
internal static class ChunkSuite
{
    private const int Ticks = 3;

    private static readonly (int Shoes, int Chunks)[] Sizes = [(1_000, 60), (10_000, 30), (50_000, 20)];

    public static async Task<IReadOnlyList<Figure>> RunAsync()
    {
        await using var azurite = new Azurite();
        if (!Azurite.IsThere)
        {
            Console.Error.WriteLine("chunks are left out: Azurite is missing; script/test fetches it, with Node.js");
            return [];
        }

        await azurite.InitializeAsync();
        using var brokers = await BrokerProcess.StartAsync();
        var figures = new List<Figure>();
        foreach (var (shoes, chunks) in Sizes)
            figures.AddRange(await MeasureAsync(azurite.NextAccount(), brokers, shoes, chunks));
        return figures;
    }

    private static async Task<IEnumerable<Figure>> MeasureAsync(string storage, BrokerProcess brokers, int shoes, int chunks)
    {
        var settings = new ConfigurationBuilder().AddInMemoryCollection(brokers.With(
            ("AzureWebJobsStorage", storage), ("FAN_OUT_ABOVE", "1"), ("FAN_OUT_CHUNK", $"{shoes}"), ("BATCH_SIZE", $"{shoes * chunks}"),
            ("PRODUCE_SCHEDULE", "*/10 * * * * *"), ("KAFKA_TIMEOUT", "5m"))).Build();
        var time = new SteppedTime();
        await using var engine = new ServiceCollection().AddSingleton<IConfiguration>(settings).AddSingleton<TimeProvider>(time).AddLogging().AddShoes().AddChunks(settings).BuildServiceProvider();
        var (producer, queue) = (engine.GetRequiredService<ShoeProducer>(), new QueueServiceClient(storage).GetQueueClient(IQueuedChunks.Name));
        var (opening, whole, alone, operations) = (new List<double>(), new List<double>(), new List<double>(), new List<double>());
        using var requests = new Requests();
        for (var tick = 0; tick < Ticks; tick++)
        {
            time.Step(TimeSpan.FromSeconds(10));
            opening.Add(await MillisecondsAsync(() => engine.GetRequiredService<TickRunner>().RunDueAsync(CancellationToken.None)));
            while ((await queue.ReceiveMessagesAsync(32)).Value is { Length: > 0 } messages)
                foreach (var message in messages)
                {
                    var text = message.Body.ToString();
                    var before = requests.Count;
                    whole.Add(await MillisecondsAsync(() => engine.GetRequiredService<ChunkRunner>().RunAsync(text, 1, CancellationToken.None)));
                    operations.Add(requests.Count - before);
                    // The same shoes once more, and nothing besides.
                    alone.Add(await MillisecondsAsync(() => producer.ProduceAsync(ChunkMessage.Parse(text).Chunk, null, TimeSpan.FromMinutes(5), CancellationToken.None)));
                    await queue.DeleteMessageAsync(message.MessageId, message.PopReceipt);
                }
        }

        if ((await engine.GetRequiredService<IProgressStore>().ReadAsync(CancellationToken.None)) is var state && (state.Ticks, state.Open.Length) != (Ticks, 0))
            throw new InvalidOperationException($"{state.Ticks} ticks were closed, and {state.Open.Length} are open.");

        return
        [
            new($"chunks.{shoes}.open", Figure.Median(opening) / chunks, "ms/chunk"),
            new($"chunks.{shoes}.time", Figure.Median(whole), "ms", "its shoes alone", Figure.Median(alone)),
            new($"chunks.{shoes}.beyond", Figure.Median(whole.Zip(alone, (both, one) => both - one)), "ms"),
            new($"chunks.{shoes}.operations", operations.Average(), "operations"),
        ];
    }

    private static async Task<double> MillisecondsAsync(Func<Task> run)
    {
        var started = Stopwatch.GetTimestamp();
        await run();
        return Stopwatch.GetElapsedTime(started).TotalMilliseconds;
    }

    /// <summary>Counts this process's HTTP requests, which are those of the storage account: the registry is asked once.</summary>
    private sealed class Requests : IDisposable
    {
        private readonly MeterListener _listener = new();
        private long _count;

        public Requests()
        {
            _listener.InstrumentPublished = (instrument, listener) =>
            {
                if (instrument is { Meter.Name: "System.Net.Http", Name: "http.client.request.duration" })
                    listener.EnableMeasurementEvents(instrument);
            };
            _listener.SetMeasurementEventCallback<double>((_, _, _, _) => Interlocked.Increment(ref _count));
            _listener.Start();
        }

        public long Count => Interlocked.Read(ref _count);

        public void Dispose() => _listener.Dispose();
    }
}
