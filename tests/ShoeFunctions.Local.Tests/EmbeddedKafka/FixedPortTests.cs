using ShoeFunctions.Engine.Tests.Processes;
using ShoeFunctions.Local.EmbeddedSchemaRegistry;
using ShoeFunctions.Local.Tests.EndToEnd;

namespace ShoeFunctions.Local.Tests.EmbeddedKafka;

/// <summary>Brokers whose ports are asked for.</summary>
public sealed class FixedPortTests
{
    [Fact]
    public async Task A_restart_on_the_same_ports_strands_nobody()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no signals to send.");
        await using var registry = await EmbeddedRegistry.StartAsync(cancellation: TestContext.Current.CancellationToken);
        var port = LoopbackPorts.Take(3);
        await using var before = ShoesProcess.Start($"broker --port 0 --kafka-port {port}");
        var ready = await before.ReadyAsync();
        Assert.Equal($"127.0.0.1:{port},127.0.0.1:{port + 1},127.0.0.1:{port + 2}", ready.KafkaBootstrapServers);

        // One broker's port in use is the one that is named.
        var refused = await ShoesCommand.RunAsync($"broker --port 0 --kafka-port {port - 1}");
        Assert.Equal((1, ""), (refused.ExitCode, refused.Output));
        Assert.Matches($"^Port ({port - 1}|{port}) on 127.0.0.1 is in use: .* --kafka-port .*\n$", refused.Errors.ReplaceLineEndings("\n"));

        await using var run = ShoesProcess.Start("--ticks 1000", ("PRODUCE_SCHEDULE", "* * * * * *"), ("BATCH_SIZE", "7"), ("KAFKA_BOOTSTRAP_SERVERS", ready.KafkaBootstrapServers), ("SCHEMA_REGISTRY_URL", registry.Url.AbsoluteUri));
        await run.UntilAsync(() => Task.FromResult(Ticks(run) >= 2));
        await before.SignalAsync("TERM");
        Assert.Equal(0, (await before.EndAsync()).ExitCode);

        await using var after = ShoesProcess.Start($"broker --port 0 --kafka-port {port}");
        Assert.Equal(ready.KafkaBootstrapServers, (await after.ReadyAsync()).KafkaBootstrapServers);
        var delivered = Ticks(run);
        await run.UntilAsync(() => Task.FromResult(Ticks(run) >= delivered + 2));
        Assert.False(run.HasEnded);
    }

    /// <summary>How many ticks it has delivered so far.</summary>
    private static int Ticks(ShoesProcess run) => (run.OutputSoFar + run.ErrorsSoFar).Split("7 shoes delivered").Length - 1;
}
