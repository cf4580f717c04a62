using System.Text.RegularExpressions;
using ShoeFunctions.Engine.Tests.Processes;
using ShoeFunctions.Engine.Ticks;
using ShoeFunctions.Tests.HostProtocol;

namespace ShoeFunctions.Tests.Worker;

public sealed class TimerTests
{
    /// <summary>How an invocation ends that delivered all.</summary>
    internal static readonly WorkerProcess.Invocation Success = new(StatusResult.Types.Status.Success, "");

    [Theory]
    [InlineData("engine", 25, 0)]
    [InlineData("engine", 5_000, -7)]
    public Task An_invocation_delivers_exactly_its_ticks_shoes_byte_for_byte(string serializer, int shoes, long seed) =>
        DeliversExactlyItsTicksShoesAsync(serializer, shoes, seed);

    /// <summary>The same for either serialiser.</summary>
    internal static async Task DeliversExactlyItsTicksShoesAsync(string serializer, int shoes, long seed)
    {
        await using var cluster = await TestCluster.StartAsync();
        await using var worker = await WorkerProcess.StartAsync(
            cluster.Settings(("SERIALIZER", serializer), ("BATCH_SIZE", $"{shoes}"), ("SHOE_SEED", $"{seed}")));
        Assert.Equal(Success, await worker.InvokeTimerAsync());

        var records = cluster.Read();
        Assert.Equal(Sorted(await cluster.ExpectedFramesAsync(shoes, seed)), Sorted(records.Select(record => record.Message.Value)));
        Assert.All(records, record => Assert.Equal(TestCluster.CurrentTick.Time, record.Message.Timestamp.UtcDateTime));
        await EndAsync(worker);
        Assert.Single(worker.Logs, log => log.Message.StartsWith($"tick {TestCluster.CurrentTick}  {Quantity.Of(shoes)} shoes delivered  ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_second_invocation_in_the_same_tick_delivers_nothing_more()
    {
        await using var cluster = await TestCluster.StartAsync();
        await using var worker = await WorkerProcess.StartAsync(cluster.Settings());
        Assert.Equal(Success, await worker.InvokeTimerAsync());
        Assert.Equal(Success, await worker.InvokeTimerAsync());
        Assert.Equal(25, cluster.Count());
    }

    [Fact]
    public async Task Invocations_at_the_same_time_deliver_a_tick_once()
    {
        await using var cluster = await TestCluster.StartAsync();
        await using var worker = await WorkerProcess.StartAsync(cluster.Settings());
        Assert.All(await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => worker.InvokeTimerAsync())), invocation => Assert.Equal(Success, invocation));
        Assert.Equal(25, cluster.Count());
    }

    [Fact]
    public async Task A_missing_setting_fails_the_invocation_with_its_name_while_live_answers()
    {
        await using var cluster = await TestCluster.StartAsync();
        await using var worker = await WorkerProcess.StartAsync(cluster.Settings(("KAFKA_BOOTSTRAP_SERVERS", "")));
        var invocation = await worker.InvokeTimerAsync();
        Assert.Equal(StatusResult.Types.Status.Failure, invocation.Status);
        Assert.Contains("KAFKA_BOOTSTRAP_SERVERS: it is not set", invocation.Message, StringComparison.Ordinal);
        Assert.Equal(200, (await worker.InvokeHttpAsync("GetHealthLive", "GET", "http://localhost/api/health/live")).Status);
        await Wait.UntilAsync(() => worker.Errors.Count > 1);
        await EndAsync(worker);
        Assert.Single(worker.Errors, line => line.StartsWith("error:   KAFKA_BOOTSTRAP_SERVERS: it is not set", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("error", false)]
    [InlineData("info", true)]
    public async Task LOG_LEVEL_governs_what_the_worker_logs(string level, bool isLogged)
    {
        await using var cluster = await TestCluster.StartAsync();
        await using var worker = await WorkerProcess.StartAsync(cluster.Settings(("LOG_LEVEL", level)));
        Assert.Equal(Success, await worker.InvokeTimerAsync());
        await EndAsync(worker);
        Assert.Equal(isLogged, worker.Logs.Any(log => log.Message.StartsWith("tick ", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task What_is_logged_does_not_follow_the_machines_language()
    {
        await using var cluster = await TestCluster.StartAsync();
        await using var worker = await WorkerProcess.StartAsync(cluster.Settings(("LANG", "de_DE.UTF-8"), ("LC_ALL", "de_DE.UTF-8"), ("DOTNET_SYSTEM_GLOBALIZATION_INVARIANT", "0")));
        Assert.Equal(Success, await worker.InvokeTimerAsync());
        await EndAsync(worker);
        Assert.Single(worker.Logs, log => Regex.IsMatch(log.Message, @"^tick .*  \d+\.\d m?s$"));
    }

    /// <summary>A log may come after the invocation's response; what was sent before the end has come by then.</summary>
    private static async Task EndAsync(WorkerProcess worker)
    {
        worker.Terminate();
        Assert.Equal(0, (await worker.EndAsync()).ExitCode);
    }

    private static IEnumerable<string> Sorted(IEnumerable<byte[]> values) => values.Select(Convert.ToHexString).Order(StringComparer.Ordinal);
}
