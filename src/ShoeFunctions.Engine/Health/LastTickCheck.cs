using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using ShoeFunctions.Engine.Failures;
using ShoeFunctions.Engine.Progress;
using ShoeFunctions.Engine.Running;
using ShoeFunctions.Engine.Statistics;

namespace ShoeFunctions.Engine.Health;

/// <summary>
/// Whether ticks are still written down: timers have been seen to stop while everything else is well. Unhealthy are more
/// than <see cref="MostPending"/> pending ticks, a tick whose last run failed, and a mark in the future; degraded is a tick
/// that takes longer than they do.
/// </summary>
public sealed class LastTickCheck(IServiceProvider services) : PeerCheck(services)
{
    /// <summary>The check's name.</summary>
    public const string Name = "last-tick";

    private const int MostPending = StatsAnswer.MostPendingInOrder;
    private const string Operation = "look for the last tick";

    /// <inheritdoc/>
    protected override Failure TimedOut { get; } = new(FailureSource.ProgressStore, Operation, FailureKind.Timeout, "timeout", true,
        "The progress store did not answer in time: check its state, and whether this machine can reach it.");

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
            return HealthCheckResult.Degraded("Unknown: see the check of the progress store.");
        }

        var now = services.GetRequiredService<TimeProvider>().GetUtcNow();
        if (ProgressFailures.Ahead(state, schedule, now) is { } ahead)
            return HealthProbe.Met(ahead);
        if (state.Ongoing is { } failed)
            return HealthProbe.Met(failed.Failure, HealthStatus.Unhealthy);

        return state.Begun is { } mark && StatsAnswer.Unbegun(mark, schedule, now).Skip(MostPending).Any()
            ? HealthProbe.Met(new Failure(FailureSource.ProgressStore, Operation, FailureKind.Timeout, "stale", false,
                $"No tick was delivered since {mark}, more than {MostPending} ticks ago: check the failures of the last ticks, and that the timer still fires."))
            : state.Recent.Length > 0 && StatsAnswer.IsLate(state, schedule, now) ? HealthProbe.Met(new Failure(FailureSource.ProgressStore, Operation, FailureKind.Timeout, "late", true,
                $"A tick has been due for {StatsAnswer.Behind(state, schedule, now).TotalSeconds:0} s and is not delivered: see whether the brokers answer."))
            : HealthCheckResult.Healthy();
    }
}
