using ShoeFunctions.Engine.Ticks;
using ShoeFunctions.Local.EmbeddedKafka;
using ShoeFunctions.Local.Tests.Auditing;

namespace ShoeFunctions.Local.Tests.EndToEnd;

/// <summary>Ctrl+C in the middle of what would last for long.</summary>
public sealed class InterruptTests
{
    private const string Range = "--from 2026-11-23T14:00:00Z --to 2026-11-23T15:00:00Z";

    /// <summary>Kafka's number of what every client asks first.</summary>
    private const KafkaRequest ApiVersions = (KafkaRequest)18;

    [Theory]
    [InlineData("tail", "Stopped before the end of the topic was read.")]
    [InlineData("audit " + Range, "Stopped after 0 of 0 records, so nothing can be said of the topic.")]
    [InlineData("doctor", "Stopped: what is not listed was not checked.")]
    public async Task A_verb_says_in_one_line_what_it_leaves_undone_and_exits_with_130(string verb, string line)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no signals to send.");
        await using var cluster = await Cluster.StartAsync();
        cluster.Kafka.SetRoundTrip(TimeSpan.FromHours(1));
        cluster.Kafka.StartCounting();
        await using var process = ShoesProcess.Start(verb, cluster.Settings(("KAFKA_TIMEOUT", "1h")));
        await process.UntilAsync(() => Task.FromResult(cluster.Kafka.Count(ApiVersions) > 0));
        await process.SignalAsync("INT");
        var ended = await process.EndAsync();
        Assert.Equal(130, ended.ExitCode);
        Assert.StartsWith(line, Assert.Single(ended.Errors.TrimEnd().Split('\n')), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_replay_says_what_is_delivered_and_where_to_go_on()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no signals to send.");
        await using var cluster = await Cluster.StartAsync();
        await using var process = ShoesProcess.Start("replay --from 2026-01-01 --to 2027-01-01 --yes --verbose", cluster.Settings());
        await process.UntilAsync(() => Task.FromResult(Cluster.TicksIn(process.OutputSoFar).Length > 1));
        await process.SignalAsync("INT");
        var ended = await process.EndAsync();
        Assert.Equal(130, ended.ExitCode);
        var ticks = Cluster.TicksIn(ended.Output);
        Assert.Equal(
            $"Stopped after {Quantity.Of(ticks.Length, "tick")}, {Quantity.Of(ticks.Length * Cluster.Batch, "shoe")}: tick {Next(ticks)} was not delivered. To continue, replay with --from {Next(ticks)}.",
            ended.Errors.TrimEnd().Split('\n')[^1]);
        Assert.Equal(0, (await cluster.AuditAsync(ticks[0], ticks[^1], "--exactly-once")).ExitCode);
    }

    [Theory]
    [InlineData("INT", 130)]
    [InlineData("TERM", 1)]
    public async Task A_run_of_so_many_ticks_says_how_many_are_left(string signal, int exitCode)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no signals to send.");
        await using var cluster = await Cluster.StartAsync();
        await using var process = ShoesProcess.Start("--ticks 100000", cluster.Settings());
        await process.UntilAsync(() => Task.FromResult(Cluster.TicksIn(process.ErrorsSoFar).Length > 0));
        await process.SignalAsync(signal);
        var ended = await process.EndAsync();
        Assert.Equal(exitCode, ended.ExitCode);
        // The one that was cut short is still to go.
        var ticks = Cluster.TicksIn(string.Join('\n', ended.Errors.Split('\n').Where(line => !line.Contains(" failed ", StringComparison.Ordinal)))).Length;
        Assert.StartsWith($"Stopped with {Quantity.Of(100_000 - ticks)} ticks to go. ", ended.Errors.TrimEnd().Split('\n')[^1], StringComparison.Ordinal);
        Assert.StartsWith($"{ticks} of 100,000 ticks, ", ended.Output.TrimEnd().Split('\n')[^1], StringComparison.Ordinal);
    }

    private static Tick Next(Tick[] ticks) => new(ticks[^1].UnixSeconds + 1);
}
