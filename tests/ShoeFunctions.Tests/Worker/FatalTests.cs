using ShoeFunctions.Tests.HostProtocol;

namespace ShoeFunctions.Tests.Worker;

/// <summary>The host does not notice a worker that ends with exit code 0, and starts no other.</summary>
public sealed class FatalTests
{
    [Fact]
    public async Task A_worker_that_cannot_reach_its_host_does_not_end_with_0()
    {
        // Port 9 is nobody's.
        await using var worker = await WorkerProcess.StartAtAsync(new Uri("http://127.0.0.1:9/"));
        var ended = await worker.EndAsync();
        Assert.NotEqual(0, ended.ExitCode);
    }

    [Fact]
    public async Task A_worker_that_throws_at_its_start_does_not_end_with_0()
    {
        await using var worker = await WorkerProcess.StartAtAsync(new Uri("nonsense:host"));
        var ended = await worker.EndAsync();
        Assert.NotEqual(0, ended.ExitCode);
        Assert.Contains("Unhandled exception", ended.Errors, StringComparison.Ordinal);
    }
}
