using System.Text.Json;
using ShoeFunctions.Engine.Ticks;
using ShoeFunctions.Local.Tests.EndToEnd;

namespace ShoeFunctions.Local.Tests.Auditing;

public sealed class AuditVerbTests
{
    private static readonly Tick SomeTick = Tick.At(new DateTimeOffset(2026, 11, 23, 14, 0, 0, TimeSpan.Zero));

    [Fact]
    public async Task What_the_command_delivered_passes_and_a_tick_it_never_produced_is_named_until_it_is_replayed()
    {
        await using var cluster = await Cluster.StartAsync();
        var ticks = await cluster.ProduceAsync(3);
        Assert.Equal(3, ticks.Length);

        var passed = await cluster.RunAsync($"audit {Cluster.Range(ticks[0], ticks[2])}");
        Assert.Equal((0, ""), (passed.ExitCode, passed.Errors));
        Assert.Contains($"{3 * Cluster.Batch} records read", passed.Output, StringComparison.Ordinal);
        Assert.EndsWith("passed\n", passed.Output, StringComparison.Ordinal);

        var before = new Tick(ticks[0].UnixSeconds - 1);
        var (failed, outcome) = await cluster.AuditAsync(before, ticks[2], "--show 1");
        Assert.Equal((1, false, 4, Cluster.Batch), (failed, outcome.GetProperty("passed").GetBoolean(), Count(outcome, "ticks"), Count(outcome, "missing")));
        var finding = Assert.Single(outcome.GetProperty("findings").EnumerateArray());
        Assert.Equal(("missing", before.Time, before.ShoeId(0)),
            (finding.GetProperty("kind").GetString(), finding.GetProperty("tick").GetDateTimeOffset(), finding.GetProperty("id").GetInt64()));

        var replay = await cluster.RunAsync($"replay {Cluster.Range(before, before)} --yes");
        Assert.Equal((0, ""), (replay.ExitCode, replay.Errors));
        Assert.StartsWith($"1 tick, {Cluster.Batch} shoes delivered, ", replay.Output, StringComparison.Ordinal);
        Assert.Equal(0, (await cluster.AuditAsync(before, ticks[2], "--exactly-once")).ExitCode);
    }

    [Fact]
    public async Task Ticks_that_are_not_due_yet_are_not_missing()
    {
        await using var cluster = await Cluster.StartAsync();
        var tick = Assert.Single(await cluster.ProduceAsync(1));
        var daily = ("PRODUCE_SCHEDULE", $"{tick.Time.Second} {tick.Time.Minute} {tick.Time.Hour} * * *");
        var ended = await cluster.RunAsync($"audit --from {tick} --to {tick.Time.AddDays(30):yyyy-MM-ddTHH:mm:ssZ} --json", daily);
        var outcome = JsonSerializer.Deserialize<JsonElement>(ended.Output);
        Assert.Equal((0, 1, 0), (ended.ExitCode, Count(outcome, "ticks"), Count(outcome, "missing")));
    }

    [Fact]
    public async Task A_tick_produced_twice_is_reported_and_fails_only_where_each_shoe_must_be_there_exactly_once()
    {
        await using var cluster = await Cluster.StartAsync();
        for (var round = 0; round < 2; round++)
            Assert.Equal(0, (await cluster.RunAsync($"replay {Cluster.Range(SomeTick, SomeTick)} --yes")).ExitCode);

        var (exitCode, outcome) = await cluster.AuditAsync(SomeTick, SomeTick);
        Assert.Equal((0, Cluster.Batch, Cluster.Batch, 0), (exitCode, Count(outcome, "present"), Count(outcome, "repeated"), Count(outcome, "missing")));
        Assert.Equal(1, (await cluster.AuditAsync(SomeTick, SomeTick, "--exactly-once")).ExitCode);
    }

