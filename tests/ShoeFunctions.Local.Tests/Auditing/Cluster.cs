using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Confluent.Kafka;
using ShoeFunctions.Engine.Serialization;
using ShoeFunctions.Engine.Shoes;
using ShoeFunctions.Engine.Ticks;
using ShoeFunctions.Local.EmbeddedKafka;
using ShoeFunctions.Local.EmbeddedSchemaRegistry;
using ShoeFunctions.Local.Tests.EndToEnd;

namespace ShoeFunctions.Local.Tests.Auditing;

/// <summary>Brokers and a registry in the test, for runs and verbs that are processes of their own, with a batch every second.</summary>
internal sealed partial class Cluster : IAsyncDisposable
{
    public const int Batch = 40;

    private readonly EmbeddedRegistry _registry;

    private Cluster(EmbeddedRegistry registry) => _registry = registry;

    public EmbeddedCluster Kafka { get; } = new();

    public static async Task<Cluster> StartAsync(int partitions = 6)
    {
        var cluster = new Cluster(await EmbeddedRegistry.StartAsync(cancellation: TestContext.Current.CancellationToken));
        cluster.Kafka.CreateTopic("js_shoe", partitions);
        return cluster;
    }

    public (string Name, string Value)[] Settings(params (string Name, string Value)[] others) =>
    [
        ("KAFKA_BOOTSTRAP_SERVERS", Kafka.BootstrapServers), ("SCHEMA_REGISTRY_URL", _registry.Url.AbsoluteUri),
        ("PRODUCE_SCHEDULE", "* * * * * *"), ("BATCH_SIZE", $"{Batch}"), .. others,
    ];

    /// <summary>Runs a verb, or the timer, to its end.</summary>
    public async Task<ShoesProcess.Ended> RunAsync(string arguments, params (string Name, string Value)[] settings)
    {
        var ended = await ShoesCommand.RunAsync(arguments, Settings(settings));
        Assert.DoesNotContain("   at ", ended.Output + ended.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("Exception", ended.Output + ended.Errors, StringComparison.Ordinal);
        return ended;
    }

    /// <summary>Has the command produce so many ticks.</summary>
    /// <returns>The ticks, in order.</returns>
    public async Task<Tick[]> ProduceAsync(int ticks)
    {
        var ended = await RunAsync($"--ticks {ticks}");
        Assert.Equal((0, $"{Quantity.Of(ticks, "tick")}, {Quantity.Of(ticks * Batch, "shoe")} delivered, 0 failed"), (ended.ExitCode, ended.Output.TrimEnd().Split('\n')[^1]));
        return TicksIn(ended.Errors);
    }

    /// <summary>The ticks that the lines of a run or a replay name.</summary>
    public static Tick[] TicksIn(string lines) => [.. TickLine.Matches(lines).Select(line => Tick.At(DateTimeOffset.Parse(line.Groups[1].Value)))];

    /// <summary>Audits all ticks from one to another, both included.</summary>
    public async Task<(int ExitCode, JsonElement Outcome)> AuditAsync(Tick first, Tick last, string options = "", params (string Name, string Value)[] settings)
    {
        var ended = await RunAsync($"audit {Range(first, last)} --json {options}", settings);
        Assert.Equal("", ended.Errors);
        return (ended.ExitCode, JsonSerializer.Deserialize<JsonElement>(ended.Output));
    }

    /// <summary>The options for all ticks from one to another, both included.</summary>
    public static string Range(Tick first, Tick last) => $"--from {first} --to {new Tick(last.UnixSeconds + 1)}";

    /// <summary>Writes one record by other means than ours.</summary>
    public async Task WriteAsync(byte[] value, Tick tick, params (string Key, string Value)[] headers)
    {
        using var producer = new ProducerBuilder<Null, byte[]>(new ProducerConfig { BootstrapServers = Kafka.BootstrapServers }).Build();
        var message = new Message<Null, byte[]> { Value = value, Timestamp = new Timestamp(tick.Time), Headers = [] };
        foreach (var (key, text) in headers)
            message.Headers.Add(key, Encoding.UTF8.GetBytes(text));
        await producer.ProduceAsync("js_shoe", message, TestContext.Current.CancellationToken);
    }

    /// <summary>The frame and the headers of a shoe, as they must be.</summary>
    public static (byte[] Frame, (string Key, string Value)[] Headers) RecordOf(Tick tick, int index)
    {
        var shoe = new ShoeGenerator(0).Shoe(tick, index);
        var frame = new byte[ShoeFrame.Length(shoe)];
        new ShoeFrame(1).Write(shoe, frame);
        return (frame, [("content-type", "application/x-protobuf"), ("shoe-id", $"{shoe.Id}"), ("shoe-brand", shoe.Model.Brand)]);
    }

    public async ValueTask DisposeAsync()
    {
        Kafka.Dispose();
        await _registry.DisposeAsync();
    }

    [GeneratedRegex(@"tick (\S+)  [\d,]+ (?:of [\d,]+ )?shoes? delivered")]
    private static partial Regex TickLine { get; }
}
