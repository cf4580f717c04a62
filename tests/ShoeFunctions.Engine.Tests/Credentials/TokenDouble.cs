using Azure.Core;

namespace ShoeFunctions.Engine.Tests.Credentials;

/// <summary>An identity that has a token, or fails as it is told to.</summary>
internal sealed class TokenDouble(string token) : TokenCredential
{
    public Exception? Fault { get; set; }

    /// <summary>What the tokens were asked for.</summary>
    public string? Scope { get; private set; }

    public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken)
    {
        Scope = requestContext.Scopes.Single();
        return Fault is null ? new AccessToken(token, DateTimeOffset.MaxValue) : throw Fault;
    }

    public override ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken) =>
        new(GetToken(requestContext, cancellationToken));
}
