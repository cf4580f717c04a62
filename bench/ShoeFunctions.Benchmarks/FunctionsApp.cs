using System.Diagnostics;
using ShoeFunctions.Tests.HostProtocol;

namespace ShoeFunctions.Benchmarks;

/// <summary>The Functions app as its host starts it, with the tests' stand-in for the host.</summary>
internal static class FunctionsApp
{
    /// <summary>Milliseconds from the start of the worker until its functions are loaded, and until the first shoe is acknowledged.</summary>
    public static async Task<(double Loaded, double Produced)> WakeUpAsync(string folder, BrokerProcess brokers)
    {
        var settings = brokers.With(("BATCH_SIZE", "1"), ("PRODUCE_SCHEDULE", "* * * * * *"));
        await using var worker = await WorkerProcess.StartInAsync(folder, [.. settings.Select(setting => (setting.Key, setting.Value!))]);
        var loaded = Stopwatch.GetElapsedTime(worker.StartedAt).TotalMilliseconds;
        var invocation = await worker.InvokeTimerAsync();
        var produced = Stopwatch.GetElapsedTime(worker.StartedAt).TotalMilliseconds;
        return invocation.Status == StatusResult.Types.Status.Success ? (loaded, produced) : throw new InvalidOperationException(invocation.Message);
    }
}
