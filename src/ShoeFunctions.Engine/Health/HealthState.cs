using System.Text.Json.Serialization;

namespace ShoeFunctions.Engine.Health;

/// <summary>How well something is.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<HealthState>))]
public enum HealthState
{
    /// <summary>It works.</summary>
    [JsonStringEnumMemberName("healthy")] Healthy,

    /// <summary>It does not work, and may do so again by itself.</summary>
    [JsonStringEnumMemberName("degraded")] Degraded,

    /// <summary>It does not work until somebody does something.</summary>
    [JsonStringEnumMemberName("unhealthy")] Unhealthy,
}
