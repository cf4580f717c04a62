using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Text;
using Azure.Core;

namespace ShoeFunctions.Engine.Tests.Credentials;

/// <summary>An identity that has tokens for each scope, numbered, or fails as it is told to.</summary>
internal sealed class IdentityDouble : TokenCredential
{
    private int _given;

    /// <summary>What is thrown instead.</summary>
    public Exception? Fault { get; set; }

    /// <summary>How long the next tokens are valid, by the clock of this machine, as the Kafka client has it.</summary>
    public TimeSpan Life { get; set; } = TimeSpan.FromDays(3650);

    /// <summary>The scopes that were asked for, in order.</summary>
    public ConcurrentQueue<string> Scopes { get; } = new();

    /// <summary>The nth token, counted from 1.</summary>
    public static string Token(int number, string scope) =>
        $"{Part("""{"alg":"none"}""")}.{Part($$"""{"appid":"shoes-app","aud":"{{scope}}","jti":"{{number}}"}""")}.hush-signature";

    public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken)
    {
        var scope = requestContext.Scopes.Single();
        Scopes.Enqueue(scope);
        return Fault is null ? new AccessToken(Token(Interlocked.Increment(ref _given), scope), TimeProvider.System.GetUtcNow() + Life) : throw Fault;
    }

    public override ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken) =>
        new(GetToken(requestContext, cancellationToken));

    private static string Part(string json) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(json));
}
