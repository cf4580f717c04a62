using System.Globalization;
using System.Text.RegularExpressions;
using ShoeFunctions.Tests.HostProtocol;

namespace ShoeFunctions.Tests.Worker;

public sealed partial class ShutdownTests
{
    private const int Shoes = 1_000_000;

    /// <summary>Longer than a test waits for an end: a worker that ends did not wait for this.</summary>
    private static readonly (string, string) Unbounded = ("KAFKA_TIMEOUT", "9m");

    [Theory]
    [InlineData("WorkerTerminate", false)]
    [InlineData("WorkerTerminate", true)]
    [InlineData("TERM", false)]
    [InlineData("INT", false)]
    public async Task Told_to_stop_in_the_middle_of_a_tick_it_ends_in_time_and_the_counts_are_true(string how, bool outage)
    {
        Assert.SkipWhen(how != "WorkerTerminate" && OperatingSystem.IsWindows(), "Windows has no signals to send.");
        await using var cluster = await TestCluster.StartAsync();
        await using var worker = await WorkerProcess.StartAsync(cluster.Settings(("BATCH_SIZE", $"{Shoes}"), ("KAFKA_COMPRESSION", "none"), Unbounded));
        var tick = worker.InvokeTimerAsync();
        await cluster.FirstRecordAsync(tick);

        if (outage)
            cluster.Kafka.TakeDown();
        var told = TimeProvider.System.GetTimestamp();
        await TellAsync(worker, how);
        var ended = await worker.EndAsync();

        Assert.Equal((CodeOf(how), ""), (ended.ExitCode, ended.Errors));
        // Where nothing is acknowledged any more, a slow machine may need all the time that a worker has to end.
        if (outage && TimeProvider.System.GetElapsedTime(told) > WorkersTime && !worker.Logs.Any(log => CutShort.IsMatch(log.Message)))
            return;

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
        await using var worker = await WorkerProcess.StartAsync(cluster.Settings(Unbounded));
        Assert.Equal(StatusResult.Types.Status.Success, (await worker.InvokeTimerAsync()).Status);
        await TellAsync(worker, how);
        var ended = await worker.EndAsync();
        Assert.Equal((CodeOf(how), ""), (ended.ExitCode, ended.Errors));
        Assert.Equal(25, cluster.Count());
    }

    /// <summary>What a worker gives its services to stop in.</summary>
    private static readonly TimeSpan WorkersTime = TimeSpan.FromSeconds(4.5);

    /// <summary>The host starts another worker for any code but 0, and counts 200 as no error: a signal is not its own doing.</summary>
    private static int CodeOf(string how) => how == "WorkerTerminate" ? 0 : 200;

    private static async Task TellAsync(WorkerProcess worker, string how)
    {
        if (how == "WorkerTerminate")
            worker.Terminate();
        else
            await worker.SignalAsync(how);
    }

    private static int Count(RpcLog log, string what) => int.Parse(CutShort.Match(log.Message).Groups[what].Value, NumberStyles.AllowThousands, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^tick \S+  (?<delivered>[\d,]+) of 1,000,000 shoes delivered  (?<failed>[\d,]+) failed  .*  Cancelled \(stopped\): The tick was cut short")]
    private static partial Regex CutShort { get; }
}
