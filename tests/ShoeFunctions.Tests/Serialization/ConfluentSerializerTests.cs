using Confluent.Kafka;
using Confluent.SchemaRegistry;
using Confluent.SchemaRegistry.Serdes;
using Main;
using Microsoft.Extensions.DependencyInjection;
using ShoeFunctions.Engine.Serialization;
using ShoeFunctions.Engine.Shoes;
using ShoeFunctions.Serialization;
using ShoeFunctions.Tests.Adapters;
using ShoeFunctions.Tests.HostProtocol;
using ShoeFunctions.Tests.Worker;

namespace ShoeFunctions.Tests.Serialization;

public sealed class ConfluentSerializerTests
{
    [Fact]
    public void The_setting_chooses_it()
    {
        using var app = new TestApp(("SERIALIZER", "confluent"));
        Assert.IsType<ConfluentSerializer>(app.Services.GetRequiredService<IShoeSerializer>());
    }

    [Fact]
    public Task It_delivers_exactly_its_ticks_shoes_byte_for_byte() => TimerTests.DeliversExactlyItsTicksShoesAsync("confluent", 25, 42);

    [Fact]
    public async Task Confluents_deserialiser_reads_what_the_engine_wrote()
    {
        await using var cluster = await TestCluster.StartAsync();
        await using var worker = await WorkerProcess.StartAsync(cluster.Settings());
        Assert.Equal(TimerTests.Success, await worker.InvokeTimerAsync());

        using var registry = new CachedSchemaRegistryClient(new SchemaRegistryConfig { Url = cluster.Registry.Url.AbsoluteUri });
        var deserializer = new ProtobufDeserializer<Shoe>(registry);
        var shoes = await Task.WhenAll(cluster.Read().Select(record =>
            deserializer.DeserializeAsync(record.Message.Value, isNull: false, new SerializationContext(MessageComponentType.Value, TestCluster.Topic))));
        Assert.Equal(new ShoeGenerator(0).Shoes(TestCluster.CurrentTick, 25).Select(shoe => shoe.ToMessage()), shoes.OrderBy(shoe => shoe.Id));
    }
}
