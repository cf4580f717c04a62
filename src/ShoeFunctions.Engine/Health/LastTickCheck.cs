using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using ShoeFunctions.Engine.Failures;
using ShoeFunctions.Engine.Progress;
using ShoeFunctions.Engine.Ticks;

namespace ShoeFunctions.Engine.Health;

/// <summary>
/// Whether ticks are still written down: timers have been seen to stop while everything else is well. More than
/// <see cref="MostPending"/> pending ticks are unhealthy.
/// </summary>
public sealed class LastTickCheck(IServiceProvider services) : PeerCheck(services)
{
    /// <summary>The check's name.</summary>
    public const string Name = "last-tick";

    private const int MostPending = StatsAnswer.MostPendingInOrder;
    private const string Operation = "look for the last tick";

    /// <inheritdoc/>
    protected override Failure TimedOut { get; } = new(FailureSource.ProgressStore, Operation, FailureKind.Timeout, "timeout", true,
        "The progress store did not answer in time: see its state, and whether it can be reached from here.");

    /// <inheritdoc/>
    protected override async Task<HealthCheckResult> CheckAsync(IServiceProvider services, CancellationToken cancellation)
    {
        var schedule = services.GetRequiredService<TickOptions>().Schedule;
        ProgressState state;
        try
        {
            state = await services.GetRequiredService<IProgressStore>().ReadAsync(cancellation).WaitAsync(cancellation);
        }
        catch (FailureException)
        {
            return HealthCheckResult.Degraded("Not known: see the check of the progress store.");
        }

        return state.HighWater is { } mark && schedule.Latest(services.GetRequiredService<TimeProvider>().GetUtcNow()) is { } current
            && schedule.Between(mark, current).Skip(MostPending).Any()
            ? HealthProbe.Met(new Failure(FailureSource.ProgressStore, Operation, FailureKind.Timeout, "stale", false,
                $"No tick was written down since {mark}, more than {MostPending} ticks ago: see the failures of the last ticks, and whether the timer still fires."))
            : HealthCheckResult.Healthy();
    }
}
