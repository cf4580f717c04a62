using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using ShoeFunctions.Engine.Shoes;
using ShoeFunctions.Engine.Ticks;
using ShoeFunctions.Local.EmbeddedKafka;
using ShoeFunctions.Local.EmbeddedSchemaRegistry;
using ShoeFunctions.Local.Tests.Auditing;

namespace ShoeFunctions.Local.Tests.EndToEnd;

public sealed partial class EndToEndTests
{
    private static readonly (string, string) EverySecond = ("PRODUCE_SCHEDULE", "* * * * * *");

    [Fact(SkipUnless = nameof(ForeignConsumer.IsThere), SkipType = typeof(ForeignConsumer), Skip = ForeignConsumer.WhyNot)]
    public async Task One_command_puts_shoes_on_a_topic_that_foreign_clients_read()
    {
        await using var process = ShoesProcess.Start("", EverySecond, ("BATCH_SIZE", "25"));
        var ready = await process.ReadyAsync();
        Assert.Equal("js_shoe", ready.Topic);

        AssertIsWhatTheGeneratorMakes(await ForeignConsumer.ReadAsync(ready.KafkaBootstrapServers, ready.SchemaRegistryUrl, ready.Topic, 60), seed: 0);
    }

    [Theory(SkipUnless = nameof(ForeignConsumer.IsThere), SkipType = typeof(ForeignConsumer), Skip = ForeignConsumer.WhyNot)]
    [InlineData(10, "none", 0)]
    [InlineData(100, "brand", 42)]
    [InlineData(20_000, "id", -7)]
    public async Task What_is_said_to_be_delivered_is_on_the_topic_and_nothing_else(int batch, string key, long seed)
    {
        const int Ticks = 2;
        using var cluster = new EmbeddedCluster();
        await using var registry = await EmbeddedRegistry.StartAsync(cancellation: TestContext.Current.CancellationToken);
        cluster.CreateTopic("shoes.of-the_test", 6);
        var ended = await ShoesProcess.RunAsync($"--ticks {Ticks}", EverySecond,
            ("KAFKA_BOOTSTRAP_SERVERS", cluster.BootstrapServers), ("SCHEMA_REGISTRY_URL", registry.Url.AbsoluteUri), ("KAFKA_TOPIC", "shoes.of-the_test"),
            ("BATCH_SIZE", $"{batch}"), ("KAFKA_MESSAGE_KEY", key), ("SHOE_SEED", $"{seed}"));
        Assert.Equal(0, ended.ExitCode);
        Assert.Contains($"{Ticks} ticks, {Quantity.Of(Ticks * batch)} shoes delivered, 0 failed", ended.Output, StringComparison.Ordinal);

        var records = await ForeignConsumer.ReadAsync(cluster.BootstrapServers, registry.Url.AbsoluteUri, "shoes.of-the_test");
        Assert.Equal(Ticks * batch, records.Count);
        AssertIsWhatTheGeneratorMakes(records, seed);
        Assert.All(records, record => Assert.Equal(key switch { "id" => record.Shoe.Id, "brand" => record.Shoe.Brand, _ => null }, record.Key));
        Assert.All(records.GroupBy(record => Tick.OfShoe(long.Parse(record.Shoe.Id))), tick => Assert.Equal(batch, tick.Count()));
    }

    [Fact(SkipUnless = nameof(ForeignConsumer.IsThere), SkipType = typeof(ForeignConsumer), Skip = ForeignConsumer.WhyNot)]
    public async Task Two_runs_over_the_same_ticks_give_byte_identical_values()
    {
        await using var one = ShoesProcess.Start("", EverySecond, ("BATCH_SIZE", "50"));
        await using var other = ShoesProcess.Start("", EverySecond, ("BATCH_SIZE", "50"));
        var (oneReady, otherReady) = (await one.ReadyAsync(), await other.ReadyAsync());
        // The first may have begun some ticks earlier.
        await one.UntilAsync(() => Task.FromResult(Cluster.TicksIn(other.ErrorsSoFar).Length > 2 && Cluster.TicksIn(one.ErrorsSoFar).Contains(Cluster.TicksIn(other.ErrorsSoFar)[2])));
        var (ones, others) = (await ReadByIdAsync(oneReady), await ReadByIdAsync(otherReady));
        var both = ones.Keys.Intersect(others.Keys).ToArray();
        Assert.InRange(both.Length, 150, int.MaxValue);
        Assert.All(both, id => Assert.Equal(ones[id], others[id]));

        static async Task<Dictionary<string, byte[]>> ReadByIdAsync(ShoesProcess.Ready ready) =>
            (await ForeignConsumer.ReadAsync(ready.KafkaBootstrapServers, ready.SchemaRegistryUrl, ready.Topic)).ToDictionary(record => record.Shoe.Id, record => record.Value);
    }

