using Microsoft.Extensions.Diagnostics.HealthChecks;
using ShoeFunctions.Engine.Configuration;
using ShoeFunctions.Engine.Failures;
using ShoeFunctions.Engine.Progress;
using ShoeFunctions.Engine.Progress.Stores;

namespace ShoeFunctions.Engine.Health;

/// <summary>Whether progress can be read and written, and by one program alone. Ticks go on where it cannot, so that is never worse than degraded.</summary>
public sealed class ProgressStoreCheck(IProgressStore progress) : IHealthCheck
{
    /// <summary>The check's name.</summary>
    public const string Name = "progress-store";

    /// <inheritdoc/>
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            var state = await progress.ReadAsync(cancellationToken);
            return (progress as RememberingProgressStore)?.Failure is { } failure ? Degraded(failure)
                : state.HasTwoWriters ? Degraded(ProgressFailures.TwoWriters(state.OtherWriter!.Name))
                : HealthCheckResult.Healthy();
        }
        catch (SettingsException wrong)
        {
            return HealthProbe.Met(wrong.ToFailure());
        }
        catch (FailureException error)
        {
            return Degraded(error.Failure);
        }
    }

    private static HealthCheckResult Degraded(Failure failure)
    {
        var met = HealthProbe.Met(failure);
        return new HealthCheckResult(HealthStatus.Degraded, met.Description, data: met.Data);
    }
}
