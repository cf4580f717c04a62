using static ShoeFunctions.Local.Tests.EmbeddedSchemaRegistry.RegistryUnderTest;

namespace ShoeFunctions.Local.Tests.EmbeddedSchemaRegistry;

/// <summary>Request by request, what a registry answers.</summary>
public sealed class RegistryAnswersTests : IAsyncLifetime
{
    private const string SubjectNotFound = """{"error_code":40401,"message":"Subject 'nope-value' not found."}""";

    private RegistryUnderTest _registry = null!;

    private static string Version(int id, int version, string schema = ShoeSchemas.Printed, string subject = Subject) =>
        Json(new { id, schema, schemaType = "PROTOBUF", subject, version });

    public async ValueTask InitializeAsync() => _registry = await RegistryUnderTest.StartAsync();

    public ValueTask DisposeAsync() => _registry.DisposeAsync();

    [Fact]
    public async Task A_schema_that_is_registered_gets_an_id() =>
        Assert.Equal((200, """{"id":1}"""), await _registry.RegisterAsync(ShoeSchemas.Text));

    public static TheoryData<string> SameSchemas =>
        [ShoeSchemas.Text, ShoeSchemas.OtherWhiteSpace, ShoeSchemas.Base64, ShoeSchemas.Commented, ShoeSchemas.Printed];

    [Theory]
    [MemberData(nameof(SameSchemas))]
    public async Task The_same_schema_in_another_form_keeps_its_id_and_version(string same)
    {
        await _registry.RegisterAsync(ShoeSchemas.Text);

        Assert.Equal((200, """{"id":1}"""), await _registry.RegisterAsync(same));
        Assert.Equal((200, "[1]"), await _registry.GetAsync($"/subjects/{Subject}/versions"));
    }

    [Theory]
    [InlineData("normalize=true")]
    [InlineData("normalize=False")]
    public async Task Normalize_is_accepted(string query) =>
        Assert.Equal((200, """{"id":1}"""), await _registry.PostAsync($"/subjects/{Subject}/versions?{query}", Json(ShoeSchemas.Text)));

    [Fact]
    public async Task Ids_are_global()
    {
        await _registry.RegisterAsync(ShoeSchemas.Text);

        Assert.Equal((200, """{"id":1}"""), await _registry.RegisterAsync(ShoeSchemas.Text, "other-value"));
        Assert.Equal((200, Version(1, 1, subject: "other-value")), await _registry.GetAsync("/subjects/other-value/versions/1"));
    }

    [Fact]
    public async Task One_more_field_gets_the_next_id()
    {
        await _registry.RegisterAsync(ShoeSchemas.Text);

        Assert.Equal((200, """{"id":2}"""), await _registry.RegisterAsync(ShoeSchemas.OneMoreField));
        Assert.Equal((200, "[1,2]"), await _registry.GetAsync($"/subjects/{Subject}/versions"));
    }

    [Fact]
    public async Task An_incompatible_schema_is_refused_with_the_reason()
    {
        await _registry.RegisterAsync(ShoeSchemas.Text);

        var details =
            "[{errorType:\"FIELD_SCALAR_KIND_CHANGED\", description:\"The kind of a SCALAR field at path '#/Shoe/1' in the new schema does not match " +
            "its kind in the old schema\"}, {oldSchemaVersion: 1}, {oldSchema: '" + ShoeSchemas.Printed + "'}, {validateFields: 'false', compatibility: 'BACKWARD'}]";
        Assert.Equal(
            (409, Json(new
            {
                error_code = 40901,
                message = $"Schema being registered is incompatible with an earlier schema for subject \"{Subject}\", details: {details}",
            })),
            await _registry.RegisterAsync(ShoeSchemas.StringId));
        Assert.Equal((200, "[1]"), await _registry.GetAsync($"/subjects/{Subject}/versions"));
    }

    [Theory]
    [InlineData("/schemas/ids/1")]
    [InlineData("/schemas/ids/1?subject=js_shoe-value")]
    [InlineData("/schemas/ids/1?subject=js_shoe-value&fetchMaxId=false")]
    public async Task An_id_gives_the_printed_schema(string path)
    {
        await _registry.RegisterAsync(ShoeSchemas.Text);

        Assert.Equal((200, Json(new { schema = ShoeSchemas.Printed, schemaType = "PROTOBUF" })), await _registry.GetAsync(path));
    }

