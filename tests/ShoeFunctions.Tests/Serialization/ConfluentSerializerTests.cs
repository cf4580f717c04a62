using System.Collections.Concurrent;
using Confluent.Kafka;
using Confluent.SchemaRegistry;
using Confluent.SchemaRegistry.Serdes;
using Main;
using Microsoft.Extensions.DependencyInjection;
using ShoeFunctions.Engine.Configuration;
using ShoeFunctions.Engine.Serialization;
using ShoeFunctions.Engine.Shoes;
using ShoeFunctions.Engine.Tests.Credentials;
using ShoeFunctions.Local.Tests.Diagnosis;
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

    /// <summary>And shows it no token that is meant for somebody else.</summary>
    [Fact]
    public async Task With_the_apps_identity_every_request_of_Confluents_client_has_a_token_and_its_headers()
    {
        await using var cluster = await TestCluster.StartAsync();
        await using var identity = await IdentityServer.StartAsync();
        var seen = new ConcurrentQueue<string>();
        cluster.Registry.Intercept = context =>
        {
            seen.Enqueue($"{context.Request.Headers.Authorization} {context.Request.Headers["target-sr-cluster"]} {context.Request.Headers["Confluent-Identity-Pool-Id"]}");
            return Task.FromResult(false);
        };
        await using var worker = await WorkerProcess.StartAsync(cluster.Settings([
            ("SERIALIZER", "confluent"), ("SCHEMA_REGISTRY_OAUTH_SCOPE", "api://registry/.default"), ("SCHEMA_REGISTRY_LOGICAL_CLUSTER", "lsrc-1"),
            ("SCHEMA_REGISTRY_IDENTITY_POOL", "pool-1"), .. identity.Settings]));
        Assert.Equal(TimerTests.Success, await worker.InvokeTimerAsync());
        Assert.InRange(seen.Count, 3, int.MaxValue);
        Assert.All(seen, shown => Assert.Equal($"Bearer {IdentityServer.Token("api://registry")} lsrc-1 pool-1", shown));
    }

    /// <summary>Its client would take one for another host, and does not take one whose authority is not sent along.</summary>
    [Fact]
    public void Certificates_of_our_own_are_refused_with_it()
    {
        using var authority = new TestAuthority();
        using var app = new TestApp(("SERIALIZER", "confluent"), ("SCHEMA_REGISTRY_URL", "https://registry.example"), ("SCHEMA_REGISTRY_SSL_CA", authority.Pem));
        var wrong = Assert.Throws<SettingsException>(() => app.Services.GetRequiredService<IShoeSerializer>());
        Assert.Contains("use SERIALIZER=engine with SCHEMA_REGISTRY_SSL_CA", wrong.Message, StringComparison.Ordinal);
    }
}
