using System.Text.RegularExpressions;
using ShoeFunctions.Engine.Tests.Processes;
using ShoeFunctions.Tests.HostProtocol;

namespace ShoeFunctions.Tests.Worker;

public sealed partial class OutageTests
{
    [Fact]
    public async Task With_the_brokers_down_the_invocation_fails_in_time_with_its_cause_and_a_later_one_makes_up_for_the_tick()
    {
        await using var cluster = await TestCluster.StartAsync();
        await using var worker = await WorkerProcess.StartAsync(cluster.Settings(("KAFKA_TIMEOUT", "3s")));
        cluster.Kafka.TakeDown();
        // It is over in KAFKA_TIMEOUT, which a slow machine may need to find out why.
        var failed = await worker.InvokeTimerAsync();
        await Wait.UntilAsync(async () => BrokersDown().IsMatch(failed.Message) || BrokersDown().IsMatch((failed = await worker.InvokeTimerAsync()).Message));
        Assert.Equal(StatusResult.Types.Status.Failure, failed.Status);

        cluster.Kafka.BringUp();
        // As the host does: at once, which is too early after a failed run, and again. librdkafka may still be waiting then.
        var later = await worker.InvokeTimerAsync();
        Assert.True(later.Status == StatusResult.Types.Status.Success || later.Message.StartsWith("Nothing is run before ", StringComparison.Ordinal), later.Message);
        await Wait.UntilAsync(async () => later.Status == StatusResult.Types.Status.Success || (later = await worker.InvokeTimerAsync()).Status == StatusResult.Types.Status.Success);
        Assert.Equal(new WorkerProcess.Invocation(StatusResult.Types.Status.Success, ""), later);
        Assert.Equal(
            (await cluster.ExpectedFramesAsync(25)).Select(Convert.ToHexString).Order(StringComparer.Ordinal),
            cluster.Read().Select(record => Convert.ToHexString(record.Message.Value)).Distinct().Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_failed_tick_is_one_line_of_ours_and_the_invocations_sentence_and_shorter_the_second_time()
    {
        await using var cluster = await TestCluster.StartAsync();
        await using var worker = await WorkerProcess.StartAsync(cluster.Settings());
        await cluster.Registry.DisposeAsync();
        const string Advice = "SCHEMA_REGISTRY_URL, and that the registry is running and this machine can reach it.";
        var first = await worker.InvokeTimerAsync();
        var line = Assert.Single(worker.Logs, log => log.Level >= RpcLog.Types.Level.Warning);
        Assert.EndsWith(Advice, line.Message, StringComparison.Ordinal);
        Assert.EndsWith(Advice, first.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', first.Message);
        Assert.Equal("", first.StackTrace);

        WorkerProcess.Invocation second;
        do
            second = await worker.InvokeTimerAsync();
        while (second.Message.StartsWith("Nothing is run before ", StringComparison.Ordinal));
        Assert.EndsWith("Network (unreachable): as before", second.Message, StringComparison.Ordinal);
        Assert.Equal(2, worker.Logs.Count(log => log.Level >= RpcLog.Types.Level.Warning));
        Assert.EndsWith("Network (unreachable): as before", worker.Logs.Last(log => log.Level >= RpcLog.Types.Level.Warning).Message, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", worker.EverythingSent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task With_the_registry_down_the_invocation_fails_with_its_cause()
    {
        await using var cluster = await TestCluster.StartAsync();
        await using var worker = await WorkerProcess.StartAsync(cluster.Settings());
        await cluster.Registry.DisposeAsync();
        var failed = await worker.InvokeTimerAsync();
        Assert.Equal(StatusResult.Types.Status.Failure, failed.Status);
        Assert.Contains("0 of 25 shoes delivered. SchemaRegistry look up schema, Network (unreachable)", failed.Message, StringComparison.Ordinal);
        Assert.Equal(0, cluster.Count());
    }

    [GeneratedRegex(@"Tick \S+: 0 of 25 shoes delivered\. Kafka (produce|read topic), Network \(Local_(AllBrokersDown|Transport)\): The brokers cannot be reached")]
    private static partial Regex BrokersDown();
}
