using System.Text.RegularExpressions;
using ShoeFunctions.Tests.HostProtocol;

namespace ShoeFunctions.Tests.Worker;

[Collection(nameof(Alone))]
public sealed partial class ShutdownTests
{
    private const int Shoes = 1_000_000;

    /// <summary>The host kills what has not ended by then.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    [Theory]
    [InlineData("WorkerTerminate", false)]
    [InlineData("WorkerTerminate", true)]
    [InlineData("TERM", false)]
    [InlineData("INT", false)]
    public async Task Told_to_stop_in_the_middle_of_a_tick_it_ends_in_time_and_the_counts_are_true(string how, bool outage)
    {
        Assert.SkipWhen(how != "WorkerTerminate" && OperatingSystem.IsWindows(), "Windows has no signals to send.");
        await using var cluster = await TestCluster.StartAsync();
        await using var worker = await WorkerProcess.StartAsync(cluster.Settings(("BATCH_SIZE", $"{Shoes}"), ("KAFKA_COMPRESSION", "none")));
        var tick = worker.InvokeTimerAsync();
        while (cluster.Count() == 0)
            Assert.False(tick.IsCompleted, "The tick ended before it was looked at.");

        if (outage)
            cluster.Kafka.TakeDown();
        var told = TimeProvider.System.GetTimestamp();
        await TellAsync(worker, how);
        var ended = await worker.EndAsync();
        var took = TimeProvider.System.GetElapsedTime(told);

        Assert.Equal((CodeOf(how), ""), (ended.ExitCode, ended.Errors));
        Assert.InRange(took, TimeSpan.Zero, Grace);

        var counts = Assert.Single(worker.Logs, log => CutShort.IsMatch(log.Message));
        Assert.Equal(RpcLog.Types.Level.Warning, counts.Level);
        var (delivered, failed) = (Count(counts, "delivered"), Count(counts, "failed"));
        Assert.Equal(Shoes, delivered + failed);
        Assert.InRange(failed, 1, Shoes);
        if (outage)
            cluster.Kafka.BringUp();
        Assert.InRange(delivered, 1, cluster.Count());
    }

    [Theory]
    [InlineData("WorkerTerminate")]
    [InlineData("TERM")]
    [InlineData("INT")]
    [InlineData("QUIT")]
    public async Task Told_to_stop_between_ticks_it_ends_at_once(string how)
    {
        Assert.SkipWhen(how != "WorkerTerminate" && OperatingSystem.IsWindows(), "Windows has no signals to send.");
        await using var cluster = await TestCluster.StartAsync();
        await using var worker = await WorkerProcess.StartAsync(cluster.Settings());
        Assert.Equal(StatusResult.Types.Status.Success, (await worker.InvokeTimerAsync()).Status);
        var told = TimeProvider.System.GetTimestamp();
        await TellAsync(worker, how);
        var ended = await worker.EndAsync();
        Assert.Equal((CodeOf(how), ""), (ended.ExitCode, ended.Errors));
        Assert.InRange(TimeProvider.System.GetElapsedTime(told), TimeSpan.Zero, Grace);
        Assert.Equal(25, cluster.Count());
    }

    /// <summary>The host starts another worker for any code but 0, and counts 200 as no error: a signal is not its own doing.</summary>
    private static int CodeOf(string how) => how == "WorkerTerminate" ? 0 : 200;

    private static async Task TellAsync(WorkerProcess worker, string how)
    {
        if (how == "WorkerTerminate")
            worker.Terminate();
        else
            await worker.SignalAsync(how);
    }

    private static int Count(RpcLog log, string what) => int.Parse(CutShort.Match(log.Message).Groups[what].Value);

    [GeneratedRegex(@"^tick \S+  1000000 shoes  (?<delivered>\d+) delivered  (?<failed>\d+) failed  .*  Cancelled \(stopped\): The tick was cut short")]
    private static partial Regex CutShort { get; }
}
