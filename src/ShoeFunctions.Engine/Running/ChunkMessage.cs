using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using ShoeFunctions.Engine.Failures;
using ShoeFunctions.Engine.Progress;
using ShoeFunctions.Engine.Ticks;

namespace ShoeFunctions.Engine.Running;

/// <summary>What a message of the queue asks for: a chunk of an open tick. On the queue it is JSON that a person can read.</summary>
/// <param name="Topic">The topic that the chunk is for.</param>
/// <param name="Cluster">The brokers, as <see cref="Kafka.ClusterName.Of"/> names them.</param>
/// <param name="Tick">The tick's time, UTC.</param>
/// <param name="Opening">Which opening of the tick.</param>
/// <param name="First">The index of the chunk's first shoe.</param>
/// <param name="Count">How many shoes it has.</param>
public sealed partial record ChunkMessage(string Topic, string Cluster, DateTimeOffset Tick, string Opening, int First, int Count)
{
    /// <summary>The chunk.</summary>
    [JsonIgnore]
    public Chunk Chunk => new(Ticks.Tick.At(Tick), First, Count);

    /// <summary>The message for a chunk.</summary>
    public static ChunkMessage For(OpenTick tick, Chunk chunk, string topic, string cluster) => new(topic, cluster, tick.Tick.Time, tick.Opening, chunk.First, chunk.Count);

    /// <summary>Its text.</summary>
    public override string ToString() => JsonSerializer.Serialize(this, MessageJson.Default.ChunkMessage);

    /// <summary>Reads a message's text.</summary>
    /// <exception cref="FailureException">It is none of ours.</exception>
    public static ChunkMessage Parse(string text)
    {
        try
        {
            return JsonSerializer.Deserialize(text, MessageJson.Default.ChunkMessage) ?? throw new FailureException(NotAChunk(text));
        }
        catch (JsonException foreign)
        {
            throw new FailureException(NotAChunk(text), foreign);
        }
    }

    /// <summary>The text may be anything, so it is not repeated.</summary>
    private static Failure NotAChunk(string text) => new(FailureSource.ChunkQueue, "read a chunk", FailureKind.Invalid, "not-a-chunk", false, string.Create(CultureInfo.InvariantCulture,
        $"A message of {text.Length} characters in the queue {IQueuedChunks.Name} asks for no chunk: see who else writes to this queue. It ends in {IQueuedChunks.PoisonName}; delete it there."));

    [JsonSourceGenerationOptions(
        PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true, Converters = [typeof(SecondsConverter)])]
    [JsonSerializable(typeof(ChunkMessage))]
    private sealed partial class MessageJson : JsonSerializerContext;

    /// <summary>A tick's time has whole seconds.</summary>
    private sealed class SecondsConverter : JsonConverter<DateTimeOffset>
    {
        public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.GetDateTimeOffset();

        public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) => writer.WriteStringValue(Ticks.Tick.At(value).ToString());
    }
}
