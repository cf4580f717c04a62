using System.Collections.Immutable;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using ShoeFunctions.Engine.Failures;
using ShoeFunctions.Engine.Setup;

namespace ShoeFunctions.Engine.Health;

/// <summary>Runs all health checks and puts their outcome into an answer.</summary>
public sealed class HealthProbe(HealthCheckService checks, TimeProvider time) : IDisposable
{
    /// <summary>An answer holds for so long, so that probing cannot hurt the cluster.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(3);

    /// <summary>Under this name a check's result carries its <see cref="Failure"/>.</summary>
    private const string FailureKey = "failure";

    private readonly SemaphoreSlim _one = new(1);
    private HealthAnswer? _answer;
    private long _answeredAt;

    /// <summary>The health as of now, or of at most <see cref="Lifetime"/> ago.</summary>
    public async Task<HealthAnswer> AnswerAsync(CancellationToken cancellation)
    {
        await _one.WaitAsync(cancellation);
        try
        {
            if (_answer is null || time.GetElapsedTime(_answeredAt) >= Lifetime)
            {
                _answer = Answer(await checks.CheckHealthAsync(cancellation));
                _answeredAt = time.GetTimestamp();
            }

            return _answer;
        }
        finally
        {
            _one.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _one.Dispose();

    private static HealthAnswer Answer(HealthReport report) => new(
        StateOf(report.Status),
        Build.Commit,
        [.. report.Entries.Select(entry =>
        {
            var (result, failure) = (entry.Value, entry.Value.Data.GetValueOrDefault(FailureKey) as Failure);
            return new HealthAnswer.Check(
                entry.Key,
                StateOf(result.Status),
                Math.Round(result.Duration.TotalMilliseconds, 3),
                failure,
                failure is null && result.Data.Count > 0 ? result.Data : null);
        })]);

    /// <summary>The outcome of a check that met a failure: degraded where it may pass by itself, unless the check says otherwise.</summary>
    internal static HealthCheckResult Met(Failure failure, HealthStatus? status = null) => new(
        status ?? (failure.Recoverable ? HealthStatus.Degraded : HealthStatus.Unhealthy),
        failure.Advice,
        data: ImmutableDictionary<string, object>.Empty.Add(FailureKey, failure));

    private static HealthState StateOf(HealthStatus status) => status switch
    {
        HealthStatus.Healthy => HealthState.Healthy,
        HealthStatus.Degraded => HealthState.Degraded,
        _ => HealthState.Unhealthy,
    };
}
