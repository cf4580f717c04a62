using static ShoeFunctions.Local.Tests.EmbeddedSchemaRegistry.RegistryUnderTest;

namespace ShoeFunctions.Local.Tests.EmbeddedSchemaRegistry;

public sealed class CompatibilityLevelsTests : IAsyncLifetime
{
    private const string None = """{"error_code":40408,"message":"Subject 'js_shoe-value' does not have subject-level compatibility configured"}""";
    private const string Plain = "syntax = \"proto2\"; message M { optional int32 a = 1; }";
    private const string WithOneof = "syntax = \"proto2\"; message M { optional int32 a = 1; oneof o { int32 b = 2; int32 c = 3; } }";

    private RegistryUnderTest _registry = null!;

    public async ValueTask InitializeAsync() => _registry = await RegistryUnderTest.StartAsync();

    public ValueTask DisposeAsync() => _registry.DisposeAsync();

    [Fact]
    public async Task The_global_level_is_set_and_goes_back_to_the_default()
    {
        Assert.Equal((200, """{"compatibilityLevel":"BACKWARD"}"""), await _registry.GetAsync("/config"));
        Assert.Equal((200, """{"compatibility":"FULL"}"""), await _registry.PutAsync("/config", new { compatibility = "FULL" }));
        Assert.Equal((200, """{"compatibilityLevel":"FULL"}"""), await _registry.GetAsync("/config"));
        Assert.Equal((200, """{"compatibilityLevel":"FULL"}"""), await _registry.DeleteAsync("/config"));
        Assert.Equal((200, """{"compatibilityLevel":"BACKWARD"}"""), await _registry.GetAsync("/config"));
    }

    [Fact]
    public async Task A_subject_has_no_level_of_its_own_until_it_is_set()
    {
        await _registry.PutAsync("/config", new { compatibility = "FORWARD" });

        Assert.Equal((404, None), await _registry.GetAsync($"/config/{Subject}"));
        Assert.Equal((200, """{"compatibilityLevel":"FORWARD"}"""), await _registry.GetAsync($"/config/{Subject}?defaultToGlobal=true"));
        Assert.Equal((200, """{"compatibility":"NONE"}"""), await _registry.PutAsync($"/config/{Subject}", new { compatibility = "NONE" }));
        Assert.Equal((200, """{"compatibilityLevel":"NONE"}"""), await _registry.GetAsync($"/config/{Subject}"));
        Assert.Equal((200, """{"compatibilityLevel":"NONE"}"""), await _registry.DeleteAsync($"/config/{Subject}"));
        Assert.Equal((404, None), await _registry.GetAsync($"/config/{Subject}"));
        Assert.Equal((404, """{"error_code":40401,"message":"Subject 'js_shoe-value' not found."}"""), await _registry.DeleteAsync($"/config/{Subject}"));
    }

    [Theory]
    [InlineData("/config", "SIDEWAYS")]
    [InlineData("/config/js_shoe-value", "SIDEWAYS")]
    [InlineData("/config", null)]
    [InlineData("/config", "")]
    public async Task An_unknown_level_is_invalid(string path, string? compatibility) =>
        Assert.Equal((422, """{"error_code":42203,"message":"Invalid compatibility level"}"""), await _registry.PutAsync(path, new { compatibility }));

