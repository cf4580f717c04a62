using System.Net.Http.Json;
using System.Text.Json;
using ShoeFunctions.Engine.Kafka;
using ShoeFunctions.Engine.Progress.Stores;
using ShoeFunctions.Engine.Shoes;
using ShoeFunctions.Engine.Ticks;
using ShoeFunctions.Local.Tests.Auditing;
using ShoeFunctions.Local.Tests.EndToEnd;

namespace ShoeFunctions.Local.Tests.Chaos;

/// <summary>
/// Processes on one state folder, of which one produces and another may stand by, are killed at random moments while the
/// brokers come and go. <c>CHAOS_ROUNDS</c> says how many are killed, <c>CHAOS_SEED</c> when and which.
/// </summary>
public sealed class ChaosTests(ITestOutputHelper output) : IAsyncDisposable
{
    private const int Batch = 3000;
    private const int Killed = 128 + 9;

    private static readonly int Rounds = int.TryParse(Environment.GetEnvironmentVariable("CHAOS_ROUNDS"), out var rounds) ? rounds : 20;

    private static readonly ulong Seed = ulong.TryParse(Environment.GetEnvironmentVariable("CHAOS_SEED"), out var seed)
        ? seed : (ulong)TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();

    private readonly DirectoryInfo _state = Directory.CreateTempSubdirectory("shoes-state-");
    private readonly List<ShoesProcess> _processes = [];
    private SplitMix64 _random = new(Seed);
    private int _pairs;
    private int _outages;
    private int _kills;
    private int _failedRuns;

    [Fact]
    public async Task Whatever_is_killed_and_whenever_no_tick_is_lost_or_altered_and_the_totals_are_true()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no signals to send.");
        output.WriteLine($"CHAOS_SEED={Seed} CHAOS_ROUNDS={Rounds}");
        // Nothing may be dropped: each partition keeps 5 MB.
        await using var cluster = await Cluster.StartAsync(partitions: 16 + Rounds);

        var first = await FirstTickAsync(Start(cluster));
        for (var killed = 0; killed < Rounds; killed++)
            await RoundAsync(cluster, hasOutage: killed % 4 == 3);
        await TakeOverAsync(cluster);

        // Two ticks more, so that whatever was cut short lies behind the last one.
        var ended = await cluster.RunAsync($"--state {_state.FullName} --ticks 2", Settings(cluster));
        Assert.Equal(0, ended.ExitCode);
        var stored = await new FileProgressStore(_state.FullName, ClusterName.Of(cluster.Kafka.BootstrapServers), "js_shoe", TimeProvider.System).ReadAsync(TestContext.Current.CancellationToken);
        var (exitCode, audit) = await cluster.AuditAsync(first, stored.HighWater!.Value, "", Settings(cluster));
        output.WriteLine($"killed {_kills}, one standing by in {_pairs} rounds, {_failedRuns} runs failed, {_outages} outages; in the store {stored.Ticks} ticks, {stored.Delivered} delivered; on the topic "
            + string.Join(", ", new[] { "ticks", "records", "present", "repeated", "missing", "altered", "foreign", "outside" }.Select(name => $"{Count(audit, name)} {name}")));