    [Theory]
    [InlineData(nameof(ShoeSchemas.Text))]
    [InlineData(nameof(ShoeSchemas.Base64))]
    public async Task An_id_gives_the_descriptor_in_base64_to_who_asks_for_it(string form)
    {
        await _registry.RegisterAsync(form == nameof(ShoeSchemas.Text) ? ShoeSchemas.Text : ShoeSchemas.Base64);

        var schema =
            "EgRtYWluIlMKBFNob2USCgoCaWQYASABKAMSDQoFYnJhbmQYAiABKAkSDAoEbmFtZRgDIAEoCRISCgpzYWxlX3ByaWNlGAQgASgBEg4KBnJhdGluZxgFIAEoAUIGWgQuL3BiYgZwcm90bzM=";
        Assert.Equal((200, Json(new { schema, schemaType = "PROTOBUF" })), await _registry.GetAsync($"/schemas/ids/1?format=serialized&subject={Subject}"));
    }

    [Fact]
    public async Task An_id_gives_its_schema_alone()
    {
        await _registry.RegisterAsync(ShoeSchemas.Text);

        Assert.Equal((200, ShoeSchemas.Printed), await _registry.GetAsync("/schemas/ids/1/schema"));
        Assert.Equal((200, ShoeSchemas.Printed), await _registry.GetAsync($"/subjects/{Subject}/versions/1/schema"));
    }

    [Fact]
    public async Task An_id_knows_where_it_is_registered()
    {
        await _registry.RegisterAsync(ShoeSchemas.Text);
        await _registry.RegisterAsync(ShoeSchemas.Text, "a-value");

        Assert.Equal((200, """[{"subject":"a-value","version":1},{"subject":"js_shoe-value","version":1}]"""), await _registry.GetAsync("/schemas/ids/1/versions"));
        Assert.Equal((200, """["a-value","js_shoe-value"]"""), await _registry.GetAsync("/schemas/ids/1/subjects"));
    }

    [Theory]
    [InlineData("", "Schema 999 not found")]
    [InlineData("/schema", "Schema 999 not found")]
    [InlineData("/subjects", "Schema not found")]
    [InlineData("/versions", "Schema not found")]
    public async Task An_unknown_id_is_not_found(string path, string message) =>
        Assert.Equal((404, Json(new { error_code = 40403, message })), await _registry.GetAsync("/schemas/ids/999" + path));

    [Fact]
    public async Task Subjects_are_listed()
    {
        Assert.Equal((200, "[]"), await _registry.GetAsync("/subjects"));

        await _registry.RegisterAsync(ShoeSchemas.Text);
        await _registry.RegisterAsync(ShoeSchemas.Text, "a-value");

        Assert.Equal((200, """["a-value","js_shoe-value"]"""), await _registry.GetAsync("/subjects"));
        Assert.Equal((200, """["js_shoe-value"]"""), await _registry.GetAsync("/subjects?subjectPrefix=js_"));
    }

    [Theory]
    [InlineData("1", 1, 1)]
    [InlineData("2", 2, 2)]
    [InlineData("latest", 2, 2)]
    [InlineData("-1", 2, 2)]
    public async Task A_version_is_got_by_number_or_as_the_latest(string version, int id, int number)
    {
        await _registry.RegisterAsync(ShoeSchemas.Text);
        await _registry.RegisterAsync(ShoeSchemas.OneMoreField);

        var schema = number == 1 ? ShoeSchemas.Printed : ShoeSchemas.Printed.Replace("rating = 5;\n", "rating = 5;\n  string colour = 6;\n", StringComparison.Ordinal);
        Assert.Equal((200, Version(id, number, schema)), await _registry.GetAsync($"/subjects/{Subject}/versions/{version}"));
    }

    [Theory]
    [MemberData(nameof(SameSchemas))]
    public async Task A_registered_schema_is_looked_up_in_any_form(string same)
    {
        await _registry.RegisterAsync(ShoeSchemas.Text);

        Assert.Equal((200, Version(1, 1)), await _registry.LookUpAsync(same));
        Assert.Equal((200, Version(1, 1)), await _registry.PostAsync($"/subjects/{Subject}?normalize=False&deleted=False", Json(same)));
    }