    [Theory]
    [InlineData("BACKWARD", Plain, WithOneof, true)]
    [InlineData("FORWARD", Plain, WithOneof, true)]
    [InlineData("BACKWARD", "message M { optional int32 a = 1; } message N { }", "message M { optional int32 a = 1; }", false)]
    [InlineData("FORWARD", "message M { optional int32 a = 1; } message N { }", "message M { optional int32 a = 1; }", true)]
    [InlineData("FULL", "message M { optional int32 a = 1; } message N { }", "message M { optional int32 a = 1; }", false)]
    [InlineData("NONE", "message M { optional int32 a = 1; } message N { }", "message M { optional int32 a = 1; }", true)]
    [InlineData("BACKWARD", "message M { optional int32 a = 1; }", "message M { optional int32 a = 1; } message N { }", true)]
    [InlineData("FORWARD", "message M { optional int32 a = 1; }", "message M { optional int32 a = 1; } message N { }", false)]
    [InlineData("FULL", "message M { optional int32 a = 1; }", "message M { optional int32 a = 1; } message N { }", false)]
    [InlineData("FULL", "message M { optional int32 a = 1; }", "message M { optional int32 a = 1; optional int32 b = 2; }", true)]
    [InlineData("NONE", "message M { optional int32 a = 1; }", "message M { optional string a = 1; }", true)]
    public async Task A_level_says_who_must_be_able_to_read_whom(string level, string old, string present, bool isCompatible)
    {
        await _registry.PutAsync($"/config/{Subject}", new { compatibility = level });
        Assert.Equal(200, (await _registry.RegisterAsync(old)).Status);

        Assert.Equal(
            (200, $"{{\"is_compatible\":{(isCompatible ? "true" : "false")}}}"),
            await _registry.PostAsync($"/compatibility/subjects/{Subject}/versions/latest", Json(present)));
        Assert.Equal(isCompatible ? 200 : 409, (await _registry.RegisterAsync(present)).Status);
    }

    [Theory]
    [InlineData("BACKWARD", 200)]
    [InlineData("BACKWARD_TRANSITIVE", 409)]
    [InlineData("FORWARD", 200)]
    [InlineData("FORWARD_TRANSITIVE", 409)]
    [InlineData("FULL", 200)]
    [InlineData("FULL_TRANSITIVE", 409)]
    public async Task Transitive_levels_look_at_all_versions(string level, int status)
    {
        await _registry.RegisterAsync("message M { optional int32 a = 1; optional int32 b = 2; }");
        await _registry.RegisterAsync("message M { optional int32 a = 1; }");
        await _registry.PutAsync("/config", new { compatibility = level });

        Assert.Equal(status, (await _registry.RegisterAsync("message M { optional int32 a = 1; optional string b = 2; }")).Status);
    }

    [Fact]
    public async Task A_schema_is_checked_against_one_version_or_all()
    {
        const string conflictsWithTheFirst = "message M { optional int32 a = 1; optional string b = 2; }";
        await _registry.RegisterAsync("message M { optional int32 a = 1; optional int32 b = 2; }");
        await _registry.RegisterAsync("message M { optional int32 a = 1; }");

        Assert.Equal((200, """{"is_compatible":false}"""), await Check("/1"));
        Assert.Equal((200, """{"is_compatible":true}"""), await Check("/2"));
        Assert.Equal((200, """{"is_compatible":true}"""), await Check("/latest"));
        Assert.Equal((200, """{"is_compatible":true}"""), await Check(""));
        await _registry.PutAsync("/config", new { compatibility = "BACKWARD_TRANSITIVE" });
        Assert.Equal((200, """{"is_compatible":false}"""), await Check(""));

        Task<(int, string)> Check(string version) => _registry.PostAsync($"/compatibility/subjects/{Subject}/versions{version}", Json(conflictsWithTheFirst));
    }

    [Fact]
    public async Task Messages_come_only_when_they_are_asked_for()
    {
        await _registry.RegisterAsync(ShoeSchemas.Text);

        Assert.Equal((200, """{"is_compatible":false}"""), await Check(ShoeSchemas.Sint64Id, ""));
        Assert.Equal((200, """{"is_compatible":true,"messages":[]}"""), await Check(ShoeSchemas.OneMoreField, "?verbose=true"));
        var (status, body) = await Check(ShoeSchemas.Sint64Id, "?verbose=true");
        Assert.Equal(200, status);
        Assert.StartsWith("""{"is_compatible":false,"messages":["{errorType:\"FIELD_SCALAR_KIND_CHANGED\", description:""", body, StringComparison.Ordinal);

        Task<(int Status, string Body)> Check(string schema, string query) =>
            _registry.PostAsync($"/compatibility/subjects/{Subject}/versions/latest{query}", Json(schema));
    }

    [Theory]
    [InlineData("/latest")]
    [InlineData("")]
    public async Task An_unknown_subject_is_compatible_with_anything(string version) =>
        Assert.Equal((200, """{"is_compatible":true}"""), await _registry.PostAsync($"/compatibility/subjects/nope-value/versions{version}", Json(ShoeSchemas.Text)));
}
