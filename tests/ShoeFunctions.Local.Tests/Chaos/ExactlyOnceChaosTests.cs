using System.Text.Json;
using ShoeFunctions.Engine.Shoes;
using ShoeFunctions.Local.Tests.Auditing;
using ShoeFunctions.Local.Tests.EndToEnd;

namespace ShoeFunctions.Local.Tests.Chaos;

/// <summary>
/// What <c>DELIVERY=exactly-once</c> promises to whoever reads committed records, whatever is killed and lost. <c>CHAOS_ROUNDS</c> and
/// <c>CHAOS_SEED</c> are as in <see cref="ChaosTests"/>.
/// </summary>
public sealed class ExactlyOnceChaosTests(ITestOutputHelper output) : IAsyncDisposable
{
    private const int Batch = 3000;
    private const int Killed = 128 + 9;

    private static readonly int Rounds = int.TryParse(Environment.GetEnvironmentVariable("CHAOS_ROUNDS"), out var rounds) ? rounds : 20;

    private static readonly ulong Seed = ulong.TryParse(Environment.GetEnvironmentVariable("CHAOS_SEED"), out var seed)
        ? seed : (ulong)TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();

    private static readonly (string, string)[] Chaos = [("BATCH_SIZE", $"{Batch}"), ("KAFKA_TIMEOUT", "3s"), ("CATCH_UP_LIMIT", "100000")];

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("shoes-state-");
    private readonly List<ShoesProcess> _processes = [];

    [Fact(SkipUnless = nameof(TransactionalCluster.IsThere), SkipType = typeof(TransactionalCluster), Skip = TransactionalCluster.WhyNot)]
    public async Task Whatever_is_killed_stopped_fenced_and_lost_each_shoe_is_there_once()
    {
        output.WriteLine($"CHAOS_SEED={Seed} CHAOS_ROUNDS={Rounds}");
        await using var cluster = await TransactionalCluster.StartAsync();
        var settings = cluster.Settings(Chaos);
        var begun = await ShoesProcess.RunAsync("--ticks 1 --state " + State(0), settings);
        Assert.Equal(0, begun.ExitCode);
        var first = Cluster.TicksIn(begun.Errors)[0];

        var (random, states, kills, pairs, lost, outages, fenced) = (new SplitMix64(Seed), 1, 0, 0, 0, 0, 0);
        for (var round = 0; round < Rounds; round++)
        {
            // At times beside another one, and at times with the progress lost: the other one's is as old.
            var wanted = 1 + (int)random.Below(2);
            pairs += wanted - 1;
            while (_processes.Count < wanted)
            {
                var isLost = random.Below(3) == 0;
                lost += isLost ? 1 : 0;
                states += isLost || _processes.Count > 0 ? 1 : 0;
                _processes.Add(ShoesProcess.Start($"--state {State(states - 1)}", settings));
            }

            var process = _processes[(int)random.Below((uint)_processes.Count)];
            await process.ReadyAsync();
            if (round % 4 == 3 && TransactionalCluster.Process is { } brokers)
            {
                outages++;
                await SignalAsync(brokers, "STOP");
                await WaitAsync(random.Below(4000));
                await SignalAsync(brokers, "CONT");
            }

            await WaitAsync(random.Below(2500));
            // Every other one in the middle of its work, which begins with the second.
            if (random.Below(2) == 0)
                await WaitAsync(1000 - (uint)TimeProvider.System.GetUtcNow().Millisecond + random.Below(120));
            await process.SignalAsync("KILL");
            var ended = await process.EndAsync();
            Assert.Equal(Killed, ended.ExitCode);
            Assert.DoesNotContain("   at ", ended.Errors, StringComparison.Ordinal);
            fenced += Occurrences(ended.Errors, "Local_Fenced");
            _processes.Remove(process);
            await process.DisposeAsync();
            kills++;
        }

        foreach (var left in _processes.ToArray())
        {
            await left.SignalAsync("TERM");
            fenced += Occurrences((await left.EndAsync()).Errors, "Local_Fenced");
        }

        var last = await ShoesProcess.RunAsync($"--ticks 2 --state {State(states)}", settings);
        Assert.Equal(0, last.ExitCode);
        var (exitCode, audit) = await cluster.AuditAsync(first, Cluster.TicksIn(last.Errors)[^1], Chaos);
        output.WriteLine($"killed {kills}, two at once in {pairs} rounds, progress lost {lost} times, fenced off {fenced} times, {outages} outages; on the topic "
            + string.Join(", ", new[] { "ticks", "records", "present", "missing", "altered", "repeated", "foreign" }.Select(name => $"{Count(audit, name)} {name}")));
        Assert.Equal((0, 0, 0, 0, 0), (exitCode, Count(audit, "missing"), Count(audit, "altered"), Count(audit, "repeated"), Count(audit, "foreign")));
        Assert.Equal(Count(audit, "ticks") * Batch, Count(audit, "present"));
    }

