using ShoeFunctions.Engine.Tests.Processes;
using ShoeFunctions.Tests.HostProtocol;

namespace ShoeFunctions.Tests.Worker;

public sealed class OutageTests
{
    [Fact]
    public async Task With_the_brokers_down_the_invocation_fails_in_time_with_its_cause_and_a_later_one_makes_up_for_the_tick()
    {
        await using var cluster = await TestCluster.StartAsync();
        await using var worker = await WorkerProcess.StartAsync(cluster.Settings(("KAFKA_TIMEOUT", "3s")));
        cluster.Kafka.TakeDown();
        // It is over in KAFKA_TIMEOUT, which a slow machine may need to find out why.
        var failed = await worker.InvokeTimerAsync();
        await Wait.UntilAsync(async () => !failed.Message.Contains("Local_MsgTimedOut", StringComparison.Ordinal)
            || !(failed = await worker.InvokeTimerAsync()).Message.Contains("Local_MsgTimedOut", StringComparison.Ordinal));
        Assert.Equal(StatusResult.Types.Status.Failure, failed.Status);
        Assert.Matches(
            $@"Tick {TestCluster.CurrentTick}: 0 of 25 shoes delivered\. Kafka produce, Network \(Local_(AllBrokersDown|Transport)\): The brokers cannot be reached", failed.Message);

        cluster.Kafka.BringUp();
        // librdkafka may still be waiting before it connects again: then one more invocation fails.
        var later = await worker.InvokeTimerAsync();
        await Wait.UntilAsync(async () => later.Status == StatusResult.Types.Status.Success || (later = await worker.InvokeTimerAsync()).Status == StatusResult.Types.Status.Success);
        Assert.Equal(new WorkerProcess.Invocation(StatusResult.Types.Status.Success, ""), later);
        Assert.Equal(
            (await cluster.ExpectedFramesAsync(25)).Select(Convert.ToHexString).Order(StringComparer.Ordinal),
            cluster.Read().Select(record => Convert.ToHexString(record.Message.Value)).Distinct().Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task With_the_registry_down_the_invocation_fails_with_its_cause()
    {
        await using var cluster = await TestCluster.StartAsync();
        await using var worker = await WorkerProcess.StartAsync(cluster.Settings());
        await cluster.Registry.DisposeAsync();
        var failed = await worker.InvokeTimerAsync();
        Assert.Equal(StatusResult.Types.Status.Failure, failed.Status);
        Assert.Contains("0 of 25 shoes delivered. SchemaRegistry register schema, Network (unreachable)", failed.Message, StringComparison.Ordinal);
        Assert.Equal(0, cluster.Count());
    }
}
