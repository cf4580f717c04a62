using System.Globalization;
using System.Text.RegularExpressions;
using Confluent.Kafka;
using ShoeFunctions.Engine.Running;
using ShoeFunctions.Engine.Tests.Processes;
using ShoeFunctions.Engine.Ticks;
using ShoeFunctions.Local.EmbeddedKafka;
using ShoeFunctions.Local.Tests.Credentials;
using ShoeFunctions.Local.Tests.EndToEnd;

namespace ShoeFunctions.Local.Tests.Faults;

/// <summary>The end of a run in the middle of a tick, in order and by force.</summary>
public sealed partial class ShutdownTests
{
    private const int Batch = 500_000;
    private const string Topic = "large";

    /// <summary>Longer than a test waits for an end: a process that ends did not wait for this.</summary>
    private static readonly (string, string) Unbounded = ("KAFKA_TIMEOUT", "1h");

    /// <summary>The mock brokers keep 5 MB a partition.</summary>
    private const int Partitions = 48;

    /// <summary>A tick is ten times as much as may be under way: it takes a second at least, so that there is always one that a signal can cut short.</summary>
    private const int RoundTripMs = 100;

    [Theory]
    [InlineData("TERM")]
    [InlineData("INT")]
    public async Task Told_to_stop_it_flushes_and_says_exactly_what_is_there(string signal)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no signals to send.");
        await using var engine = await StartAsync(RoundTripMs);
        await using var process = Start(engine);
        await ProducingAsync(engine, process);
        await process.SignalAsync(signal);
        var ended = await process.EndAsync();

        Assert.Equal(0, ended.ExitCode);
        Assert.DoesNotContain("   at ", ended.Output + ended.Errors, StringComparison.Ordinal);
        Assert.Contains("Cancelled (stopped): The tick was cut short", ended.Errors, StringComparison.Ordinal);
        var (delivered, failed) = Counts(ended);
        Assert.InRange(failed, 1, Batch - 1);
        Assert.Equal(delivered, CountRecords(engine));
    }

    [Fact]
    public async Task Told_to_stop_while_the_brokers_are_down_it_waits_no_longer_than_the_flush_may_take()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no signals to send.");
        await using var engine = await StartAsync(RoundTripMs);
        await using var process = Start(engine);
        await ProducingAsync(engine, process);
        engine.Cluster.TakeDown();
        await process.SignalAsync("TERM");
        var ended = await process.EndAsync();

        Assert.Equal(0, ended.ExitCode);
        engine.Cluster.BringUp();
        var (delivered, failed) = Counts(ended);

        // What the brokers had taken when they went down, and could not say any more, may be there in addition.
        Assert.InRange(CountRecords(engine), delivered, delivered + failed);
    }

    [Fact]
    public async Task Killed_it_loses_nothing_because_the_next_run_makes_the_tick_again()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no signals to send.");
        Assert.SkipUnless(EmbeddedCluster.CanFailOne, "Single brokers' requests cannot be held here.");
        await using var engine = await StartAsync(roundTripMs: 0);
        // No broker answers the first request that it takes, nor those behind it, of which there are five at most: the tick
        // cannot end before the process does.
        const int MostInFlight = 5;
        for (var broker = 1; broker <= EmbeddedCluster.Brokers; broker++)
            engine.Cluster.FailAt(broker, KafkaRequest.Produce, ErrorCode.NoError, TimeSpan.FromHours(1));
        engine.Cluster.StartCounting();
        await using var process = Start(engine);
        await process.UntilAsync(() => Task.FromResult(engine.Cluster.Count(KafkaRequest.Produce) > (EmbeddedCluster.Brokers - 1) * MostInFlight));
        await process.SignalAsync("KILL");
        Assert.NotEqual(0, (await process.EndAsync()).ExitCode);
        var ids = ReadIds(engine);
        var tick = Assert.Single(ids.Select(Tick.OfShoe).Distinct());
        Assert.InRange(ids.Count, 1, Batch - 1);

        // The progress as a store outside the process has it: the tick before was the last to be written down.
        await engine.Progress.UpdateAsync(state => state.BeginningAt(tick), TestContext.Current.CancellationToken);
        engine.Time.Now = tick.Time;
        var report = Assert.Single(await engine.Get<TickRunner>().RunDueAsync(TestContext.Current.CancellationToken));
        Assert.Equal((tick, Batch), (report.Tick, report.Delivered));
        Assert.Equal(Enumerable.Range(0, Batch).Select(tick.ShoeId), ReadIds(engine).Distinct().Order());
    }

    private static async Task<FaultyEngine> StartAsync(int roundTripMs)
    {
        var engine = await FaultyEngine.StartAsync([("KAFKA_TOPIC", Topic), ("BATCH_SIZE", $"{Batch}"), Unbounded], TestContext.Current.CancellationToken);
        engine.Cluster.CreateTopic(Topic, Partitions);
        engine.Cluster.SetRoundTrip(TimeSpan.FromMilliseconds(roundTripMs));
        return engine;
    }

    private static ShoesProcess Start(FaultyEngine engine) => ShoesProcess.Start("",
        ("KAFKA_BOOTSTRAP_SERVERS", engine.Cluster.BootstrapServers), ("SCHEMA_REGISTRY_URL", engine.Registry.Url.AbsoluteUri), ("KAFKA_TOPIC", Topic),
        ("BATCH_SIZE", $"{Batch}"), ("PRODUCE_SCHEDULE", "* * * * * *"), Unbounded);

    /// <summary>What it says at its end: of ticks delivered whole, if any were before the signal came, and of the one that was cut short.</summary>
    private static (long Delivered, long Failed) Counts(ShoesProcess.Ended ended)
    {
        var counts = Assert.Single(Summary.Matches(ended.Output)).Groups;
        var (delivered, failed) = (Count(counts["delivered"]), Count(counts["failed"]));
        Assert.Equal(0, (delivered + failed) % Batch);
        return (delivered, failed);
    }

    /// <summary>Waits until the first records are on their way.</summary>
    private static async Task ProducingAsync(FaultyEngine engine, ShoesProcess process)
    {
        engine.Cluster.StartCounting();
        await process.UntilAsync(() => Task.FromResult(engine.Cluster.Count(KafkaRequest.Produce) > 0));
    }

    /// <summary>How many records the brokers have taken, those among them that they have dropped again.</summary>
    private static long CountRecords(FaultyEngine engine)
    {
        using var client = new ConsumerBuilder<Ignore, Ignore>(new ConsumerConfig { BootstrapServers = engine.Cluster.BootstrapServers, GroupId = "counter" }).SetLogHandler((_, _) => { }).Build();
        return Enumerable.Range(0, Partitions).Sum(partition => client.QueryWatermarkOffsets(new TopicPartition(Topic, partition), Wait.Patience).High.Value);
    }

    private static IReadOnlyList<long> ReadIds(FaultyEngine engine) =>
        TopicReader.ReadIds(engine.Cluster.BootstrapServers, Topic, Partitions, TestContext.Current.CancellationToken);

    [GeneratedRegex(@"^\d+ ticks?, (?<delivered>[\d,]+) shoes? delivered, (?<failed>[\d,]+) failed", RegexOptions.Multiline)]
    private static partial Regex Summary { get; }

    private static long Count(Group count) => long.Parse(count.Value, NumberStyles.AllowThousands, CultureInfo.InvariantCulture);
}