    [Fact(SkipUnless = nameof(TransactionalCluster.IsThere), SkipType = typeof(TransactionalCluster), Skip = TransactionalCluster.WhyNot)]
    public async Task An_older_instance_is_fenced_off_says_so_and_stands_by_until_the_newer_one_is_gone()
    {
        await using var cluster = await TransactionalCluster.StartAsync();
        var settings = cluster.Settings(("BATCH_SIZE", "10"), ("KAFKA_TIMEOUT", "2s"), ("CATCH_UP_LIMIT", "1000"));
        var older = Started(ShoesProcess.Start($"--state {State(0)}", settings));
        await older.UntilAsync(() => Task.FromResult(Cluster.TicksIn(older.ErrorsSoFar).Length > 1));
        var newer = Started(ShoesProcess.Start($"--state {State(1)}", settings));
        await older.UntilAsync(() => Task.FromResult(older.ErrorsSoFar.Contains("Fatal (Local_Fenced): Another instance produces with the transactional id shoes-", StringComparison.Ordinal)));
        Assert.Contains("another instance produces with the transactional id", older.ErrorsSoFar, StringComparison.Ordinal);
        var before = Cluster.TicksIn(newer.ErrorsSoFar).Length;
        await newer.UntilAsync(() => Task.FromResult(Cluster.TicksIn(newer.ErrorsSoFar).Length > before + 8));
        Assert.DoesNotContain("Local_Fenced", newer.ErrorsSoFar, StringComparison.Ordinal);

        await newer.SignalAsync("KILL");
        await older.UntilAsync(() => Task.FromResult(older.ErrorsSoFar.Contains("this one goes on", StringComparison.Ordinal)));
        var seen = Cluster.TicksIn(older.ErrorsSoFar).Length;
        await older.UntilAsync(() => Task.FromResult(Cluster.TicksIn(older.ErrorsSoFar).Length > seen + 2));
        await older.SignalAsync("TERM");
        var ended = await older.EndAsync();
        var all = Cluster.TicksIn(ended.Errors);
        var (exitCode, audit) = await cluster.AuditAsync(all[0], all[^2], ("BATCH_SIZE", "10"));
        Assert.Equal((0, 0), (exitCode, Count(audit, "repeated")));
    }

    [Fact(SkipUnless = nameof(TransactionalCluster.IsThere), SkipType = typeof(TransactionalCluster), Skip = TransactionalCluster.WhyNot)]
    public async Task A_replay_is_a_transaction_too_and_is_nobodys_last_tick()
    {
        await using var cluster = await TransactionalCluster.StartAsync();
        var settings = cluster.Settings(("BATCH_SIZE", "10"), ("CATCH_UP_LIMIT", "1000"));
        var before = await ShoesProcess.RunAsync($"--ticks 1 --state {State(0)}", settings);
        var tick = Assert.Single(Cluster.TicksIn(before.Errors));
        var replayed = await ShoesProcess.RunAsync($"replay --from 2030-01-01T00:00:00Z --to 2030-01-01T00:00:02Z --yes", settings);
        Assert.Equal((0, ""), (replayed.ExitCode, replayed.Errors));

        // The progress is lost: the number, which is not the replay's, says where to go on.
        var after = await ShoesProcess.RunAsync($"--ticks 2 --state {State(1)}", settings);
        Assert.Equal(0, after.ExitCode);
        Assert.Equal(tick.UnixSeconds + 1, Cluster.TicksIn(after.Errors)[0].UnixSeconds);
        Assert.Contains("had been committed by a run that could not write that down", after.Errors, StringComparison.Ordinal);
        Assert.Equal(0, (await cluster.AuditAsync(tick, Cluster.TicksIn(after.Errors)[^1], ("BATCH_SIZE", "10"))).ExitCode);
        var future = await cluster.AuditAsync(tick, Cluster.TicksIn(after.Errors)[^1], ("BATCH_SIZE", "10"));
        Assert.Equal(20, Count(future.Outcome, "outside"));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var process in _processes)
            await process.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    private ShoesProcess Started(ShoesProcess process)
    {
        _processes.Add(process);
        return process;
    }

    private string State(int number) => Path.Combine(_folder.FullName, $"{number}");

    private static async Task SignalAsync(int process, string signal)
    {
        using var found = System.Diagnostics.Process.GetProcessById(process);
        await Engine.Tests.Processes.Child.SignalAsync(found, signal);
    }

    private static int Occurrences(string text, string word) => text.Split(word).Length - 1;

    private static Task WaitAsync(uint milliseconds) => Task.Delay(TimeSpan.FromMilliseconds(milliseconds), TimeProvider.System, TestContext.Current.CancellationToken);

    private static long Count(JsonElement audit, string name) => audit.GetProperty(name).GetInt64();
}
