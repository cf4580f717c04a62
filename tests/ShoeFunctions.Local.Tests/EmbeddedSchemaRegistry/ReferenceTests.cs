using Google.Protobuf.Reflection;
using ShoeFunctions.Local.EmbeddedSchemaRegistry.Schemas;
using static ShoeFunctions.Local.Tests.EmbeddedSchemaRegistry.RegistryUnderTest;

namespace ShoeFunctions.Local.Tests.EmbeddedSchemaRegistry;

public sealed class ReferenceTests : IAsyncLifetime
{
    private const string Price = "syntax = \"proto3\";\npackage shop;\n\nmessage Price {\n  int64 cents = 1;\n}\n";
    private const string Offer =
        "syntax = \"proto3\";\npackage shop;\n\nimport \"price.proto\";\n\nmessage Offer {\n  .shop.Price price = 1;\n}\n";

    private const string Shop =
        "syntax = \"proto3\";\npackage shop;\n\nimport \"offer.proto\";\nimport \"google/protobuf/timestamp.proto\";\n\n" +
        "message Shop {\n  repeated .shop.Offer offers = 1;\n  .google.protobuf.Timestamp opened = 2;\n}\n";

    private static readonly object PriceReference = new { name = "price.proto", subject = "price", version = 1 };
    private static readonly object OfferReference = new { name = "offer.proto", subject = "offer", version = 1 };

    private RegistryUnderTest _registry = null!;

    public async ValueTask InitializeAsync()
    {
        _registry = await RegistryUnderTest.StartAsync();
        Assert.Equal((200, """{"id":1}"""), await _registry.RegisterAsync(Price, "price"));
        Assert.Equal((200, """{"id":2}"""), await _registry.RegisterAsync(Offer, "offer", PriceReference));
    }

    public ValueTask DisposeAsync() => _registry.DisposeAsync();

    [Fact]
    public async Task References_reach_the_files_that_are_imported_in_turn() =>
        Assert.Equal((200, """{"id":3}"""), await _registry.RegisterAsync(Shop, "shop", OfferReference));

    [Fact]
    public async Task References_are_told()
    {
        object[] references = [PriceReference];
        Assert.Equal((200, Json(new { schema = Offer, schemaType = "PROTOBUF", references })), await _registry.GetAsync("/schemas/ids/2"));
        Assert.Equal(
            (200, Json(new { id = 2, schema = Offer, schemaType = "PROTOBUF", references, subject = "offer", version = 1 })),
            await _registry.GetAsync("/subjects/offer/versions/latest"));
        Assert.Equal((200, "[2]"), await _registry.GetAsync("/subjects/price/versions/1/referencedby"));
    }

    [Fact]
    public async Task References_count_when_schemas_are_compared()
    {
        await _registry.RegisterAsync(Price, "price-too");
        var other = new { name = "price.proto", subject = "price-too", version = 1 };

        Assert.Equal((200, """{"id":3}"""), await _registry.RegisterAsync(Offer, "offer", other));
        Assert.Equal((200, """{"id":2}"""), await _registry.RegisterAsync(Offer, "offer", PriceReference));
        Assert.Equal(404, (await _registry.PostAsync("/subjects/price", Json(Price, PriceReference))).Status);
    }

    [Theory]
    [InlineData("nope", 1)]
    [InlineData("price", 2)]
    public async Task A_reference_to_what_is_not_registered_is_invalid(string subject, int version) =>
        Assert.Equal(
            (422, Json(new { error_code = 42201, message = $"Invalid PROTOBUF schema. No schema reference found for subject \"{subject}\" and version {version}" })),
            await _registry.RegisterAsync(Offer, "offer", new { name = "price.proto", subject, version }));