    [Fact]
    public async Task A_schema_that_is_not_registered_is_not_looked_up()
    {
        await _registry.RegisterAsync(ShoeSchemas.Text);

        Assert.Equal((404, """{"error_code":40403,"message":"Schema not found"}"""), await _registry.LookUpAsync(ShoeSchemas.OneMoreField));
    }

    [Theory]
    [InlineData("GET", "/versions")]
    [InlineData("GET", "/versions/1")]
    [InlineData("GET", "/versions/latest")]
    [InlineData("GET", "/versions/latest/schema")]
    [InlineData("GET", "/versions/1/referencedby")]
    [InlineData("POST", "")]
    [InlineData("DELETE", "")]
    [InlineData("DELETE", "?permanent=true")]
    [InlineData("DELETE", "/versions/1")]
    public async Task An_unknown_subject_is_not_found(string method, string path) =>
        Assert.Equal(
            (404, SubjectNotFound),
            await _registry.SendAsync(new HttpMethod(method), "/subjects/nope-value" + path, method == "POST" ? Json(ShoeSchemas.Text) : null));

    [Fact]
    public async Task An_unknown_version_is_not_found()
    {
        await _registry.RegisterAsync(ShoeSchemas.Text);

        const string notFound = """{"error_code":40402,"message":"Version 99 not found."}""";
        Assert.Equal((404, notFound), await _registry.GetAsync($"/subjects/{Subject}/versions/99"));
        Assert.Equal((404, notFound), await _registry.DeleteAsync($"/subjects/{Subject}/versions/99"));
        Assert.Equal((404, notFound), await _registry.PostAsync($"/compatibility/subjects/{Subject}/versions/99", Json(ShoeSchemas.Text)));
    }

    [Theory]
    [InlineData("0")]
    [InlineData("abc")]
    [InlineData("-2")]
    [InlineData("2147483648")]
    public async Task What_is_no_version_is_invalid(string version)
    {
        var invalid = Json(new
        {
            error_code = 42202,
            message = $"The specified version '{version}' is not a valid version id. Allowed values are between [1, 2^31-1] and the string \"latest\"",
        });
        Assert.Equal((422, invalid), await _registry.GetAsync($"/subjects/{Subject}/versions/{version}"));
        Assert.Equal((422, invalid), await _registry.DeleteAsync($"/subjects/{Subject}/versions/{version}"));
        Assert.Equal((422, invalid), await _registry.PostAsync($"/compatibility/subjects/{Subject}/versions/{version}", Json(ShoeSchemas.Text)));
    }

    [Fact]
    public async Task The_types_are_those_of_a_registry() =>
        Assert.Equal((200, """["JSON","AVRO","PROTOBUF"]"""), await _registry.GetAsync("/schemas/types"));

    [Fact]
    public async Task The_mode_is_to_read_and_write()
    {
        Assert.Equal((200, """{"mode":"READWRITE"}"""), await _registry.GetAsync("/mode"));
        Assert.Equal((200, """{"mode":"READWRITE"}"""), await _registry.GetAsync($"/mode/{Subject}?defaultToGlobal=true"));
        Assert.Equal(
            (404, """{"error_code":40409,"message":"Subject 'js_shoe-value' does not have subject-level mode configured"}"""),
            await _registry.GetAsync($"/mode/{Subject}"));
    }

    [Theory]
    [InlineData("this is not protobuf", "1:1: syntax error: 'this'")]
    [InlineData("syntax = \"proto3\"; message A { Foo f = 1; }", "1:32: type not found: 'Foo'")]
    [InlineData("syntax = \"proto3\"; message A { int32 a = 1; int32 b = 1; }", "1:55: field 1 is already in use by 'a'")]
    [InlineData("syntax = \"proto3\"; import \"nope.proto\"; message A { }", "1:27: unable to find: 'nope.proto'")]
    [InlineData("bm90IGEgZGVzY3JpcHRvcg==", "1:1: syntax error: 'bm90IGEgZGVzY3JpcHRvcg'")]
    public async Task What_is_no_Protobuf_is_an_invalid_schema(string schema, string why)
    {
        var invalid = Json(new { error_code = 42201, message = $"Invalid PROTOBUF schema. {why}" });
        Assert.Equal((422, invalid), await _registry.RegisterAsync(schema));
        Assert.Equal((422, invalid), await _registry.PostAsync($"/compatibility/subjects/{Subject}/versions/latest", Json(schema)));
    }

