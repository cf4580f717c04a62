using System.Text.Json.Serialization;

namespace ShoeFunctions.Engine.Failures;

/// <summary>Where a failure was met.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<FailureSource>))]
public enum FailureSource
{
    /// <summary>The brokers.</summary>
    [JsonStringEnumMemberName("kafka")] Kafka,

    /// <summary>The schema registry.</summary>
    [JsonStringEnumMemberName("schema-registry")] SchemaRegistry,

    /// <summary>The progress store.</summary>
    [JsonStringEnumMemberName("progress-store")] ProgressStore,

    /// <summary>The settings.</summary>
    [JsonStringEnumMemberName("settings")] Settings,
}
