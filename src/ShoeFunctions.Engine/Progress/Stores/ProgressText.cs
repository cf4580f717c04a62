using System.Text.Json;
using System.Text.Json.Serialization;
using ShoeFunctions.Engine.Failures;

namespace ShoeFunctions.Engine.Progress.Stores;

/// <summary>A state of progress as JSON text, in the layout of <see cref="StoredProgress"/>.</summary>
internal static partial class ProgressText
{
    /// <summary>The text of a state. Cut short anywhere it is no text of a state.</summary>
    public static string Write(ProgressState state) => JsonSerializer.Serialize(StoredProgress.Of(state), Json.Default.StoredProgress);

    /// <summary>The state of a text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="where">Where it is from, to begin a sentence with.</param>
    /// <exception cref="FailureException">It is from a newer program, or broken.</exception>
    public static ProgressState Read(string text, string where)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            StoredProgress.CheckVersion(document.RootElement.GetProperty("version"u8).GetInt32(), where);
            return document.Deserialize(Json.Default.StoredProgress)!.ToState();
        }
        catch (Exception broken) when (broken is JsonException or FormatException or KeyNotFoundException or InvalidOperationException)
        {
            throw new FailureException(ProgressFailures.Broken(where), broken);
        }
    }

    [JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true, RespectNullableAnnotations = true)]
    [JsonSerializable(typeof(StoredProgress))]
    private sealed partial class Json : JsonSerializerContext;
}