    [Fact]
    public async Task A_flipped_byte_and_a_foreign_record_fail_it_and_are_shown_with_their_place()
    {
        await using var cluster = await Cluster.StartAsync(partitions: 1);
        await cluster.RunAsync($"replay {Cluster.Range(SomeTick, SomeTick)} --yes");
        var (frame, headers) = Cluster.RecordOf(SomeTick, 3);
        await cluster.WriteAsync(frame, SomeTick, headers);
        Assert.Equal(0, (await cluster.AuditAsync(SomeTick, SomeTick)).ExitCode);

        frame[^1] ^= 1;
        await cluster.WriteAsync(frame, SomeTick, headers);
        var (exitCode, outcome) = await cluster.AuditAsync(SomeTick, SomeTick);
        Assert.Equal((1, 1, 2, 0, 0), (exitCode, Count(outcome, "altered"), Count(outcome, "repeated"), Count(outcome, "foreign"), Count(outcome, "missing")));

        await cluster.WriteAsync("not a shoe"u8.ToArray(), SomeTick);
        var ended = await cluster.RunAsync($"audit {Cluster.Range(SomeTick, SomeTick)}");
        Assert.Equal(1, ended.ExitCode);
        Assert.Contains($"altered   tick {SomeTick}  id {SomeTick.ShoeId(3)}  partition 0  offset {Cluster.Batch + 1}\n", ended.Output, StringComparison.Ordinal);
        Assert.Contains($"foreign   partition 0  offset {Cluster.Batch + 2}\n", ended.Output, StringComparison.Ordinal);
        Assert.EndsWith("failed\n", ended.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Other_settings_expect_other_shoes()
    {
        await using var cluster = await Cluster.StartAsync();
        await cluster.RunAsync($"replay {Cluster.Range(SomeTick, SomeTick)} --yes");
        var (seeded, otherSeed) = await cluster.AuditAsync(SomeTick, SomeTick, "", ("SHOE_SEED", "1"));
        Assert.Equal(1, seeded);
        // A popular model may come at the same place in both.
        Assert.InRange(Count(otherSeed, "altered"), Cluster.Batch * 9 / 10, Cluster.Batch);
        var (sized, otherSize) = await cluster.AuditAsync(SomeTick, SomeTick, "", ("BATCH_SIZE", $"{Cluster.Batch - 1}"));
        Assert.Equal((1, 1), (sized, Count(otherSize, "foreign")));
    }

    [Fact]
    public async Task A_tick_lost_in_an_outage_is_missing_and_an_audit_in_an_outage_says_why_it_cannot_tell()
    {
        await using var cluster = await Cluster.StartAsync();
        cluster.Kafka.TakeDown();
        var lost = await cluster.RunAsync("--ticks 1", ("KAFKA_TIMEOUT", "1s"));
        Assert.Equal(1, lost.ExitCode);
        var tick = Assert.Single(Cluster.TicksIn(lost.Errors));
        var blind = await cluster.RunAsync($"audit {Cluster.Range(tick, tick)} --json", ("KAFKA_TIMEOUT", "1s"));
        Assert.Equal((1, ""), (blind.ExitCode, blind.Output));
        Assert.StartsWith("The brokers cannot be reached", Assert.Single(blind.Errors.TrimEnd().Split('\n')), StringComparison.Ordinal);

        cluster.Kafka.BringUp();
        var (exitCode, outcome) = await cluster.AuditAsync(tick, tick);
        Assert.Equal((1, Cluster.Batch), (exitCode, Count(outcome, "missing")));
        Assert.Equal(0, (await cluster.RunAsync($"replay {Cluster.Range(tick, tick)} --yes")).ExitCode);
        Assert.Equal(0, (await cluster.AuditAsync(tick, tick, "--exactly-once")).ExitCode);
    }

    [Fact]
    public async Task What_retention_has_deleted_is_said()
    {
        const int Shoes = 50_000;
        await using var cluster = await Cluster.StartAsync(partitions: 1);
        var replay = await cluster.RunAsync($"replay {Cluster.Range(SomeTick, SomeTick)} --yes", ("BATCH_SIZE", $"{Shoes}"), ("KAFKA_COMPRESSION", "none"));
        Assert.Equal(0, replay.ExitCode);

        var ended = await cluster.RunAsync($"audit {Cluster.Range(SomeTick, SomeTick)}", ("BATCH_SIZE", $"{Shoes}"));
        Assert.Equal(1, ended.ExitCode);
        Assert.Matches($@"deleted   partition 0 begins at offset [1-9]\d*: .* ticks up to {SomeTick} may have been there", ended.Output);
        var (_, outcome) = await cluster.AuditAsync(SomeTick, SomeTick, "", ("BATCH_SIZE", $"{Shoes}"));
        var truncated = Assert.Single(outcome.GetProperty("truncated").EnumerateArray());
        Assert.Equal(truncated.GetProperty("firstOffset").GetInt32(), Count(outcome, "missing"));
    }

    [Theory]
    [InlineData("audit", "'--from' is required")]
    [InlineData("audit --from 2026-11-23", "'--to' is required")]
    [InlineData("audit --from soon --to 2026-11-23", "--from: 'soon'; accepted is a time in ISO 8601")]
    [InlineData("audit --from 2026-11-23 --to 2026-11-23", "--to: it must be later than --from")]
    [InlineData("audit --from 2026-11-23 --to 2026-11-24 --show -1", "--show: '-1'; accepted is a whole number from 0")]
    [InlineData("audit --from 2026-11-23 --to 2026-11-24 --frob", "'--frob'")]
    [InlineData("audit --from 2026-11-23 --to 2026-11-24", "KAFKA_BOOTSTRAP_SERVERS is not set")]
    [InlineData("replay --from 2026-11-23", "'--to' is required")]
    [InlineData("replay --from 2026-11-23 --to 2026-11-24 --yes", "KAFKA_BOOTSTRAP_SERVERS is not set")]
    [InlineData("broker --partitions 0", "--partitions: '0'; accepted is a whole number from 1 to 1000")]
    [InlineData("broker --port x", "--port: 'x'; accepted is a whole number from 0 to 65535")]
    public async Task Wrong_usage_ends_it_with_2_and_one_clear_line(string arguments, string message)
    {
        var ended = await ShoesCommand.RunAsync(arguments);
        Assert.Equal((2, ""), (ended.ExitCode, ended.Output));
        Assert.Contains(message, Assert.Single(ended.Errors.TrimEnd().Split('\n')), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Wrong_settings_end_it_with_2()
    {
        var ended = await ShoesCommand.RunAsync("audit --from 2026-11-23 --to 2026-11-24", ("KAFKA_BOOTSTRAP_SERVERS", "localhost:9092"), ("SCHEMA_REGISTRY_URL", "http://localhost:8081"), ("BATCH_SIZE", "many"));
        Assert.Equal(2, ended.ExitCode);
        Assert.Contains("BATCH_SIZE: 'many'", ended.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Help_says_which_end_is_included()
    {
        var ended = await ShoesCommand.RunAsync("audit --help");
        Assert.Equal(0, ended.ExitCode);
        Assert.All(["inclusive", "exclusive", "UTC", "--exactly-once", "--json", "--show"], word => Assert.Contains(word, ended.Output, StringComparison.Ordinal));
    }

    private static int Count(JsonElement outcome, string name) => outcome.GetProperty(name).GetInt32();
}
