using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using ShoeFunctions.Engine.Failures;
using ShoeFunctions.Engine.Progress;
using ShoeFunctions.Engine.Running;
using ShoeFunctions.Engine.Ticks;

namespace ShoeFunctions.Engine.Health;

/// <summary>
/// Whether the chunks of large ticks are made: degraded with some in the poison queue, with a tick that is open for too long, and with
/// so many open ones that no other is opened.
/// </summary>
public sealed class ChunksCheck(IServiceProvider services) : PeerCheck(services)
{
    /// <summary>The check's name.</summary>
    public const string Name = "chunks";

    private const string Operation = "look for chunks";

    /// <inheritdoc/>
    protected override Failure TimedOut { get; } = Met(FailureKind.Timeout, "timeout", "The storage account's queues did not answer in time: check its state, and whether this machine can reach it.");

    /// <inheritdoc/>
    protected override async Task<HealthCheckResult> CheckAsync(IServiceProvider services, CancellationToken cancellation)
    {
        var (options, times) = (services.GetRequiredService<TickOptions>(), services.GetRequiredService<ChunkTimes>());
        try
        {
            var open = (await services.GetRequiredService<IProgressStore>().ReadAsync(cancellation).WaitAsync(cancellation)).Open;
            if (open.IsEmpty && options.FanOutAbove == 0)
                return HealthCheckResult.Healthy();

            if (await services.GetRequiredService<IQueuedChunks>().CountPoisonedAsync(cancellation) is > 0 and var poisoned)
                return HealthProbe.Met(Met(FailureKind.ServerError, "poisoned",
                    $"{Quantity.Of(poisoned, "message")} in the queue {IQueuedChunks.PoisonName}: the platform has tried each {ChunkTimes.MostDeliveries} times. Chunks among them are queued again by themselves; see why they failed, then delete the messages there."));

            var now = services.GetRequiredService<TimeProvider>().GetUtcNow();
            return open.FirstOrDefault(tick => now - tick.OpenedAt > times.TooLong(tick.Tick)) is { } stuck
                ? HealthProbe.Met(Met(FailureKind.Timeout, "open-too-long",
                    $"Tick {stuck.Tick} has been open for {Quantity.Of(now - stuck.OpenedAt)}: see whether the function ProduceChunk runs, and why it fails."))
                : open.Length >= options.OpenLimit ? HealthProbe.Met(Met(FailureKind.RateLimited, "too-many-open",
                    $"{Quantity.Of(open.Length, "open tick")}, as many as CATCH_UP_LIMIT allows: no other is opened until one is closed. Allow more instances, or ask for fewer shoes."))
                : HealthCheckResult.Healthy();
        }
        catch (FailureException met)
        {
            return met.Failure.Source == FailureSource.ProgressStore
                ? HealthCheckResult.Degraded("Unknown: see the check of the progress store.")
                : HealthProbe.Met(met.Failure, HealthStatus.Degraded);
        }
    }

    /// <summary>Whatever keeps chunks away, they are tried again: that is never worse than degraded.</summary>
    private static Failure Met(FailureKind kind, string code, string advice) => new(FailureSource.ChunkQueue, Operation, kind, code, true, advice);
}
