using BenchmarkDotNet.Attributes;
using Google.Protobuf;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using ShoeFunctions.Engine;
using ShoeFunctions.Engine.Serialization;
using ShoeFunctions.Engine.Shoes;
using ShoeFunctions.Engine.Ticks;

namespace ShoeFunctions.Benchmarks;

/// <summary>One shoe: made, put into its frame, and both; and the same frame by other means.</summary>
[MemoryDiagnoser]
public partial class ShoeBenchmarks
{
    private const int Shoes = 1000;

    private static readonly Tick SomeTick = new(1795442410);

    private readonly ShoeGenerator _generator = new(0);
    private readonly GeneratedShoe[] _shoes = [.. new ShoeGenerator(0).Shoes(SomeTick, Shoes)];
    private BrokerProcess _brokers = null!;
    private ServiceProvider _engine = null!;
    private IShoeSerializer _serializer = null!;

    /// <summary>Starts a registry and registers the schema.</summary>
    [GlobalSetup]
    public async Task SetUpAsync()
    {
        _brokers = await BrokerProcess.StartAsync();
        _engine = new ServiceCollection()
            .AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(_brokers.Settings).Build())
            .AddLogging().AddShoes().BuildServiceProvider();
        _serializer = _engine.GetRequiredService<IShoeSerializer>();
        await _serializer.PrepareAsync(CancellationToken.None);
        SetUpConfluent(_brokers.Settings["SCHEMA_REGISTRY_URL"]!);
    }

    /// <summary>Ends them.</summary>
    [GlobalCleanup]
    public void CleanUp()
    {
        _engine.Dispose();
        _brokers.Dispose();
    }

    /// <summary>Made.</summary>
    [Benchmark(OperationsPerInvoke = Shoes)]
    public long Generate()
    {
        long sum = 0;
        for (var index = 0; index < Shoes; index++)
            sum += _generator.Shoe(SomeTick, index).PriceCents;
        return sum;
    }

    /// <summary>Put into its frame.</summary>
    [Benchmark(OperationsPerInvoke = Shoes)]
    public async Task<long> SerialiseAsync()
    {
        long sum = 0;
        for (var index = 0; index < Shoes; index++)
            sum += (await _serializer.SerializeAsync(_shoes[index])).Length;
        return sum;
    }

    /// <summary>Both.</summary>
    [Benchmark(OperationsPerInvoke = Shoes)]
    public async Task<long> GenerateAndSerialiseAsync()
    {
        long sum = 0;
        for (var index = 0; index < Shoes; index++)
            sum += (await _serializer.SerializeAsync(_generator.Shoe(SomeTick, index))).Length;
        return sum;
    }

    /// <summary>The message alone, without a frame, by Google.Protobuf.</summary>
    [Benchmark(OperationsPerInvoke = Shoes)]
    public long GoogleProtobuf()
    {
        long sum = 0;
        for (var index = 0; index < Shoes; index++)
            sum += _shoes[index].ToMessage().ToByteArray().Length;
        return sum;
    }

    /// <summary>Prepares what Confluent's serialiser needs, where this build has it.</summary>
    partial void SetUpConfluent(string registryUrl);
}
