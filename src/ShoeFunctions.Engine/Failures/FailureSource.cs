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

    /// <summary>The vault that holds the credentials.</summary>
    [JsonStringEnumMemberName("key-vault")] KeyVault,

    /// <summary>Whoever gives the program's identity its tokens.</summary>
    [JsonStringEnumMemberName("identity")] Identity,

    /// <summary>The progress store.</summary>
    [JsonStringEnumMemberName("progress-store")] ProgressStore,

    /// <summary>The queue of the chunks of large ticks.</summary>
    [JsonStringEnumMemberName("chunk-queue")] ChunkQueue,

    /// <summary>The settings.</summary>
    [JsonStringEnumMemberName("settings")] Settings,
}
