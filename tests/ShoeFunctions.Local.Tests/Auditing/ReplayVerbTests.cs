using ShoeFunctions.Engine.Ticks;

namespace ShoeFunctions.Local.Tests.Auditing;

public sealed class ReplayVerbTests
{
    private static readonly Tick First = Tick.At(new DateTimeOffset(2026, 11, 23, 14, 0, 0, TimeSpan.Zero));
    private static readonly Tick Last = new(First.UnixSeconds + 2);

    [Fact]
    public async Task Without_a_terminal_it_says_what_it_would_do_and_does_nothing_unless_told_yes()
    {
        await using var cluster = await Cluster.StartAsync();
        var refused = await cluster.RunAsync($"replay {Cluster.Range(First, Last)}");
        Assert.Equal((2, ""), (refused.ExitCode, refused.Output));
        Assert.Contains($"use --yes to produce 3 ticks, {3 * Cluster.Batch} shoes, to topic js_shoe at {cluster.Kafka.BootstrapServers}", refused.Errors, StringComparison.Ordinal);
        Assert.Equal(0, (await cluster.AuditAsync(First, Last)).Outcome.GetProperty("records").GetInt32());
    }

    [Fact]
    public async Task It_produces_the_ticks_in_order_and_says_what_that_came_to()
    {
        await using var cluster = await Cluster.StartAsync();
        var ended = await cluster.RunAsync($"replay {Cluster.Range(First, Last)} --yes");
        Assert.Equal((0, ""), (ended.ExitCode, ended.Errors));
        Assert.Matches($@"^3 ticks, {3 * Cluster.Batch} shoes delivered, [\d.]+ kB in [\d.]+ m?s, [\d,]+ shoes/s\n$", ended.Output);
        Assert.Equal(0, (await cluster.AuditAsync(First, Last, "--exactly-once")).ExitCode);
    }

    [Fact]
    public async Task Verbose_it_has_a_line_for_each_tick()
    {
        await using var cluster = await Cluster.StartAsync();
        var ended = await cluster.RunAsync($"replay {Cluster.Range(First, Last)} --yes --verbose");
        Assert.Equal((0, ""), (ended.ExitCode, ended.Errors));
        var lines = ended.Output.TrimEnd().Split('\n');
        Assert.Equal(4, lines.Length);
        Assert.All(lines[..3].Index(), line => Assert.StartsWith($"tick {new Tick(First.UnixSeconds + line.Index)}  {Cluster.Batch} shoes delivered  ", line.Item, StringComparison.Ordinal));
        Assert.StartsWith($"3 ticks, {3 * Cluster.Batch} shoes delivered, ", lines[3], StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_stops_at_the_first_tick_that_is_not_delivered_and_says_where_to_go_on()
    {
        await using var cluster = await Cluster.StartAsync();
        cluster.Kafka.TakeDown();
        var ended = await cluster.RunAsync($"replay {Cluster.Range(First, Last)} --yes", ("KAFKA_TIMEOUT", "1s"));
        Assert.Equal(1, ended.ExitCode);
        Assert.Contains($"tick {First}  0 of {Cluster.Batch} shoes delivered  {Cluster.Batch} failed  ", Assert.Single(ended.Output.TrimEnd().Split('\n')), StringComparison.Ordinal);
        Assert.Contains($"replay with --from {First}", ended.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_range_without_ticks_is_said_and_done()
    {
        await using var cluster = await Cluster.StartAsync();
        var ended = await cluster.RunAsync($"replay {Cluster.Range(First, First)}", ("PRODUCE_SCHEDULE", "30 * * * * *"));
        Assert.Equal((0, "The schedule has no tick in this range.\n"), (ended.ExitCode, ended.Output));
    }
}
