using System.Globalization;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using Azure;
using Azure.Identity;
using Microsoft.Identity.Client;
using ShoeFunctions.Engine.Configuration;
using ShoeFunctions.Engine.Failures;

namespace ShoeFunctions.Engine.Credentials;

/// <summary>Whom tokens are for.</summary>
/// <param name="Name">As a user reads it.</param>
/// <param name="Setting">The setting that holds their scope.</param>
public sealed record TokenPeer(string Name, Setting Setting)
{
    /// <summary>The brokers.</summary>
    public static TokenPeer Kafka { get; } = new("the brokers", Settings.OAuthScope);

    /// <summary>The registry.</summary>
    public static TokenPeer SchemaRegistry { get; } = new("the schema registry", Settings.SchemaRegistryOAuthScope);
}

/// <summary>Turns what Azure.Identity throws, and tokens that are of no use, into a <see cref="Failure"/>.</summary>
public static partial class TokenFailures
{
    private const string Operation = "get token";

    /// <summary>Microsoft Entra's codes for a scope that nothing stands for, or that is not written as one.</summary>
    /// <remarks>Source: Microsoft, "Microsoft Entra authentication and authorization error codes".</remarks>
    private static readonly string[] WrongScope = ["500011", "500013", "650057", "70011", "1002012", "501481"];

    /// <summary>What was thrown instead of a token.</summary>
    public static Failure Of(Exception error, TokenPeer peer, string scope)
    {
        var whole = error is AggregateException { InnerException: { } inner } ? inner : error;
        return whole switch
        {
            OperationCanceledException or TimeoutException => As(FailureKind.Timeout, "timeout", true,
                $"No token for {peer.Name} came in time: check the app's identity, and where there is none that a developer tool is signed in."),
            CredentialUnavailableException { InnerException: MsalServiceException told } => IsUnreachable(told)
                ? As(FailureKind.Network, "unreachable", true,
                    $"The identity's endpoint cannot be reached for a token for {peer.Name}: check the network, and IDENTITY_ENDPOINT where it is set.")
                : As(FailureKind.Unknown, "not-a-token", false,
                    $"The identity's endpoint gave an answer that is no token for {peer.Name}: check IDENTITY_ENDPOINT."),
            CredentialUnavailableException => As(FailureKind.Authentication, "no-identity", false,
                $"There is no identity here to get a token for {peer.Name} with: give the app a managed identity and name a user-assigned one in AZURE_CLIENT_ID, or sign in with a developer tool, for example az login."),
            _ when Codes(whole).Any(code => WrongScope.Contains(code)) => As(FailureKind.Authentication, "wrong-scope", false,
                $"Microsoft Entra gives no token for the scope {scope}: check {peer.Setting.Name}, and that the identity's tenant has an application with that URI."),
            AuthenticationFailedException when Status(whole) is >= 500 and var status => As(FailureKind.ServerError, $"{status}", true,
                $"The identity's endpoint had an internal error ({status}) when asked for a token for {peer.Name}: see Azure's status page."),
            AuthenticationFailedException when Status(whole) == 429 => As(FailureKind.RateLimited, "429", true,
                $"The identity's endpoint receives too many requests for tokens: wait."),
            AuthenticationFailedException => As(FailureKind.Authentication, Codes(whole).Select(code => $"AADSTS{code}").FirstOrDefault() ?? "no-token", false,
                $"The app's identity got no token for {peer.Name}: check AZURE_CLIENT_ID, that the identity is assigned to the app, and {peer.Setting.Name}."),
            _ when MachineLimits.Of(whole, FailureSource.Identity, Operation) is { } reached => reached,
            _ => As(FailureKind.Unknown, whole.GetType().Name, false, $"No token for {peer.Name} could be had: check the app's identity."),
        };
    }

    /// <summary>What is wrong with a token, or null.</summary>
    /// <param name="token">The token.</param>
    /// <param name="peer">Whom it is for.</param>
    /// <param name="now">Our clock.</param>
    /// <param name="shortestLife">It is to be valid for as long.</param>
    /// <param name="mostSkew">It may begin as much later.</param>
    internal static Failure? OfToken(BearerToken token, TokenPeer peer, DateTimeOffset now, TimeSpan shortestLife, TimeSpan mostSkew)
    {
        if (token.ValidFrom is { } from && from - now > mostSkew)
            return As(FailureKind.Clock, "not-yet-valid", false,
                $"The token for {peer.Name} is valid from {Time(from)} on, and this machine's clock says {Time(now)}: set the clock.");
        if (token.Expires <= now)
            return As(FailureKind.Clock, "expired", false,
                $"The token for {peer.Name} that was just given expired at {Time(token.Expires)}, and this machine's clock says {Time(now)}: set the clock.");
        return token.Expires - now < shortestLife
            ? As(FailureKind.Authentication, "nearly-expired", true,
                $"The token for {peer.Name} that was just given expires in {(token.Expires - now).TotalSeconds:0} s: check this machine's clock; it is asked for again with the next tick.")
            : null;
    }

    private static Failure As(FailureKind kind, string code, bool recoverable, string advice) => new(FailureSource.Identity, Operation, kind, code, recoverable, advice);

    private static string Time(DateTimeOffset time) => time.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private static IEnumerable<Exception> Chain(Exception? error)
    {
        for (; error is not null; error = error.InnerException)
            yield return error;
    }

    private static int? Status(Exception error) => Chain(error)
        .Select(cause => (cause as MsalServiceException)?.StatusCode ?? (cause as RequestFailedException)?.Status).FirstOrDefault(status => status > 0);

    private static bool IsUnreachable(Exception error) => Chain(error).Any(cause => cause is HttpRequestException or SocketException);

    /// <summary>Entra has its codes in the text that it answers with, and nowhere else.</summary>
    private static IEnumerable<string> Codes(Exception error) =>
        Chain(error).SelectMany(cause => Code.Matches(cause.Message)).Select(match => match.Groups[1].Value);

    [GeneratedRegex("AADSTS([0-9]{4,8})")]
    private static partial Regex Code { get; }
}
