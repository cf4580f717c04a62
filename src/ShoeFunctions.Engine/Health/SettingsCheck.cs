using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;
using ShoeFunctions.Engine.Configuration;
using ShoeFunctions.Engine.Setup;

namespace ShoeFunctions.Engine.Health;

/// <summary>Whether the settings are right.</summary>
public sealed class SettingsCheck(IOptions<ShoeSettings> settings) : IHealthCheck
{
    /// <summary>The check's name.</summary>
    public const string Name = "settings";

    /// <inheritdoc/>
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            _ = settings.Value;
            return Task.FromResult(HealthCheckResult.Healthy());
        }
        catch (SettingsException wrong)
        {
            return Task.FromResult(HealthProbe.Met(wrong.ToFailure()));
        }
    }
}