    [Theory(SkipUnless = nameof(ForeignConsumer.IsThere), SkipType = typeof(ForeignConsumer), Skip = ForeignConsumer.WhyNot)]
    [InlineData("TERM")]
    [InlineData("INT")]
    public async Task Told_to_stop_in_the_middle_of_a_tick_it_ends_cleanly_and_the_counts_are_true(string signal)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no signals to send.");
        using var cluster = new EmbeddedCluster();
        await using var registry = await EmbeddedRegistry.StartAsync(cancellation: TestContext.Current.CancellationToken);
        cluster.CreateTopic("js_shoe", 6);
        await using var process = ShoesProcess.Start("", EverySecond, ("BATCH_SIZE", "1000000"), ("KAFKA_COMPRESSION", "none"),
            ("KAFKA_BOOTSTRAP_SERVERS", cluster.BootstrapServers), ("SCHEMA_REGISTRY_URL", registry.Url.AbsoluteUri));
        await process.ReadyAsync();
        await ForeignConsumer.ReadAsync(cluster.BootstrapServers, registry.Url.AbsoluteUri, "js_shoe", 1);
        await process.SignalAsync(signal);
        var ended = await process.EndAsync();

        Assert.Equal(0, ended.ExitCode);
        Assert.DoesNotContain("   at ", ended.Output + ended.Errors, StringComparison.Ordinal);
        var counts = Assert.Single(Summary.Matches(ended.Output)).Groups;
        Assert.Equal(0, (Count(counts["delivered"]) + Count(counts["failed"])) % 1_000_000);
    }

    [Fact]
    public async Task Live_and_stats_answer_with_the_counts_of_the_run()
    {
        await using var process = ShoesProcess.Start("", EverySecond, ("BATCH_SIZE", "7"));
        var ready = await process.ReadyAsync();
        using var http = new HttpClient { BaseAddress = new Uri(ready.Http) };
        var live = await http.GetFromJsonAsync<JsonElement>("/api/health/live", TestContext.Current.CancellationToken);
        Assert.Equal("""{"status":"live"}""", JsonSerializer.Serialize(live));

        var stats = await StatsAsync(process, http, stats => stats.GetProperty("totals").GetProperty("ticks").GetInt64() >= 2);
        var totals = stats.GetProperty("totals");
        Assert.Equal(totals.GetProperty("ticks").GetInt64() * 7, totals.GetProperty("delivered").GetInt64());
        Assert.Equal(0, totals.GetProperty("failed").GetInt64());
        Assert.All(stats.GetProperty("lastTicks").EnumerateArray(), tick => Assert.Equal(7, tick.GetProperty("delivered").GetInt32()));
    }

    [Fact]
    public async Task An_outage_of_the_brokers_fails_its_ticks_and_is_made_up_for()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no signals to send.");
        using var cluster = new EmbeddedCluster();
        await using var registry = await EmbeddedRegistry.StartAsync(cancellation: TestContext.Current.CancellationToken);
        cluster.CreateTopic("js_shoe", 6);
        cluster.TakeDown();
        await using var process = ShoesProcess.Start("", EverySecond, ("BATCH_SIZE", "10"), ("KAFKA_TIMEOUT", "3s"),
            ("KAFKA_BOOTSTRAP_SERVERS", cluster.BootstrapServers), ("SCHEMA_REGISTRY_URL", registry.Url.AbsoluteUri));
        var ready = await process.ReadyAsync();
        using var http = new HttpClient { BaseAddress = new Uri(ready.Http) };
        // A tick that is still under way may yet be delivered, and then says nothing.
        await StatsAsync(process, http, stats => stats.GetProperty("lastFailure") is { ValueKind: JsonValueKind.Object } last
            && last.GetProperty("failure").GetProperty("kind").GetString() == "network" && !last.GetProperty("isUnderWay").GetBoolean());

        cluster.BringUp();
        await StatsAsync(process, http, stats => stats.GetProperty("totals").GetProperty("ticks").GetInt64() >= 6 && stats.GetProperty("pendingTicks").GetInt32() == 0);
        await process.SignalAsync("TERM");
        var ended = await process.EndAsync();
        Assert.Equal(0, ended.ExitCode);
        Assert.Matches(@"Network \(Local_(AllBrokersDown|Transport)\): The brokers cannot be reached", ended.Errors);
        var ticks = DeliveredTick.Matches(ended.Errors).Select(match => DateTimeOffset.Parse(match.Groups[1].Value).ToUnixTimeSeconds()).ToArray();
        Assert.True(ticks.Length >= 6, ended.Errors);
        Assert.Equal(Enumerable.Range(0, ticks.Length).Select(index => ticks[0] + index), ticks);
    }

    /// <summary>A tick that the outage cut in two has had some of its shoes acknowledged: they are delivered once more.</summary>
    [Theory]
    [InlineData(true, 0, "^8 ticks, (8|9|1[0-4])[0-9] shoes delivered, 0 failed$")]
    [InlineData(false, 1, "^[0-7] of 8 ticks, [0-9]+ shoes delivered, ([1-9]|10) failed$")]
    public async Task What_was_asked_for_with_ticks_is_delivered_after_an_outage_or_the_end_says_otherwise(bool ends, int exitCode, string end)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no signals to send.");
        using var cluster = new EmbeddedCluster();
        await using var registry = await EmbeddedRegistry.StartAsync(cancellation: TestContext.Current.CancellationToken);
        cluster.CreateTopic("js_shoe", 6);
        await using var process = ShoesProcess.Start("--ticks 8", EverySecond, ("BATCH_SIZE", "10"), ("KAFKA_TIMEOUT", "3s"),
            ("KAFKA_BOOTSTRAP_SERVERS", cluster.BootstrapServers), ("SCHEMA_REGISTRY_URL", registry.Url.AbsoluteUri));
        using var http = new HttpClient { BaseAddress = new Uri((await process.ReadyAsync()).Http) };
        cluster.TakeDown();
        await StatsAsync(process, http, stats => stats.GetProperty("totals").GetProperty("failedSends").GetInt64() > 0);
        if (ends)
            cluster.BringUp();
        else
            await process.SignalAsync("TERM");

        var ended = await process.EndAsync();
        Assert.Equal(exitCode, ended.ExitCode);
        Assert.Matches(end, ended.Output.TrimEnd().Split('\n')[^1]);
    }

    [Fact]
    public async Task With_a_state_the_next_run_goes_on_where_the_last_one_ended_and_another_process_shows_its_totals()
    {
        var folder = Directory.CreateTempSubdirectory("state-");
        using var cluster = new EmbeddedCluster();
        await using var registry = await EmbeddedRegistry.StartAsync(cancellation: TestContext.Current.CancellationToken);
        cluster.CreateTopic("js_shoe", 6);
        (string, string)[] settings = [EverySecond, ("BATCH_SIZE", "10"), ("KAFKA_BOOTSTRAP_SERVERS", cluster.BootstrapServers), ("SCHEMA_REGISTRY_URL", registry.Url.AbsoluteUri)];
        try
        {
            var first = await ShoesProcess.RunAsync($"--ticks 2 --state {folder.FullName}", settings);
            var second = await ShoesProcess.RunAsync($"--ticks 4 --state {folder.FullName}", settings);
            var ticks = DeliveredTick.Matches(first.Errors + second.Errors).Select(match => DateTimeOffset.Parse(match.Groups[1].Value).ToUnixTimeSeconds()).ToArray();
            Assert.Equal(Enumerable.Range(0, 6).Select(index => ticks[0] + index), ticks);

            // This one only serves: its schedule fires once a year.
            await using var reader = ShoesProcess.Start($"--state {folder.FullName}", [.. settings[1..], ("PRODUCE_SCHEDULE", "0 0 0 1 1 *")]);
            using var http = new HttpClient { BaseAddress = new Uri((await reader.ReadyAsync()).Http) };
            var stats = await http.GetFromJsonAsync<JsonElement>("/api/stats", TestContext.Current.CancellationToken);
            Assert.Equal((6, 60), (stats.GetProperty("totals").GetProperty("ticks").GetInt64(), stats.GetProperty("totals").GetProperty("delivered").GetInt64()));
            Assert.Equal(6, stats.GetProperty("lastTicks").GetArrayLength());
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task Of_two_processes_with_one_state_one_stands_by_and_takes_over_when_the_other_is_gone()
    {
        var folder = Directory.CreateTempSubdirectory("state-");
        using var cluster = new EmbeddedCluster();
        await using var registry = await EmbeddedRegistry.StartAsync(cancellation: TestContext.Current.CancellationToken);
        cluster.CreateTopic("js_shoe", 6);
        (string, string)[] settings = [EverySecond, ("BATCH_SIZE", "10"), ("KAFKA_BOOTSTRAP_SERVERS", cluster.BootstrapServers), ("SCHEMA_REGISTRY_URL", registry.Url.AbsoluteUri)];
        try
        {
            ShoesProcess second;
            await using (var first = ShoesProcess.Start($"--state {folder.FullName}", settings))
            {
                await first.ReadyAsync();
                second = ShoesProcess.Start($"--state {folder.FullName}", settings);
                await second.ReadyAsync();
                var refused = await ShoesProcess.RunAsync($"--ticks 2 --state {folder.FullName}", settings);
                Assert.Equal(1, refused.ExitCode);
                Assert.Contains("another process produces topic js_shoe", refused.Errors);
            }

            // The first was killed with SIGKILL.
            await using (second)
            {
                using var http = new HttpClient { BaseAddress = new Uri((await second.ReadyAsync()).Http) };
                async Task<long> TicksAsync()
                {
                    var totals = (await http.GetFromJsonAsync<JsonElement>("/api/stats", TestContext.Current.CancellationToken)).GetProperty("totals");
                    return totals.GetProperty("ticks").GetInt64();
                }

                var before = await TicksAsync();
                while (await TicksAsync() < before + 2)
                    await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, TestContext.Current.CancellationToken);

                await second.SignalAsync("TERM");
                var ended = await second.EndAsync();
                Assert.Equal(0, ended.ExitCode);
                Assert.Single(Lines(ended.Errors), line => line.Contains("this one stands by", StringComparison.Ordinal));
                Assert.NotEmpty(DeliveredTick.Matches(ended.Errors));
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }

        static string[] Lines(string text) => text.Split('\n');
    }

    private static async Task<JsonElement> StatsAsync(ShoesProcess process, HttpClient http, Func<JsonElement, bool> until)
    {
        JsonElement stats = default;
        await process.UntilAsync(async () => until(stats = await http.GetFromJsonAsync<JsonElement>("/api/stats", TestContext.Current.CancellationToken)));
        return stats;
    }

    private static void AssertIsWhatTheGeneratorMakes(IReadOnlyList<ForeignConsumer.Record> records, long seed)
    {
        var generator = new ShoeGenerator(seed);
        Assert.Equal(records.Count, records.DistinctBy(record => record.Shoe.Id).Count());
        Assert.All(records, record =>
        {
            var id = long.Parse(record.Shoe.Id);
            var tick = Tick.OfShoe(id);
            var shoe = generator.Shoe(tick, (int)(id - tick.ShoeId(0)));
            Assert.Equal(new ForeignConsumer.DecodedShoe($"{shoe.Id}", shoe.Model.Brand, shoe.Model.Name, shoe.SalePrice, shoe.Rating), record.Shoe);
            Assert.Equal("main.Shoe", record.Type);
            Assert.Equal([0, 0, 0, 0, 1, 0], record.Value[..6]);
            Assert.Equal(tick.Time.ToUnixTimeMilliseconds(), record.TimestampMs);
            Assert.Equal(
                new Dictionary<string, string> { ["content-type"] = "application/x-protobuf", ["shoe-id"] = $"{shoe.Id}", ["shoe-brand"] = shoe.Model.Brand },
                record.Headers);
        });
    }

    [GeneratedRegex(@"^\d+ ticks?, (?<delivered>[\d,]+) shoes? delivered, (?<failed>[\d,]+) failed", RegexOptions.Multiline)]
    private static partial Regex Summary { get; }

    [GeneratedRegex(@"tick (\S+)  10 shoes delivered")]
    private static partial Regex DeliveredTick { get; }

    private static long Count(Group count) => long.Parse(count.Value, NumberStyles.AllowThousands, CultureInfo.InvariantCulture);
}
