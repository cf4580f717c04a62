using System.Text.Json.Serialization;
using ShoeFunctions.Engine.Failures;
using ShoeFunctions.Engine.Health;
using ShoeFunctions.Engine.Progress;

namespace ShoeFunctions.Engine.Configuration;

/// <summary>How both doors write JSON: camelCase, from code made at build time.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(Failure))]
[JsonSerializable(typeof(HealthAnswer))]
[JsonSerializable(typeof(LiveAnswer))]
[JsonSerializable(typeof(int))]
[JsonSerializable(typeof(string[]))]
[JsonSerializable(typeof(StatsAnswer))]
public sealed partial class ShoeJson : JsonSerializerContext;
