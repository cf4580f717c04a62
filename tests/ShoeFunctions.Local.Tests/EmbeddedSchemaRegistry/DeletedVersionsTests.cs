using static ShoeFunctions.Local.Tests.EmbeddedSchemaRegistry.RegistryUnderTest;

namespace ShoeFunctions.Local.Tests.EmbeddedSchemaRegistry;

public sealed class DeletedVersionsTests : IAsyncLifetime
{
    private const string SubjectNotFound = """{"error_code":40401,"message":"Subject 'js_shoe-value' not found."}""";

    private RegistryUnderTest _registry = null!;

    public async ValueTask InitializeAsync()
    {
        _registry = await RegistryUnderTest.StartAsync();
        await _registry.RegisterAsync(ShoeSchemas.Text);
        await _registry.RegisterAsync(ShoeSchemas.OneMoreField);
        await _registry.RegisterAsync(ShoeSchemas.With("string colour = 6; string size = 7;"));
    }

    public ValueTask DisposeAsync() => _registry.DisposeAsync();

    [Theory]
    [InlineData("3")]
    [InlineData("latest")]
    [InlineData("-1")]
    public async Task A_version_is_deleted_softly(string version)
    {
        Assert.Equal((200, "3"), await _registry.DeleteAsync($"/subjects/{Subject}/versions/{version}"));

        Assert.Equal((200, "[1,2]"), await _registry.GetAsync($"/subjects/{Subject}/versions"));
        Assert.Equal((200, "[1,2,3]"), await _registry.GetAsync($"/subjects/{Subject}/versions?deleted=true"));
        Assert.Equal((404, """{"error_code":40402,"message":"Version 3 not found."}"""), await _registry.GetAsync($"/subjects/{Subject}/versions/3"));
        Assert.Equal(200, (await _registry.GetAsync($"/subjects/{Subject}/versions/3?deleted=true")).Status);
        Assert.Contains("\"version\":2}", (await _registry.GetAsync($"/subjects/{Subject}/versions/latest")).Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_deleted_version_keeps_its_id_readable()
    {
        await _registry.DeleteAsync($"/subjects/{Subject}/versions/3");

        Assert.Equal(200, (await _registry.GetAsync("/schemas/ids/3")).Status);
        Assert.Equal((200, "[]"), await _registry.GetAsync("/schemas/ids/3/versions"));
        Assert.Equal((200, """[{"subject":"js_shoe-value","version":3}]"""), await _registry.GetAsync("/schemas/ids/3/versions?deleted=true"));
    }

    [Fact]
    public async Task A_deleted_version_is_not_deleted_softly_again()
    {
        await _registry.DeleteAsync($"/subjects/{Subject}/versions/3");

        Assert.Equal(
            (404, """{"error_code":40406,"message":"Subject 'js_shoe-value' Version 3 was soft deleted.Set permanent=true to delete permanently"}"""),
            await _registry.DeleteAsync($"/subjects/{Subject}/versions/3"));
    }

    [Fact]
    public async Task A_version_is_not_deleted_permanently_at_once() =>
        Assert.Equal(
            (404, """{"error_code":40407,"message":"Subject 'js_shoe-value' Version 3 was not deleted first before being permanently deleted"}"""),
            await _registry.DeleteAsync($"/subjects/{Subject}/versions/3?permanent=true"));

    [Fact]
    public async Task A_version_that_is_deleted_permanently_is_gone()
    {
        await _registry.DeleteAsync($"/subjects/{Subject}/versions/3");

        Assert.Equal((200, "3"), await _registry.DeleteAsync($"/subjects/{Subject}/versions/3?permanent=true"));
        Assert.Equal((200, "[1,2]"), await _registry.GetAsync($"/subjects/{Subject}/versions?deleted=true"));
        Assert.Equal((404, """{"error_code":40403,"message":"Schema 3 not found"}"""), await _registry.GetAsync("/schemas/ids/3"));
    }

    [Fact]
    public async Task A_schema_that_is_registered_elsewhere_outlives_its_version()
    {
        await _registry.RegisterAsync(ShoeSchemas.Text, "other-value");
        await _registry.DeleteAsync($"/subjects/{Subject}");
        await _registry.DeleteAsync($"/subjects/{Subject}?permanent=true");

        Assert.Equal(200, (await _registry.GetAsync("/schemas/ids/1")).Status);
        Assert.Equal(404, (await _registry.GetAsync("/schemas/ids/2")).Status);
    }

    [Fact]
    public async Task A_deleted_schema_is_looked_up_only_by_who_asks_for_deleted_ones()
    {
        await _registry.DeleteAsync($"/subjects/{Subject}/versions/1");

        Assert.Equal((404, """{"error_code":40403,"message":"Schema not found"}"""), await _registry.LookUpAsync(ShoeSchemas.Text));
        Assert.Equal(200, (await _registry.PostAsync($"/subjects/{Subject}?deleted=True", Json(ShoeSchemas.Text))).Status);
    }

    [Fact]
    public async Task A_deleted_schema_that_is_registered_again_gets_its_id_and_a_new_version()
    {
        await _registry.DeleteAsync($"/subjects/{Subject}/versions/1");

        Assert.Equal((200, """{"id":1}"""), await _registry.RegisterAsync(ShoeSchemas.Text));
        Assert.Equal((200, "[2,3,4]"), await _registry.GetAsync($"/subjects/{Subject}/versions?deleted=true"));
    }

    [Fact]
    public async Task A_deleted_version_does_not_count_for_compatibility()
    {
        await _registry.DeleteAsync($"/subjects/{Subject}");

        Assert.Equal((200, """{"id":4}"""), await _registry.RegisterAsync(ShoeSchemas.StringId));
        Assert.Equal((200, "[4]"), await _registry.GetAsync($"/subjects/{Subject}/versions"));
    }

    [Fact]
    public async Task A_subject_is_deleted_softly()
    {
        Assert.Equal((200, "[1,2,3]"), await _registry.DeleteAsync($"/subjects/{Subject}"));

        Assert.Equal((200, "[]"), await _registry.GetAsync("/subjects"));
        Assert.Equal((200, """["js_shoe-value"]"""), await _registry.GetAsync("/subjects?deleted=true"));
        Assert.Equal((404, SubjectNotFound), await _registry.GetAsync($"/subjects/{Subject}/versions"));
        Assert.Equal((404, SubjectNotFound), await _registry.GetAsync($"/subjects/{Subject}/versions/latest"));
        Assert.Equal((404, SubjectNotFound), await _registry.LookUpAsync(ShoeSchemas.Text));
    }

    [Fact]
    public async Task A_deleted_subject_is_not_deleted_softly_again()
    {
        await _registry.DeleteAsync($"/subjects/{Subject}");

        Assert.Equal(
            (404, """{"error_code":40404,"message":"Subject 'js_shoe-value' was soft deleted.Set permanent=true to delete permanently"}"""),
            await _registry.DeleteAsync($"/subjects/{Subject}"));
    }

    [Fact]
    public async Task A_subject_is_not_deleted_permanently_at_once() =>
        Assert.Equal(
            (404, """{"error_code":40405,"message":"Subject 'js_shoe-value' was not deleted first before being permanently deleted"}"""),
            await _registry.DeleteAsync($"/subjects/{Subject}?permanent=true"));

    [Fact]
    public async Task A_subject_that_is_deleted_permanently_begins_anew_with_a_new_id()
    {
        await _registry.PutAsync($"/config/{Subject}", new { compatibility = "NONE" });
        await _registry.DeleteAsync($"/subjects/{Subject}");

        Assert.Equal((200, "[1,2,3]"), await _registry.DeleteAsync($"/subjects/{Subject}?permanent=true"));
        Assert.Equal((404, SubjectNotFound), await _registry.DeleteAsync($"/subjects/{Subject}?permanent=true"));
        Assert.Equal(404, (await _registry.GetAsync($"/config/{Subject}")).Status);
        Assert.Equal((200, """{"id":4}"""), await _registry.RegisterAsync(ShoeSchemas.Text));
        Assert.Equal((200, "[1]"), await _registry.GetAsync($"/subjects/{Subject}/versions"));
    }
}
