using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;
using ShoeFunctions.Engine.Configuration;
using ShoeFunctions.Engine.Failures;
using ShoeFunctions.Engine.Progress;

namespace ShoeFunctions.Engine.Health;

/// <summary>
/// Whether ticks are still written down: timers have been seen to stop while everything else is well. More than
/// <see cref="MostPending"/> pending ticks are unhealthy.
/// </summary>
public sealed class LastTickCheck(IProgressStore progress, IOptions<ShoeSettings> settings, TimeProvider time) : IHealthCheck
{
    /// <summary>The check's name.</summary>
    public const string Name = "last-tick";

    private const int MostPending = 3;

    /// <inheritdoc/>
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            var schedule = settings.Value.Ticks.Schedule;
            var state = await progress.ReadAsync(cancellationToken);
            return state.HighWater is { } mark && schedule.Latest(time.GetUtcNow()) is { } current && schedule.Between(mark, current).Skip(MostPending).Any()
                ? HealthProbe.Met(new Failure(FailureSource.ProgressStore, "look for the last tick", FailureKind.Timeout, "stale", false,
                    $"No tick was written down since {mark}, more than {MostPending} ticks ago: see the failures of the last ticks, and whether the timer still fires."))
                : HealthCheckResult.Healthy();
        }
        catch (SettingsException wrong)
        {
            return HealthProbe.Met(wrong.ToFailure());
        }
        catch (FailureException)
        {
            return HealthCheckResult.Degraded("Not known: see the check of the progress store.");
        }
    }
}
