namespace ShoeFunctions.Local.Tests.EmbeddedSchemaRegistry;

public sealed class ConcurrencyTests
{
    private const int Clients = 50;

    [Fact]
    public async Task The_same_schema_registered_at_once_gets_one_id()
    {
        await using var registry = await RegistryUnderTest.StartAsync();

        var answers = await Task.WhenAll(Enumerable.Range(0, Clients).Select(_ => registry.RegisterAsync(ShoeSchemas.Text)));

        Assert.All(answers, answer => Assert.Equal((200, """{"id":1}"""), answer));
        Assert.Equal((200, "[1]"), await registry.GetAsync($"/subjects/{RegistryUnderTest.Subject}/versions"));
    }

    [Fact]
    public async Task The_same_schema_registered_at_once_under_many_subjects_gets_one_id()
    {
        await using var registry = await RegistryUnderTest.StartAsync();

        var answers = await Task.WhenAll(Enumerable.Range(0, Clients).Select(index => registry.RegisterAsync(ShoeSchemas.Text, $"s{index}")));

        Assert.All(answers, answer => Assert.Equal((200, """{"id":1}"""), answer));
    }

    [Fact]
    public async Task Different_schemas_registered_at_once_get_ids_and_versions_of_their_own()
    {
        await using var registry = await RegistryUnderTest.StartAsync();

        var answers = await Task.WhenAll(Enumerable.Range(0, Clients).Select(index => registry.RegisterAsync(ShoeSchemas.With($"string more_{index} = 6;"))));

        Assert.Equal(
            Enumerable.Range(1, Clients).Select(id => (200, $"{{\"id\":{id}}}")).Order(),
            answers.Order());
        Assert.Equal((200, $"[{string.Join(',', Enumerable.Range(1, Clients))}]"), await registry.GetAsync($"/subjects/{RegistryUnderTest.Subject}/versions"));
    }
}