    [Fact]
    public async Task Brackets_in_comments_and_strings_nest_nothing()
    {
        var harmless = $"syntax = \"proto3\"; // {new string('{', 200)}\n/* {new string('{', 200)} **/ message M {{ string a = 1 [json_name = \"{new string('{', 200)}\"]; }}";
        Assert.Equal(200, (await _registry.RegisterAsync(harmless)).Status);
    }

    [Fact]
    public async Task A_name_that_is_not_this_machines_is_refused()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/subjects") { Headers = { Host = "rebound.example" } };
        using var response = await _registry.Http.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(421, (int)response.StatusCode);
    }

    [Theory]
    [InlineData("message M {", "}")]
    [InlineData("message M { /* } */", "}")]
    [InlineData("message M { // }\n", "}")]
    [InlineData("message M { option (o) = '}';", "}")]
    [InlineData("option (o) = {a: [", "]};")]
    [InlineData("option (o) = {a <", ">};")]
    [InlineData("message M {", "}", "}")]
    [InlineData("message M { )", "}")]
    public async Task What_is_nested_too_deep_is_an_invalid_schema(string open, string close, string before = "")
    {
        var deep = string.Concat(Enumerable.Repeat(before, 40_000)) + string.Concat(Enumerable.Repeat(open, 20_000)) + string.Concat(Enumerable.Repeat(close, 20_000));
        Assert.Equal((422, """{"error_code":42201,"message":"Invalid PROTOBUF schema. Nested deeper than 100"}"""), await _registry.RegisterAsync(deep));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"schemaType":"PROTOBUF"}""")]
    [InlineData("""{"schema":"","schemaType":"PROTOBUF"}""")]
    [InlineData("""{"schema":null,"schemaType":"PROTOBUF"}""")]
    public async Task No_schema_is_an_empty_schema(string json) =>
        Assert.Equal((422, """{"error_code":42201,"message":"Empty schema"}"""), await _registry.PostAsync($"/subjects/{Subject}/versions", json));

    [Fact]
    public async Task An_unknown_type_is_invalid() =>
        Assert.Equal(
            (422, """{"error_code":42201,"message":"Invalid schema type XML"}"""),
            await _registry.PostAsync($"/subjects/{Subject}/versions", Json(new { schema = "x", schemaType = "XML" })));

    [Theory]
    [InlineData("AVRO", "AVRO")]
    [InlineData("JSON", "JSON")]
    [InlineData(null, "AVRO")]
    public async Task Other_types_are_refused_with_the_reason(string? type, string told) =>
        Assert.Equal(
            (422, Json(new { error_code = 42201, message = $"Invalid schema type {told}: this embedded registry keeps PROTOBUF only (a missing schemaType means AVRO)" })),
            await _registry.PostAsync($"/subjects/{Subject}/versions", Json(new { schema = "\"string\"", schemaType = type })));

    [Fact]
    public async Task A_rule_set_is_refused_because_it_would_not_be_kept()
    {
        var (status, body) = await _registry.PostAsync(
            $"/subjects/{Subject}/versions", Json(new { schema = ShoeSchemas.Text, schemaType = "PROTOBUF", ruleSet = new { domainRules = Array.Empty<object>() } }));
        Assert.Equal(422, status);
        Assert.StartsWith("""{"error_code":42210,""", body, StringComparison.Ordinal);

        Assert.Equal(
            (200, """{"id":1}"""),
            await _registry.PostAsync($"/subjects/{Subject}/versions", Json(new { schema = ShoeSchemas.Text, schemaType = "PROTOBUF", ruleSet = (object?)null, metadata = (object?)null })));
    }

    [Fact]
    public async Task A_subject_may_have_a_slash_and_other_odd_characters()
    {
        await _registry.RegisterAsync(ShoeSchemas.Text, "a%2Fb%20c-value");

        Assert.Equal((200, """["a/b c-value"]"""), await _registry.GetAsync("/subjects"));
        Assert.Equal((200, "[1]"), await _registry.GetAsync("/subjects/a%2Fb%20c-value/versions"));
    }
}
