using System.Globalization;
using System.Text.RegularExpressions;
using Confluent.Kafka;
using ShoeFunctions.Engine.Ticks;
using ShoeFunctions.Local.Tests.Auditing;
using ShoeFunctions.Local.Tests.EndToEnd;

namespace ShoeFunctions.Local.Tests.EmbeddedKafka;

/// <summary>What embedded brokers keep is said where a run makes more, and can be raised.</summary>
public sealed partial class RetentionTests
{
    private const int Many = 100_000;

    /// <summary>How well is known what a batch takes does not depend on the machine's speed then.</summary>
    private static readonly (string, string) Uncompressed = ("KAFKA_COMPRESSION", "none");

    private static readonly (string, string)[] ManyAtOnce = [Uncompressed, ("PRODUCE_SCHEDULE", "* * * * * *"), ("BATCH_SIZE", $"{Many}")];

    private static readonly Tick First = Tick.At(new DateTimeOffset(2026, 11, 23, 14, 0, 0, TimeSpan.Zero));

    [Fact]
    public async Task A_replay_says_how_much_is_kept_and_so_much_is()
    {
        await using var cluster = await Cluster.StartAsync(partitions: 1);
        var ended = await cluster.RunAsync($"replay {Cluster.Range(First, First)} --yes", ManyAtOnce);
        Assert.Equal(0, ended.ExitCode);
        var notice = Notice.Match(Assert.Single(ended.Errors.TrimEnd().Split('\n')));
        Assert.Equal(("5.2 MB", "1 partition", "100,000", "shoes broker --keep"), (notice.Groups["kept"].Value, notice.Groups["partitions"].Value, notice.Groups["all"].Value, notice.Groups["option"].Value));

        using var consumer = new ConsumerBuilder<Ignore, Ignore>(new ConsumerConfig { BootstrapServers = cluster.Kafka.BootstrapServers, GroupId = "kept" }).Build();
        var offsets = consumer.QueryWatermarkOffsets(new TopicPartition("js_shoe", 0), TimeSpan.FromMinutes(1));
        Assert.Equal(Many, offsets.High.Value);
        var kept = offsets.High.Value - offsets.Low.Value;
        Assert.InRange(int.Parse(notice.Groups["shoes"].Value, NumberStyles.AllowThousands, CultureInfo.InvariantCulture), 0.8 * kept, 1.2 * kept);
    }

    [Theory]
    [InlineData("none")]
    [InlineData("id")]
    public async Task What_it_says_to_give_to_the_brokers_keeps_all(string key)
    {
        var size = (await SaidAsync(key)).Groups["size"].Value;
        await using var broker = ShoesProcess.Start($"broker --port 0 --keep {size}");
        var ready = await broker.ReadyAsync();
        (string, string)[] settings = [("KAFKA_BOOTSTRAP_SERVERS", ready.KafkaBootstrapServers), ("SCHEMA_REGISTRY_URL", ready.SchemaRegistryUrl), ("KAFKA_MESSAGE_KEY", key), .. ManyAtOnce];
        var replay = await ShoesCommand.RunAsync($"replay {Cluster.Range(First, First)} --yes", settings);
        Assert.Equal((0, ""), (replay.ExitCode, replay.Errors));
        Assert.Equal(0, (await ShoesCommand.RunAsync($"audit {Cluster.Range(First, First)} --exactly-once", settings)).ExitCode);

        var run = await ShoesCommand.RunAsync($"--ticks 1 --now --keep {size}", [("KAFKA_MESSAGE_KEY", key), .. ManyAtOnce]);
        Assert.Equal(0, run.ExitCode);
        Assert.DoesNotMatch(Notice, run.Output + run.Errors);
    }

    [Fact]
    public async Task A_run_without_an_end_says_it_once_it_has_made_more()
    {
        await using var process = ShoesProcess.Start("", ManyAtOnce);
        await process.UntilAsync(() => Task.FromResult(Notice.IsMatch(process.ErrorsSoFar)));
    }

    [Fact]
    public async Task A_run_on_brokers_of_another_process_says_it_too()
    {
        await using var cluster = await Cluster.StartAsync();
        var ended = await cluster.RunAsync("--ticks 1 --now", ManyAtOnce);
        Assert.Equal("shoes broker --keep", Assert.Single(Notice.Matches(ended.Errors)).Groups["option"].Value);
    }

    [Fact]
    public async Task A_brand_that_one_partition_cannot_keep_is_told_another_key()
    {
        var notice = await SaidAsync("brand", million: true);
        Assert.Contains("To keep all: KAFKA_MESSAGE_KEY=none or id, and --keep", notice.Value, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_plan_says_it_of_its_month_where_the_brokers_are_embedded()
    {
        Assert.Matches(Notice, (await ShoesCommand.RunAsync("plan --count 1", ManyAtOnce)).Output);
        Assert.DoesNotMatch(Notice, (await ShoesCommand.RunAsync("plan --count 1 --json", ManyAtOnce)).Output);
        Assert.DoesNotMatch(Notice, (await ShoesCommand.RunAsync("plan --count 1", [("KAFKA_BOOTSTRAP_SERVERS", "127.0.0.1:9"), ("SCHEMA_REGISTRY_URL", "http://127.0.0.1:9"), .. ManyAtOnce])).Output);
    }

    [Theory]
    [InlineData("broker --keep 0MB", "--keep: '0MB'; accepted is a size from 1MB to ")]
    [InlineData("broker --keep much", "--keep: 'much'; accepted is a size from 1MB to ")]
    [InlineData("--keep 999999GB", "--keep: '999999GB'; accepted is a size from 1MB to ")]
    [InlineData("broker --keep 1GB --partitions 3", "--partitions and --keep exclude each other")]
    public async Task A_size_that_cannot_be_is_refused_in_one_line(string typed, string message)
    {
        var ended = await ShoesCommand.RunAsync(typed);
        Assert.Equal((2, ""), (ended.ExitCode, ended.Output));
        Assert.StartsWith(message, Assert.Single(ended.Errors.TrimEnd().Split('\n')), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_other_brokers_keep_is_not_ours_to_say()
    {
        await using var cluster = await Cluster.StartAsync();
        var ended = await cluster.RunAsync("--keep 10MB --ticks 1");
        Assert.Equal((2, ""), (ended.ExitCode, ended.Output));
        Assert.StartsWith("--keep is about the embedded brokers, and the settings name others.", Assert.Single(ended.Errors.TrimEnd().Split('\n')), StringComparison.Ordinal);
    }

    /// <summary>What a run of one large tick on brokers of its own says.</summary>
    private static async Task<Match> SaidAsync(string key, bool million = false)
    {
        var ended = await ShoesCommand.RunAsync("--ticks 1 --now", [.. ManyAtOnce, ("KAFKA_MESSAGE_KEY", key), .. million ? new[] { ("BATCH_SIZE", "1000000"), ("KAFKA_TIMEOUT", "10m") } : []]);
        Assert.True(ended.ExitCode == 0, ended.Output + ended.Errors);
        var notice = Assert.Single(Notice.Matches(ended.Errors));
        Assert.Equal("--keep", notice.Groups["option"].Value);
        return notice;
    }

    [GeneratedRegex("The embedded brokers keep (?<kept>[0-9.]+ MB) in (?<partitions>[0-9]+ partitions?), about (?<shoes>[0-9,]+) of (?<all>[0-9,]+) shoes, and drop the oldest. To keep all: .*?(?<option>(?:shoes broker )?--keep) (?<size>[0-9]+MB)$", RegexOptions.Multiline)]
    private static partial Regex Notice { get; }
}
