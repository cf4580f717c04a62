using ShoeFunctions.Tests.HostProtocol;

namespace ShoeFunctions.Tests.Worker;

public sealed class SecretTests
{
    private const string Secret = "hush-4711";

    private static readonly (string, string)[] Secrets =
    [
        ("KAFKA_API_KEY", Secret), ("KAFKA_API_SECRET", Secret), ("SCHEMA_REGISTRY_API_KEY", Secret), ("SCHEMA_REGISTRY_API_SECRET", Secret),
    ];

    [Fact]
    public async Task Credentials_that_are_not_accepted_are_in_no_log_and_no_answer()
    {
        await using var cluster = await TestCluster.StartAsync();
        // The embedded brokers know no SASL: the login fails.
        await Task.WhenAll(
            AssertIsSilentAsync(cluster.Settings([.. Secrets, ("KAFKA_SECURITY_PROTOCOL", "SASL_PLAINTEXT"), ("KAFKA_TIMEOUT", "1s")])),
            AssertIsSilentAsync(cluster.Settings([.. Secrets, ("KAFKA_SECURITY_PROTOCOL", "SASL_SSL"), ("KAFKA_TIMEOUT", "1s")])));
    }

    [Fact]
    public async Task Settings_that_are_wrong_are_named_without_their_secrets()
    {
        await using var cluster = await TestCluster.StartAsync();
        await Task.WhenAll(
            AssertIsSilentAsync(cluster.Settings(("KAFKA_API_SECRET", Secret), ("SCHEMA_REGISTRY_API_KEY", Secret))),
            AssertIsSilentAsync(cluster.Settings(("SCHEMA_REGISTRY_URL", $"http://me:{Secret}@localhost:8081"))));
    }

    private static async Task AssertIsSilentAsync((string, string)[] settings)
    {
        await using var worker = await WorkerProcess.StartAsync([.. settings, ("LOG_LEVEL", "trace"), ("Logging__LogLevel__Default", "Trace")]);
        Assert.Equal(StatusResult.Types.Status.Failure, (await worker.InvokeTimerAsync()).Status);
        await worker.InvokeHttpAsync("GetHealth", "GET", "http://localhost/api/health");
        await worker.InvokeHttpAsync("GetStats", "GET", "http://localhost/api/stats");
        worker.Terminate();
        var ended = await worker.EndAsync();
        Assert.NotEmpty(worker.EverythingSent);
        Assert.DoesNotContain(Secret, worker.EverythingSent + ended.Output + ended.Errors, StringComparison.Ordinal);
    }
}
