using System.Net.Sockets;
using ShoeFunctions.Local.Tests.EndToEnd;

namespace ShoeFunctions.Local.Tests.Auditing;

public sealed class BrokerVerbTests
{
    private static readonly (string, string) Topic = ("KAFKA_TOPIC", "shoes.of-the_test");

    [Theory]
    [InlineData("TERM")]
    [InlineData("INT")]
    public async Task It_outlives_those_that_use_it_and_ends_when_it_is_told_to(string signal)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no signals to send.");
        await using var broker = ShoesProcess.Start("broker --port 0 --partitions 2", Topic);
        var ready = await broker.ReadyAsync();
        Assert.Equal((null, "shoes.of-the_test"), (ready.Http, ready.Topic));

        (string, string)[] settings =
        [
            ("KAFKA_BOOTSTRAP_SERVERS", ready.KafkaBootstrapServers), ("SCHEMA_REGISTRY_URL", ready.SchemaRegistryUrl), Topic,
            ("PRODUCE_SCHEDULE", "* * * * * *"), ("BATCH_SIZE", "7"),
        ];
        for (var round = 0; round < 2; round++)
            Assert.Equal(0, (await ShoesCommand.RunAsync($"replay --from 2026-11-23T14:00:0{round} --to 2026-11-23T14:00:0{round + 1} --yes", settings)).ExitCode);
        var audit = await ShoesCommand.RunAsync("audit --from 2026-11-23T14:00:00 --to 2026-11-23T14:00:02 --exactly-once", settings);
        Assert.True(audit.ExitCode == 0, audit.Output + audit.Errors);

        await broker.SignalAsync(signal);
        var ended = await broker.EndAsync();
        Assert.Equal((0, ""), (ended.ExitCode, ended.Errors));
        Assert.Equal(
            $"export KAFKA_BOOTSTRAP_SERVERS={ready.KafkaBootstrapServers}\nexport SCHEMA_REGISTRY_URL={ready.SchemaRegistryUrl}\nexport KAFKA_TOPIC={ready.Topic}\n", ended.Output);
    }

    [Fact]
    public async Task A_port_in_use_ends_it_with_one_clear_line()
    {
        using var listener = new TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        var port = ((System.Net.IPEndPoint)listener.LocalEndpoint).Port;
        var ended = await ShoesCommand.RunAsync($"broker --port {port}");
        Assert.Equal((1, ""), (ended.ExitCode, ended.Output));
        Assert.StartsWith($"Port {port} on 127.0.0.1 is in use", Assert.Single(ended.Errors.TrimEnd().Split('\n')), StringComparison.Ordinal);
    }
}
