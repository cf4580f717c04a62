using System.Collections.Immutable;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using ShoeFunctions.Engine.Configuration;
using ShoeFunctions.Engine.Failures;

namespace ShoeFunctions.Engine.Health;

/// <summary>
/// A check of something outside. What it needs is resolved when it runs, because with wrong settings it does not exist.
/// </summary>
public abstract class PeerCheck(IServiceProvider services) : IHealthCheck
{
    /// <summary>All checks, side by side, end within this time.</summary>
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    /// <inheritdoc/>
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        using var limit = new CancellationTokenSource(Timeout, services.GetRequiredService<TimeProvider>());
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            return await CheckAsync(services, stop.Token);
        }
        catch (SettingsException wrong)
        {
            return HealthProbe.Met(wrong.ToFailure());
        }
        catch (FailureException failure)
        {
            return HealthProbe.Met(failure.Failure);
        }
        catch (OperationCanceledException cut) when (limit.IsCancellationRequested)
        {
            return HealthProbe.Met(cut is StillFailingException waiting ? waiting.Failure : TimedOut);
        }
    }

    /// <summary>What is said where the check did not end in time.</summary>
    protected abstract Failure TimedOut { get; }

    /// <summary>Runs the check.</summary>
    /// <exception cref="FailureException">What was checked is not well.</exception>
    protected abstract Task<HealthCheckResult> CheckAsync(IServiceProvider services, CancellationToken cancellation);

    /// <summary>All is well, with what was seen.</summary>
    protected static HealthCheckResult Well(params ReadOnlySpan<(string Name, object Value)> details)
    {
        var data = ImmutableSortedDictionary.CreateBuilder<string, object>();
        foreach (var (name, value) in details)
            data.Add(name, value);
        return HealthCheckResult.Healthy(data: data.ToImmutable());
    }
}
