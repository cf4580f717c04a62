using Confluent.SchemaRegistry;
using Google.Protobuf;
using ShoeFunctions.Local.EmbeddedSchemaRegistry;
using Schema = Confluent.SchemaRegistry.Schema;

namespace ShoeFunctions.Local.Tests.EmbeddedSchemaRegistry;

/// <summary>The registry as Confluent's own client for .NET sees it.</summary>
public sealed class ConfluentClientTests : IAsyncLifetime
{
    private const string Subject = "js_shoe-value";

    private EmbeddedRegistry _registry = null!;
    private CachedSchemaRegistryClient _client = null!;

    public async ValueTask InitializeAsync()
    {
        _registry = await EmbeddedRegistry.StartAsync(cancellation: TestContext.Current.CancellationToken);
        _client = NewClient();
    }

    public ValueTask DisposeAsync()
    {
        _client.Dispose();
        return _registry.DisposeAsync();
    }

    [Fact]
    public async Task It_registers_and_reads_back()
    {
        var id = await _client.RegisterSchemaAsync(Subject, Protobuf(ShoeSchemas.Base64), normalize: true);

        using var other = NewClient();
        var schema = await other.GetSchemaAsync(id);
        Assert.Equal(1, id);
        Assert.Equal(ShoeSchemas.Printed, schema.SchemaString);
        Assert.Equal(SchemaType.Protobuf, schema.SchemaType);
        Assert.Equal(id, await other.GetSchemaIdAsync(Subject, Protobuf(ShoeSchemas.Text), normalize: true));
        Assert.Equal([Subject], await other.GetAllSubjectsAsync());
        Assert.Equal([1], await other.GetSubjectVersionsAsync(Subject));
    }

    [Fact]
    public async Task It_reads_the_descriptor()
    {
        var id = await _client.RegisterSchemaAsync(Subject, Protobuf(ShoeSchemas.Text));

        using var other = NewClient();
        var file = Google.Protobuf.Reflection.FileDescriptorProto.Parser.ParseFrom(
            ByteString.FromBase64((await other.GetSchemaAsync(id, "serialized")).SchemaString));
        Assert.Equal("main", file.Package);
        Assert.Equal(["id", "brand", "name", "sale_price", "rating"], Assert.Single(file.MessageType).Field.Select(field => field.Name));
    }

    [Fact]
    public async Task It_looks_up_and_gets_versions()
    {
        await _client.RegisterSchemaAsync(Subject, Protobuf(ShoeSchemas.Text));
        await _client.RegisterSchemaAsync(Subject, Protobuf(ShoeSchemas.OneMoreField));

        var found = await _client.LookupSchemaAsync(Subject, Protobuf(ShoeSchemas.OneMoreField), ignoreDeletedSchemas: true);
        Assert.Equal((2, 2, Subject), (found.Id, found.Version, found.Subject));
        Assert.Equal(2, (await _client.GetLatestSchemaAsync(Subject)).Id);
        Assert.Equal(1, (await _client.GetRegisteredSchemaAsync(Subject, 1)).Id);
    }

    [Fact]
    public async Task It_registers_with_references()
    {
        await _client.RegisterSchemaAsync("price", Protobuf("syntax = \"proto3\"; package shop; message Price { int64 cents = 1; }"));
        var offer = new Schema(
            "syntax = \"proto3\"; import \"price.proto\"; message Offer { shop.Price price = 1; }", [new("price.proto", "price", 1)], SchemaType.Protobuf);

        var id = await _client.RegisterSchemaAsync("offer", offer);

        using var other = NewClient();
        var reference = Assert.Single((await other.GetSchemaAsync(id)).References);
        Assert.Equal(("price.proto", "price", 1), (reference.Name, reference.Subject, reference.Version));
    }

    [Fact]
    public async Task It_asks_for_compatibility()
    {
        await _client.RegisterSchemaAsync(Subject, Protobuf(ShoeSchemas.Text));

        Assert.True(await _client.IsCompatibleAsync(Subject, Protobuf(ShoeSchemas.OneMoreField)));
        Assert.False(await _client.IsCompatibleAsync(Subject, Protobuf(ShoeSchemas.StringId)));
        Assert.Equal(Compatibility.Backward, await _client.GetCompatibilityAsync());
        Assert.Equal(Compatibility.Full, await _client.UpdateCompatibilityAsync(Compatibility.Full, Subject));
        Assert.Equal(Compatibility.Full, await _client.GetCompatibilityAsync(Subject));
    }

    [Fact]
    public async Task It_understands_the_errors()
    {
        var unknown = await Assert.ThrowsAsync<SchemaRegistryException>(() => _client.GetLatestSchemaAsync(Subject));
        Assert.Equal(40401, unknown.ErrorCode);

        await _client.RegisterSchemaAsync(Subject, Protobuf(ShoeSchemas.Text));
        var incompatible = await Assert.ThrowsAsync<SchemaRegistryException>(() => _client.RegisterSchemaAsync(Subject, Protobuf(ShoeSchemas.StringId)));
        Assert.Equal(40901, incompatible.ErrorCode);
        var missing = await Assert.ThrowsAsync<SchemaRegistryException>(() => _client.LookupSchemaAsync(Subject, Protobuf(ShoeSchemas.OneMoreField), true));
        Assert.Equal(40403, missing.ErrorCode);
    }

    private static Schema Protobuf(string schema) => new(schema, SchemaType.Protobuf);

    private CachedSchemaRegistryClient NewClient() => new(new SchemaRegistryConfig { Url = _registry.Url.AbsoluteUri });
}
