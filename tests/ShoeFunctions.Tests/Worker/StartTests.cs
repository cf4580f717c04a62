using ShoeFunctions.Engine.Tests.Processes;
using ShoeFunctions.Tests.HostProtocol;

namespace ShoeFunctions.Tests.Worker;

/// <summary>What whoever looks at the host's log sees before anything is invoked: the first tick may be an hour away.</summary>
public sealed class StartTests
{
    private const string Secret = "hush-4711";

    [Fact]
    public async Task Wrong_settings_are_said_once_all_of_them_as_errors_while_live_answers()
    {
        await using var cluster = await TestCluster.StartAsync();
        await using var worker = await WorkerProcess.StartAsync(cluster.Settings(("KAFKA_TIMEOUT", "abc"), ("BATCH_SIZE", "many")));
        await Wait.UntilAsync(() => worker.Errors.Count == 3);
        Assert.Equal(
            ["error: Wrong settings:", "error:   KAFKA_TIMEOUT: 'abc'", "error:   BATCH_SIZE: 'many'"],
            worker.Errors.Select(line => line.Split(';')[0]));
        Assert.Equal(200, (await worker.InvokeHttpAsync("GetHealthLive", "GET", "http://localhost/api/health/live")).Status);

        var first = await worker.InvokeTimerAsync();
        Assert.Equal(StatusResult.Types.Status.Failure, first.Status);
        Assert.Contains("KAFKA_TIMEOUT: 'abc'", first.Message, StringComparison.Ordinal);
        var second = await worker.InvokeTimerAsync();
        Assert.Equal(new WorkerProcess.Invocation(StatusResult.Types.Status.Failure, "Wrong settings, as before: /api/health and the log of the start name them."), second);
        worker.Terminate();
        await worker.EndAsync();
        Assert.Equal((3, 0), (worker.Errors.Count, worker.Output.Count));
    }

    [Fact]
    public async Task The_settings_that_hold_are_said_once_without_their_secrets()
    {
        await using var cluster = await TestCluster.StartAsync();
        await using var worker = await WorkerProcess.StartAsync(cluster.Settings(
            ("KAFKA_API_KEY", Secret), ("KAFKA_API_SECRET", Secret), ("KAFKA_SECURITY_PROTOCOL", "SASL_PLAINTEXT")));
        await Wait.UntilAsync(() => worker.Output.Count > 0);
        worker.Terminate();
        var ended = await worker.EndAsync();
        var line = Assert.Single(worker.Output);
        Assert.StartsWith($"info: settings that are set, all others have their defaults: KAFKA_BOOTSTRAP_SERVERS={cluster.Kafka.BootstrapServers}  KAFKA_API_KEY=***", line, StringComparison.Ordinal);
        Assert.Contains($"  KAFKA_TOPIC={TestCluster.Topic}  ", line, StringComparison.Ordinal);
        Assert.Equal("", ended.Errors);
        Assert.DoesNotContain(Secret, worker.EverythingSent + ended.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_misspelt_setting_is_said_once_with_what_is_meant()
    {
        await using var cluster = await TestCluster.StartAsync();
        await using var worker = await WorkerProcess.StartAsync(cluster.Settings(("KAFKA_TOPICS", "other")));
        await Wait.UntilAsync(() => worker.Errors.Count > 0);
        worker.Terminate();
        await worker.EndAsync();
        Assert.Equal("warning: KAFKA_TOPICS is set, but is not a setting and is ignored: did you mean KAFKA_TOPIC?", Assert.Single(worker.Errors));
    }

    [Fact]
    public async Task A_progress_store_and_a_vault_that_cannot_be_used_are_said()
    {
        await using var cluster = await TestCluster.StartAsync();
        // Port 1 is nobody's.
        await using var worker = await WorkerProcess.StartAsync(cluster.Settings(
            ("AzureWebJobsStorage", "AccountName=shoes;AccountKey=bm90IGEga2V5;TableEndpoint=http://127.0.0.1:1/shoes"), ("KEY_VAULT_URI", "https://127.0.0.1:1")));
        bool IsSaid(string what) => worker.Errors.Any(line => line.StartsWith($"warning: a problem at the start, {what}: ", StringComparison.Ordinal));
        await Wait.UntilAsync(() => IsSaid("ProgressStore") && IsSaid("KeyVault"));
        worker.Terminate();
        await worker.EndAsync();
        Assert.Equal(worker.Errors.Distinct(), worker.Errors);
        Assert.DoesNotContain(worker.Errors, line => line.Contains("   at ", StringComparison.Ordinal));
    }
}
