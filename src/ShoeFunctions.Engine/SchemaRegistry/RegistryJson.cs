using System.Text.Json;
using System.Text.Json.Serialization;

namespace ShoeFunctions.Engine.SchemaRegistry;

/// <summary>A version of a subject, as far as it matters here.</summary>
/// <param name="Id">The schema's id, the same in all subjects.</param>
/// <param name="Version">The version within the subject.</param>
/// <param name="RuleSet">Its data-contract rules, or null.</param>
public sealed record RegisteredVersion(int Id, int Version, RuleSets? RuleSet);

/// <summary>The data-contract rules of a version, by when they run.</summary>
public sealed record RuleSets(JsonElement[]? MigrationRules, JsonElement[]? DomainRules, JsonElement[]? EncodingRules)
{
    /// <summary>How many there are.</summary>
    [JsonIgnore]
    public int Count => (MigrationRules?.Length ?? 0) + (DomainRules?.Length ?? 0) + (EncodingRules?.Length ?? 0);
}

internal sealed record SchemaRequest(string Schema, string SchemaType)
{
    /// <summary>
    /// The base64 of the FileDescriptorProto of <c>protos/shoe.proto</c>, as Confluent's .NET serialiser sends it: it has
    /// no comments. A constant, because asking the generated code for it makes the first tick some 25 ms later; a test
    /// holds the two together.
    /// </summary>
    public static SchemaRequest OfShoe { get; } = new(
        "CgpzaG9lLnByb3RvEgRtYWluIlMKBFNob2USCgoCaWQYASABKAMSDQoFYnJhbmQYAiABKAkSDAoEbmFtZRgDIAEoCRISCgpzYWxlX3ByaWNlGAQgASgBEg4KBnJhdGluZxgFIAEoAUIGWgQuL3BiYgZwcm90bzM=", "PROTOBUF");
}

internal sealed record ErrorAnswer([property: JsonPropertyName("error_code")] int? ErrorCode);

internal sealed record CompatibilityAnswer([property: JsonPropertyName("is_compatible"), JsonRequired] bool IsCompatible);

internal sealed record ModeAnswer([property: JsonRequired] string Mode);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(RegisteredVersion))]
[JsonSerializable(typeof(SchemaRequest))]
[JsonSerializable(typeof(ErrorAnswer))]
[JsonSerializable(typeof(CompatibilityAnswer))]
[JsonSerializable(typeof(ModeAnswer))]
[JsonSerializable(typeof(string[]))]
internal sealed partial class RegistryJson : JsonSerializerContext;
