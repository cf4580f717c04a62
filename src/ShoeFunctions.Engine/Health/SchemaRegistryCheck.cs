using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using ShoeFunctions.Engine.Failures;
using ShoeFunctions.Engine.Serialization;

namespace ShoeFunctions.Engine.Health;

/// <summary>Whether the registry can be read, knows Protobuf, and has or would take our schema.</summary>
public sealed class SchemaRegistryCheck(IServiceProvider services) : PeerCheck(services)
{
    /// <summary>The check's name.</summary>
    public const string Name = "schema-registry";

    /// <inheritdoc/>
    protected override Failure TimedOut { get; } = new(FailureSource.SchemaRegistry, "read subjects", FailureKind.Timeout, "timeout", true,
        "The schema registry did not answer in time: check SCHEMA_REGISTRY_URL and that this machine can reach it.");

    /// <inheritdoc/>
    protected override async Task<HealthCheckResult> CheckAsync(IServiceProvider services, CancellationToken cancellation)
    {
        var seen = await services.GetRequiredService<ShoeSubject>().LookAsync(cancellation);
        return Well(
            ("subjects", seen.Subjects),
            ("types", seen.Types),
            ("latestVersion", seen.LatestVersion is { } version ? version : "none yet"),
            ("schemaId", seen.SchemaId is { } id ? id : "to be registered"),
            ("endpoints", seen.Endpoints));
    }
}
