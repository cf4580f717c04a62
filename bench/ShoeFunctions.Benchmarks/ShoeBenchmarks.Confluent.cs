using BenchmarkDotNet.Attributes;
using Confluent.Kafka;
using Confluent.SchemaRegistry;
using Confluent.SchemaRegistry.Serdes;

namespace ShoeFunctions.Benchmarks;

public partial class ShoeBenchmarks
{
    private readonly SerializationContext _context = new(MessageComponentType.Value, "js_shoe");
    private ProtobufSerializer<Main.Shoe> _confluent = null!;

    /// <summary>The frame by Confluent's serialiser.</summary>
    [Benchmark(OperationsPerInvoke = Shoes)]
    public async Task<long> ConfluentAsync()
    {
        long sum = 0;
        for (var index = 0; index < Shoes; index++)
            sum += (await _confluent.SerializeAsync(_shoes[index].ToMessage(), _context)).Length;
        return sum;
    }

    partial void SetUpConfluent(string registryUrl) => _confluent = new(
        new CachedSchemaRegistryClient(new SchemaRegistryConfig { Url = registryUrl }),
        new ProtobufSerializerConfig { SubjectNameStrategy = SubjectNameStrategy.Topic });
}
