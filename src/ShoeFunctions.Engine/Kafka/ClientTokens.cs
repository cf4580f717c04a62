using Confluent.Kafka;
using ShoeFunctions.Engine.Credentials;
using ShoeFunctions.Engine.Failures;

namespace ShoeFunctions.Engine.Kafka;

/// <summary>Gives Kafka clients the tokens that they log in with.</summary>
internal sealed class ClientTokens(TokenSource tokens, KafkaOptions options, KafkaTrouble trouble)
{
    /// <summary>For clients with these credentials; null where they log in without tokens.</summary>
    public static ClientTokens? For(PeerCredentials credentials, KafkaOptions options, KafkaTrouble trouble) =>
        credentials.Tokens is { } tokens ? new ClientTokens(tokens, options, trouble) : null;

    /// <summary>Gives a client the token that is valid now, or says to it and to who asks for the trouble that there is none.</summary>
    public async Task GiveAsync(IClient client)
    {
        try
        {
            var token = await tokens.GetAsync(CancellationToken.None);
            client.OAuthBearerSetToken(token.Text, token.Expires.ToUnixTimeMilliseconds(), KafkaOptions.ClientId, options.OAuthExtensions.ToDictionary());
        }
        catch (FailureException none)
        {
            trouble.Found(new KafkaCause(ErrorCode.Local_Authentication, Found: none.Failure));
            SayThereIsNone(client, none.Failure.Code);
        }
        catch (KafkaException unfit)
        {
            var failure = new Failure(FailureSource.Identity, "get token", FailureKind.Authentication, "unfit-token", false,
                "The Kafka client does not take the token of the app's identity: check that this machine's clock is right and that OAUTH_SCOPE is the brokers'.");
            trouble.Found(new KafkaCause(ErrorCode.Local_Authentication, Found: failure));
            SayThereIsNone(client, $"{unfit.Error.Code}");
        }
        catch (ObjectDisposedException)
        {
            // It was closed meanwhile and needs none.
        }
    }

    /// <summary>The same, for the callbacks of clients, which wait for it.</summary>
    public void Give(IClient client) => GiveAsync(client).GetAwaiter().GetResult();

    /// <summary>It then says so as an error, and asks again after ten seconds.</summary>
    private static void SayThereIsNone(IClient client, string why)
    {
        try
        {
            client.OAuthBearerSetTokenFailure(why);
        }
        catch (ObjectDisposedException)
        {
            // It was closed meanwhile and needs none.
        }
    }
}
