using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using ShoeFunctions.Engine.Failures;
using ShoeFunctions.Engine.Kafka;

namespace ShoeFunctions.Engine.Health;

/// <summary>Whether the brokers answer, and the topic is there with a leader for every partition.</summary>
public sealed class KafkaCheck(IServiceProvider services) : PeerCheck(services)
{
    /// <summary>The check's name.</summary>
    public const string Name = "kafka";

    /// <summary>Less than the check may take, so that the client's own error, which says more, comes first.</summary>
    private static readonly TimeSpan MetadataTimeout = TimeSpan.FromSeconds(4);

    /// <inheritdoc/>
    protected override Failure TimedOut { get; } = new(FailureSource.Kafka, "read topic", FailureKind.Timeout, "timeout", true,
        "The brokers did not answer in time: check KAFKA_BOOTSTRAP_SERVERS and that this machine can reach them.");

    /// <inheritdoc/>
    protected override async Task<HealthCheckResult> CheckAsync(IServiceProvider services, CancellationToken cancellation)
    {
        var seen = await services.GetRequiredService<KafkaProbe>().LookAsync(MetadataTimeout, cancellation);
        return seen.WithoutLeader == 0
            ? Well(("brokers", seen.Brokers), ("partitions", seen.Partitions))
            : HealthProbe.Met(new Failure(FailureSource.Kafka, "read topic", FailureKind.ServerError, "no-leader", true,
                $"{seen.WithoutLeader} of the topic's {seen.Partitions} partitions {(seen.WithoutLeader == 1 ? "has" : "have")} no leader, so nothing can be written there: check the cluster's state."));
    }
}
