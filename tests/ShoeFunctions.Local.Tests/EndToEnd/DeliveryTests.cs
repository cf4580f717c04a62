using ShoeFunctions.Local.Tests.Auditing;

namespace ShoeFunctions.Local.Tests.EndToEnd;

/// <summary>What <c>DELIVERY=exactly-once</c> does with the embedded brokers, which take transactions and do not keep what they promise.</summary>
public sealed class DeliveryTests
{
    [Fact]
    public async Task The_embedded_brokers_take_transactions_and_a_line_says_what_they_do_not_keep()
    {
        await using var process = ShoesProcess.Start("--ticks 2", ("DELIVERY", "exactly-once"), ("BATCH_SIZE", "100"), ("PRODUCE_SCHEDULE", "* * * * * *"));
        var ended = await process.EndAsync();
        Assert.Equal(0, ended.ExitCode);
        Assert.Contains("delivery         exactly-once, transactional id shoes-js_shoe; the embedded brokers do not keep that promise: readers see open and aborted ticks\n", ended.Output, StringComparison.Ordinal);
        Assert.EndsWith("2 ticks, 200 shoes delivered, 0 failed\n", ended.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_run_and_a_replay_on_brokers_of_their_own_are_all_there()
    {
        await using var cluster = await Cluster.StartAsync();
        (string, string) exactlyOnce = ("DELIVERY", "exactly-once");
        var ran = await cluster.RunAsync("--ticks 2", exactlyOnce);
        Assert.Equal(0, ran.ExitCode);
        var ticks = Cluster.TicksIn(ran.Errors);
        Assert.Equal(0, (await cluster.AuditAsync(ticks[0], ticks[^1], "--exactly-once", exactlyOnce)).ExitCode);
        Assert.Equal(0, (await cluster.RunAsync($"replay {Cluster.Range(ticks[0], ticks[^1])} --yes", exactlyOnce)).ExitCode);
        var (_, twice) = await cluster.AuditAsync(ticks[0], ticks[^1], "", exactlyOnce);
        Assert.Equal(2 * Cluster.Batch, twice.GetProperty("repeated").GetInt32());
        Assert.Contains("committed tick", (await cluster.RunAsync("doctor", exactlyOnce)).Output, StringComparison.Ordinal);
    }
}