    [Theory]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("""{"name":"price.proto","version":1}""")]
    public async Task A_reference_that_says_too_little_is_invalid(string reference) =>
        Assert.Equal(
            (422, """{"error_code":42201,"message":"Invalid PROTOBUF schema. A reference has a name, a subject and a version"}"""),
            await _registry.PostAsync("/subjects/offer/versions", $"{{\"schema\":{Json(Offer as object)},\"schemaType\":\"PROTOBUF\",\"references\":[{reference}]}}"));

    [Fact]
    public async Task An_import_without_a_reference_is_invalid()
    {
        var (status, body) = await _registry.RegisterAsync(Offer, "offer");
        Assert.Equal(422, status);
        Assert.Contains("unable to find: 'price.proto'", body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_schema_imports_more_than_five_hundred_files_itself_or_by_what_it_imports()
    {
        const string most = """{"error_code":42201,"message":"Invalid PROTOBUF schema. It imports more than 500 files"}""";
        Assert.Equal((200, """{"id":3}"""), await _registry.RegisterAsync("syntax = \"proto3\";\n", "nothing"));
        object[] references = [.. Enumerable.Range(0, 501).Select(file => new { name = $"{file}.proto", subject = "nothing", version = 1 })];
        Assert.Equal((200, """{"id":4}"""), await _registry.RegisterAsync(Importing("0.proto"), "many", references[..500]));
        Assert.Equal((422, most), await _registry.RegisterAsync(Importing("0.proto"), "too-many", references));

        var many = new { name = "many.proto", subject = "many", version = 1 };
        Assert.Equal((422, most), await _registry.RegisterAsync(Importing("many.proto"), "too-many", many));
    }

    /// <summary>The parser goes down a chain of imports on its stack, whose end would be the process's.</summary>
    [Fact]
    public void As_many_files_as_are_allowed_may_import_each_other_in_a_row()
    {
        var sources = Enumerable.Range(1, 499).ToDictionary(file => $"{file}.proto", file => file == 499 ? "syntax = \"proto3\";" : Importing($"{file + 1}.proto"));
        var first = new ProtobufSchema(new FileDescriptorProto { Syntax = "proto3", Dependency = { "1.proto" } }, [], [], sources);
        var schema = ProtobufSchemaText.Parse(Importing("0.proto"), [(new SchemaReference("0.proto", "first", 1), first)]);
        Assert.Equal(500, schema.Sources.Count);
        Assert.Equal(["0.proto"], schema.File.Dependency);
    }

    [Fact]
    public async Task What_others_refer_to_is_not_deleted()
    {
        const string exists = """{"error_code":42206,"message":"One or more references exist to the schema {magic=1,keytype=SCHEMA,subject=price,version=1}."}""";
        Assert.Equal((422, exists), await _registry.DeleteAsync("/subjects/price/versions/1"));
        Assert.Equal((422, exists), await _registry.DeleteAsync("/subjects/price"));

        await _registry.DeleteAsync("/subjects/offer");
        Assert.Equal((200, "[1]"), await _registry.DeleteAsync("/subjects/price"));
    }

    [Theory]
    [InlineData("any", "Any")]
    [InlineData("api", "Api")]
    [InlineData("descriptor", "FileDescriptorProto")]
    [InlineData("duration", "Duration")]
    [InlineData("empty", "Empty")]
    [InlineData("field_mask", "FieldMask")]
    [InlineData("source_context", "SourceContext")]
    [InlineData("struct", "Value")]
    [InlineData("timestamp", "Timestamp")]
    [InlineData("type", "Type")]
    [InlineData("wrappers", "DoubleValue")]
    public async Task Well_known_files_need_no_reference(string file, string type)
    {
        var schema = $"syntax = \"proto3\";\n\nimport \"google/protobuf/{file}.proto\";\n\nmessage M {{\n  .google.protobuf.{type} a = 1;\n}}\n";

        Assert.Equal((200, """{"id":3}"""), await _registry.RegisterAsync(schema));
        Assert.Equal((200, schema), await _registry.GetAsync("/schemas/ids/3/schema"));
    }

    private static string Importing(string file) => $"syntax = \"proto3\";\n\nimport \"{file}\";\n";
}
