using System.Net.Http.Json;
using System.Text.Json;
using Confluent.Kafka;
using ShoeFunctions.Engine.Serialization;
using ShoeFunctions.Engine.Shoes;
using ShoeFunctions.Engine.Tests.Processes;
using ShoeFunctions.Engine.Ticks;
using ShoeFunctions.Local.EmbeddedKafka;
using ShoeFunctions.Local.EmbeddedSchemaRegistry;

namespace ShoeFunctions.Tests.Worker;

/// <summary>Brokers and a registry for one test, and what is on the topic.</summary>
internal sealed class TestCluster : IAsyncDisposable
{
    public const string Topic = "shoes";

    /// <summary>A schedule with the same latest tick for the whole of a test: new year.</summary>
    public const string OnceAYear = "0 0 0 1 1 *";

    private TestCluster(EmbeddedRegistry registry)
    {
        Registry = registry;
        Kafka.CreateTopic(Topic, 6);
    }

    public EmbeddedCluster Kafka { get; } = new();

    public EmbeddedRegistry Registry { get; }

    /// <summary>The tick that <see cref="OnceAYear"/> has for now.</summary>
    public static Tick CurrentTick { get; } = Tick.At(new DateTimeOffset(TimeProvider.System.GetUtcNow().Year, 1, 1, 0, 0, 0, TimeSpan.Zero));

    public static async Task<TestCluster> StartAsync() => new(await EmbeddedRegistry.StartAsync());

    /// <summary>The settings of an app that produces 25 shoes a tick for this cluster, and more settings, which come first.</summary>
    public (string Name, string Value)[] Settings(params (string Name, string Value)[] more) =>
    [
        .. new[]
        {
            ("KAFKA_BOOTSTRAP_SERVERS", Kafka.BootstrapServers), ("SCHEMA_REGISTRY_URL", Registry.Url.AbsoluteUri), ("KAFKA_TOPIC", Topic),
            ("PRODUCE_SCHEDULE", OnceAYear), ("BATCH_SIZE", "25"),
        }.ExceptBy(more.Select(setting => setting.Name), setting => setting.Item1),
        .. more,
    ];

    /// <summary>The frames of the first shoes of <see cref="CurrentTick"/>, with the schema's id that the registry gave.</summary>
    public async Task<byte[][]> ExpectedFramesAsync(int count, long seed = 0)
    {
        using var http = new HttpClient();
        var latest = await http.GetFromJsonAsync<JsonElement>(new Uri(Registry.Url, $"subjects/{Topic}-value/versions/latest"), TestContext.Current.CancellationToken);
        var frame = new ShoeFrame(latest.GetProperty("id").GetInt32());
        return [.. new ShoeGenerator(seed).Shoes(CurrentTick, count).Select(shoe =>
        {
            var bytes = new byte[ShoeFrame.Length(shoe)];
            frame.Write(shoe, bytes);
            return bytes;
        })];
    }

    /// <summary>How many records the topic was given, those that are dropped again included.</summary>
    public long Count()
    {
        using var consumer = Consumer();
        return Partitions.Sum(partition => HighWatermark(consumer, partition));
    }

    /// <summary>Waits for the first record of a tick that is still running.</summary>
    public Task FirstRecordAsync(Task tick) => Wait.UntilAsync(() =>
    {
        Assert.False(tick.IsCompleted, "The tick ended before it was looked at.");
        return Count() > 0;
    });

    /// <summary>All records of the topic.</summary>
    public List<ConsumeResult<byte[], byte[]>> Read()
    {
        using var consumer = Consumer();
        var ends = Partitions.ToDictionary(partition => partition, partition => HighWatermark(consumer, partition));
        var records = new List<ConsumeResult<byte[], byte[]>>();
        consumer.Assign(ends.Where(end => end.Value > 0).Select(end => new TopicPartitionOffset(end.Key, Offset.Beginning)));
        for (var left = ends.Values.Sum(); left > 0; left--)
            records.Add(consumer.Consume(Wait.Patience) ?? throw new TimeoutException($"{left} records did not come."));
        return records;
    }

    public async ValueTask DisposeAsync()
    {
        Kafka.Dispose();
        await Registry.DisposeAsync();
    }

    private static IEnumerable<TopicPartition> Partitions => Enumerable.Range(0, 6).Select(partition => new TopicPartition(Topic, partition));

    private static long HighWatermark(IConsumer<byte[], byte[]> consumer, TopicPartition partition) =>
        consumer.QueryWatermarkOffsets(partition, Wait.Patience).High.Value;

    private IConsumer<byte[], byte[]> Consumer() => new ConsumerBuilder<byte[], byte[]>(new ConsumerConfig
    {
        BootstrapServers = Kafka.BootstrapServers,
        GroupId = "tests",
        EnableAutoCommit = false,
    }).SetLogHandler((_, _) => { }).Build();
}
