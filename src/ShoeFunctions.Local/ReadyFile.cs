using System.Text.Json;
using System.Text.Json.Serialization;

namespace ShoeFunctions.Local;

/// <summary>What scripts wait for: written once the program serves.</summary>
internal sealed record ReadyFile(string? Http, string KafkaBootstrapServers, string SchemaRegistryUrl, string Topic)
{
    /// <summary>Writes it whole or not at all.</summary>
    public async Task WriteAsync(string path, CancellationToken cancellation)
    {
        var beside = path + ".new";
        try
        {
            await File.WriteAllTextAsync(beside, JsonSerializer.Serialize(this, ReadyJson.Default.ReadyFile), cancellation);
            File.Move(beside, path, overwrite: true);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new DoorException($"--ready-file: '{path}' cannot be written: {error.Message}", ExitCode.Failed);
        }
    }
}

/// <summary>How it is written.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ReadyFile))]
internal sealed partial class ReadyJson : JsonSerializerContext;
