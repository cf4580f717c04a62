using System.Collections.Immutable;
using System.Reflection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using ShoeFunctions.Engine.Failures;

namespace ShoeFunctions.Engine.Health;

/// <summary>Runs all health checks and puts their outcome into an answer.</summary>
public sealed class HealthProbe(HealthCheckService checks)
{
    /// <summary>Under this name a check's result carries its <see cref="Failure"/>.</summary>
    private const string FailureKey = "failure";

    private static readonly string Commit =
        typeof(HealthProbe).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[^1];

    /// <summary>The health as of now.</summary>
    public async Task<HealthAnswer> AnswerAsync(CancellationToken cancellation)
    {
        var report = await checks.CheckHealthAsync(cancellation);
        return new HealthAnswer(
            StateOf(report.Status),
            Commit,
            [.. report.Entries.Select(entry => new HealthAnswer.Check(
                entry.Key, StateOf(entry.Value.Status), Math.Round(entry.Value.Duration.TotalMilliseconds, 3), entry.Value.Data.GetValueOrDefault(FailureKey) as Failure))]);
    }

    /// <summary>The outcome of a check that met a failure: degraded where it may pass by itself.</summary>
    internal static HealthCheckResult Met(Failure failure) => new(
        failure.Recoverable ? HealthStatus.Degraded : HealthStatus.Unhealthy,
        failure.Advice,
        data: ImmutableDictionary<string, object>.Empty.Add(FailureKey, failure));

    private static HealthState StateOf(HealthStatus status) => status switch
    {
        HealthStatus.Healthy => HealthState.Healthy,
        HealthStatus.Degraded => HealthState.Degraded,
        _ => HealthState.Unhealthy,
    };
}
