using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using ShoeFunctions.Local.EmbeddedSchemaRegistry.Schemas;

namespace ShoeFunctions.Local.EmbeddedSchemaRegistry;

/// <summary>A schema to register, look up or check.</summary>
internal sealed record SchemaRequest(string? Schema, string? SchemaType, SchemaReference[]? References, JsonElement? RuleSet);

/// <summary>A compatibility level to set.</summary>
internal sealed record CompatibilityRequest(string? Compatibility);

/// <summary>The id under which a schema is registered.</summary>
internal sealed record IdAnswer(int Id);

/// <summary>A schema without its subject.</summary>
internal sealed record SchemaAnswer(string Schema, string SchemaType, IReadOnlyList<SchemaReference>? References);

/// <summary>A subject's version.</summary>
internal sealed record SubjectVersionAnswer(
    int Id, string Schema, string SchemaType, IReadOnlyList<SchemaReference>? References, string Subject, int Version);

/// <summary>Where a schema is registered.</summary>
internal sealed record SubjectVersion(string Subject, int Version);

/// <summary>A compatibility level that holds, or held until it was deleted.</summary>
internal sealed record CompatibilityLevelAnswer(string CompatibilityLevel);

/// <summary>A compatibility level that was set.</summary>
internal sealed record CompatibilityAnswer(string Compatibility);

/// <summary>Whether a schema may be registered, and why not.</summary>
internal sealed record IsCompatibleAnswer(
    [property: JsonPropertyName("is_compatible")] bool IsCompatible, IReadOnlyList<string>? Messages);

/// <summary>What the registry lets its users do.</summary>
internal sealed record ModeAnswer(string Mode);

/// <summary>An error.</summary>
internal sealed record ErrorAnswer([property: JsonPropertyName("error_code")] int ErrorCode, string Message);

/// <summary>The answer to a request for nothing.</summary>
internal sealed record EmptyAnswer;

/// <summary>How the registry's requests and answers are written.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(SchemaRequest))]
[JsonSerializable(typeof(CompatibilityRequest))]
[JsonSerializable(typeof(IdAnswer))]
[JsonSerializable(typeof(SchemaAnswer))]
[JsonSerializable(typeof(SubjectVersionAnswer))]
[JsonSerializable(typeof(IReadOnlyList<SubjectVersion>))]
[JsonSerializable(typeof(IReadOnlyList<string>))]
[JsonSerializable(typeof(IReadOnlyList<int>))]
[JsonSerializable(typeof(int))]
[JsonSerializable(typeof(CompatibilityLevelAnswer))]
[JsonSerializable(typeof(CompatibilityAnswer))]
[JsonSerializable(typeof(IsCompatibleAnswer))]
[JsonSerializable(typeof(ModeAnswer))]
[JsonSerializable(typeof(ErrorAnswer))]
[JsonSerializable(typeof(EmptyAnswer))]
internal sealed partial class RegistryJson : JsonSerializerContext
{
    /// <summary>Quotes in schemas are written as \", as registries do, not as \u0022.</summary>
    private static readonly RegistryJson Relaxed =
        new(new JsonSerializerOptions(JsonSerializerDefaults.Web)
        {
            DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        });

    public static JsonTypeInfo<T> Of<T>() => (JsonTypeInfo<T>)Relaxed.GetTypeInfo(typeof(T))!;
}
