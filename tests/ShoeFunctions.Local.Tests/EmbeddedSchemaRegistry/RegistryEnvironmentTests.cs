using ShoeFunctions.Local.EmbeddedSchemaRegistry;

namespace ShoeFunctions.Local.Tests.EmbeddedSchemaRegistry;

/// <summary>Alone, because the environment belongs to the whole process.</summary>
[CollectionDefinition(nameof(RegistryEnvironmentTests), DisableParallelization = true)]
[Collection(nameof(RegistryEnvironmentTests))]
public sealed class RegistryEnvironmentTests
{
    [Fact]
    public async Task The_environment_does_not_move_it()
    {
        Environment.SetEnvironmentVariable("ASPNETCORE_URLS", "http://127.0.0.1:1");
        Environment.SetEnvironmentVariable("URLS", "http://127.0.0.1:1");
        try
        {
            await using var registry = await EmbeddedRegistry.StartAsync(cancellation: TestContext.Current.CancellationToken);
            Assert.NotEqual(1, registry.Url.Port);
        }
        finally
        {
            Environment.SetEnvironmentVariable("ASPNETCORE_URLS", null);
            Environment.SetEnvironmentVariable("URLS", null);
        }
    }
}
