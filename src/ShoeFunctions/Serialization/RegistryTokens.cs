using System.Net.Http.Headers;
using Confluent.SchemaRegistry;
using ShoeFunctions.Engine.Credentials;
using ShoeFunctions.Engine.SchemaRegistry;

namespace ShoeFunctions.Serialization;

/// <summary>Gives Confluent's registry client, for every request, the token that is valid then.</summary>
internal sealed class RegistryTokens(TokenSource tokens, SchemaRegistryOptions options) : IAuthenticationBearerHeaderValueProvider
{
    private BearerToken? _token;

    /// <inheritdoc/>
    public bool NeedsInitOrRefresh() => true;

    /// <inheritdoc/>
    public async Task InitOrRefreshAsync() => _token = await tokens.GetAsync(CancellationToken.None);

    /// <inheritdoc/>
    public AuthenticationHeaderValue GetAuthenticationHeader() => new("Bearer", _token!.Text);

    /// <inheritdoc/>
    public string GetLogicalCluster() => Header("target-sr-cluster") ?? "";

    /// <inheritdoc/>
    public string? GetIdentityPool() => Header("Confluent-Identity-Pool-Id");

    private string? Header(string name) => options.TokenHeaders.Where(header => header.Key == name).Select(header => header.Value).FirstOrDefault();
}
