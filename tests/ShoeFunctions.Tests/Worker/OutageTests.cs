using ShoeFunctions.Tests.HostProtocol;

namespace ShoeFunctions.Tests.Worker;

[Collection(nameof(Alone))]
public sealed class OutageTests
{
    [Fact]
    public async Task With_the_brokers_down_the_invocation_fails_in_time_with_its_cause_and_a_later_one_makes_up_for_the_tick()
    {
        await using var cluster = await TestCluster.StartAsync();
        await using var worker = await WorkerProcess.StartAsync(cluster.Settings(("KAFKA_TIMEOUT", "2s")));
        cluster.Kafka.TakeDown();
        var started = TimeProvider.System.GetTimestamp();
        var failed = await worker.InvokeTimerAsync();
        Assert.InRange(TimeProvider.System.GetElapsedTime(started), TimeSpan.Zero, TimeSpan.FromSeconds(2 + 3));
        Assert.Equal(StatusResult.Types.Status.Failure, failed.Status);
        Assert.Contains(
            $"Tick {TestCluster.CurrentTick}: 0 of 25 shoes delivered. Kafka produce, Network (Local_AllBrokersDown): The brokers cannot be reached",
            failed.Message, StringComparison.Ordinal);

        cluster.Kafka.BringUp();
        // librdkafka may still be waiting before it connects again: then one more invocation fails.
        var later = await worker.InvokeTimerAsync();
        for (var again = 0; again < 5 && later.Status != StatusResult.Types.Status.Success; again++)
            later = await worker.InvokeTimerAsync();
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
