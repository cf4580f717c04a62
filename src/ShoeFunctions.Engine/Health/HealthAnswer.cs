using System.Collections.Immutable;
using System.Text.Json.Serialization;
using ShoeFunctions.Engine.Failures;

namespace ShoeFunctions.Engine.Health;

/// <summary>What <c>/api/health</c> answers.</summary>
/// <param name="Status">The worst of the checks' states.</param>
/// <param name="Commit">The commit that the program was built from, or the version where that is not known.</param>
/// <param name="Checks">What was checked.</param>
public sealed record HealthAnswer(HealthState Status, string Commit, ImmutableArray<HealthAnswer.Check> Checks)
{
    /// <summary>One thing that was checked, how long that took, what is wrong with it, and what was seen.</summary>
    public sealed record Check(string Name, HealthState Status, double DurationMs, Failure? Failure, IReadOnlyDictionary<string, object>? Details);

    /// <summary>The HTTP status that goes with it: 200, or 503 where it is unhealthy.</summary>
    [JsonIgnore]
    public int HttpStatus => Status == HealthState.Unhealthy ? 503 : 200;
}