        Assert.Equal((0, 0, 0, 0, 0, 0),
            (exitCode, Count(audit, "missing"), Count(audit, "altered"), Count(audit, "foreign"), Count(audit, "outside"), audit.GetProperty("truncated").GetArrayLength()));
        // A kill cuts one tick short, and so does a run that fails: nothing else comes twice, for one process produces at a time.
        Assert.InRange(Count(audit, "repeated"), 0, (long)Batch * (_kills + _failedRuns));
        Assert.InRange(stored.Delivered, Count(audit, "present"), long.MaxValue);
        Assert.InRange(stored.Ticks, Count(audit, "ticks"), long.MaxValue);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var process in _processes)
            await process.DisposeAsync();
        _state.Delete(recursive: true);
    }

    /// <summary>One process or two, at times an outage, and then one process less.</summary>
    private async Task RoundAsync(Cluster cluster, bool hasOutage)
    {
        var wanted = 1 + (int)_random.Below(2);
        _pairs += wanted - 1;
        while (_processes.Count < wanted)
            Start(cluster);
        var process = _processes[(int)_random.Below((uint)_processes.Count)];

        // One in five dies young; the others are past their start.
        var diesYoung = _random.Below(5) == 0;
        if (!diesYoung)
            await process.ReadyAsync();
        var moment = TimeSpan.FromMilliseconds(_random.Below(diesYoung ? 1000u : 2000u));
        if (hasOutage)
        {
            _outages++;
            cluster.Kafka.TakeDown();
            await WaitAsync(TimeSpan.FromMilliseconds(_random.Below(3000)));
            if (_random.Below(2) == 0)
                await KillAfterAsync(moment);
            cluster.Kafka.BringUp();
        }

        if (_processes.Contains(process))
            await KillAfterAsync(moment);

        async Task KillAfterAsync(TimeSpan wait)
        {
            await WaitAsync(wait);
            // Every other one in the middle of its work, which begins with the second.
            if (_random.Below(2) == 0)
                await WaitAsync(TimeSpan.FromMilliseconds(1000 - TimeProvider.System.GetUtcNow().Millisecond + _random.Below(150)));
            await KillAsync(process);
        }
    }

    /// <summary>The one that produces is killed while another stands by, which goes on where that one was cut short.</summary>
    private async Task TakeOverAsync(Cluster cluster)
    {
        while (_processes.Count > 1)
            await KillAsync(_processes[0]);
        var producing = _processes.SingleOrDefault() ?? Start(cluster);
        // It is alone: what is written down from here on is its.
        var seen = Newest(await StatsAsync(producing, _ => true));
        await StatsAsync(producing, stats => Newest(stats) > seen);

        var standingBy = Start(cluster);
        await standingBy.ReadyAsync();
        await standingBy.UntilAsync(() => Task.FromResult(standingBy.ErrorsSoFar.Contains("this one stands by", StringComparison.Ordinal)));
        await KillAsync(producing);

        var left = Newest(await StatsAsync(standingBy, _ => true));
        await StatsAsync(standingBy, stats => Newest(stats) > left && stats.GetProperty("pendingTicks").GetInt32() == 0);
        await standingBy.SignalAsync("TERM");
        var ended = await standingBy.EndAsync();
        _processes.Remove(standingBy);
        await standingBy.DisposeAsync();
        _failedRuns += FailedRuns(ended);
        Assert.Equal(0, ended.ExitCode);
        Assert.Contains("the other process is gone", ended.Errors, StringComparison.Ordinal);
    }

    private static DateTimeOffset Newest(JsonElement stats) =>
        stats.GetProperty("lastTicks").EnumerateArray().Select(tick => tick.GetProperty("tick").GetDateTimeOffset()).DefaultIfEmpty().Max();

    private static int FailedRuns(ShoesProcess.Ended ended) => ended.Errors.Split('\n').Count(line => line.Contains("  error  tick ", StringComparison.Ordinal));

    private ShoesProcess Start(Cluster cluster)
    {
        var process = ShoesProcess.Start($"--state {_state.FullName}", Settings(cluster));
        _processes.Add(process);
        return process;
    }

    private async Task KillAsync(ShoesProcess process)
    {
        await process.SignalAsync("KILL");
        var ended = await process.EndAsync();
        _processes.Remove(process);
        await process.DisposeAsync();
        _kills++;
        _failedRuns += FailedRuns(ended);
        Assert.Equal(Killed, ended.ExitCode);
        Assert.DoesNotContain("   at ", ended.Errors, StringComparison.Ordinal);
    }

    private static (string, string)[] Settings(Cluster cluster) =>
        cluster.Settings(("BATCH_SIZE", $"{Batch}"), ("KAFKA_TIMEOUT", "2s"), ("CATCH_UP_LIMIT", "100000"));

    private static async Task<Tick> FirstTickAsync(ShoesProcess process)
    {
        var stats = await StatsAsync(process, stats => stats.GetProperty("lastTicks").GetArrayLength() > 0);
        return Tick.At(stats.GetProperty("lastTicks").EnumerateArray().Last().GetProperty("tick").GetDateTimeOffset());
    }

    private static async Task<JsonElement> StatsAsync(ShoesProcess process, Func<JsonElement, bool> until)
    {
        using var http = new HttpClient { BaseAddress = new Uri((await process.ReadyAsync()).Http) };
        JsonElement stats = default;
        await process.UntilAsync(async () => until(stats = await http.GetFromJsonAsync<JsonElement>("/api/stats", TestContext.Current.CancellationToken)));
        return stats;
    }

    private static Task WaitAsync(TimeSpan time) => Task.Delay(time, TimeProvider.System, TestContext.Current.CancellationToken);

    private static long Count(JsonElement audit, string name) => audit.GetProperty(name).GetInt64();
}
