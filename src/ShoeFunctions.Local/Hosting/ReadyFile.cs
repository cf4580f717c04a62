using System.Text.Json;
using System.Text.Json.Serialization;
using ShoeFunctions.Local.Terminal;

namespace ShoeFunctions.Local.Hosting;

/// <summary>What scripts wait for: written once the program serves.</summary>
internal sealed record ReadyFile(string? Http, string KafkaBootstrapServers, string SchemaRegistryUrl, string Topic)
{
    /// <summary>Writes it whole or not at all; what is there already, a device, a pipe or a link among it, stays what it is and is written to.</summary>
    public async Task WriteAsync(string path, CancellationToken cancellation)
    {
        var bytes = JsonSerializer.SerializeToUtf8Bytes(this, ReadyJson.Default.ReadyFile);
        var beside = path + ".new";
        try
        {
            if (File.Exists(path))
            {
                await using var existing = new FileStream(path, FileMode.Truncate, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
                await existing.WriteAsync(bytes, cancellation);
                return;
            }

            await File.WriteAllBytesAsync(beside, bytes, cancellation);
            File.Move(beside, path, overwrite: true);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new CommandException($"--ready-file: '{path}' cannot be written: {error.Message}", ExitCode.Failed);
        }
    }
}

/// <summary>How it is written.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ReadyFile))]
internal sealed partial class ReadyJson : JsonSerializerContext;
