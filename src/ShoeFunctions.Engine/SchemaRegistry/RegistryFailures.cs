using System.Net;
using System.Text.Json;
using ShoeFunctions.Engine.Failures;
using ShoeFunctions.Engine.Network;

namespace ShoeFunctions.Engine.SchemaRegistry;

/// <summary>Turns what the registry answers into a <see cref="Failure"/>: by type and code, never by message text.</summary>
public static class RegistryFailures
{
    /// <summary>The tick's time ran out before the schema's id was there.</summary>
    public static Failure LateSchema { get; } = new(FailureSource.SchemaRegistry, "register schema", FailureKind.Timeout, "timeout", true,
        "The schema registry did not answer within the tick's time: check SCHEMA_REGISTRY_URL and that this machine can reach it.");

    /// <summary>What went wrong between us and the registry.</summary>
    /// <param name="error">What was thrown.</param>
    /// <param name="operation">What was being done.</param>
    /// <param name="url">The registry's address.</param>
    /// <param name="subject">The subject.</param>
    /// <param name="fault">What a look at the address found out, or null.</param>
    public static Failure Of(Exception error, string operation, Uri url, string subject, TlsFault? fault = null)
    {
        Failure As(FailureKind kind, string code, bool recoverable, string advice) =>
            new(FailureSource.SchemaRegistry, operation, kind, code, recoverable, advice);

        var where = $"schema registry at {url.Scheme}://{url.Authority}{url.AbsolutePath.TrimEnd('/')}{DirectLoopback.Mention(url)}";
        var at = $"The {where}";
        if (fault is { } tls)
            return As(FailureKind.Tls, tls.Code(), false, tls.Advice(at, "SCHEMA_REGISTRY_URL", "SCHEMA_REGISTRY", "write https in SCHEMA_REGISTRY_URL", "write http in SCHEMA_REGISTRY_URL"));
        if (error is RegistryException answer)
        {
            var (kind, recoverable, advice) = OfAnswer(answer, operation, at, subject);
            return As(kind, $"{answer.ErrorCode ?? (int)answer.Status}", recoverable, advice);
        }

        return MachineLimits.Of(error, FailureSource.SchemaRegistry, operation) ?? error switch
        {
            OperationCanceledException or TimeoutException => As(FailureKind.Timeout, "timeout", true,
                $"{at} did not answer in time: check SCHEMA_REGISTRY_URL and that this machine can reach it."),
            HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError } => As(FailureKind.Tls, "tls", false,
                $"{at} has a certificate that this machine does not trust, or does not speak TLS: check the address and the trusted certificate authorities."),
            HttpRequestException { HttpRequestError: HttpRequestError.NameResolutionError } => As(FailureKind.Network, "dns", true,
                $"This machine cannot resolve the name of the {where}: check SCHEMA_REGISTRY_URL and the network's DNS."),
            HttpRequestException { HttpRequestError: HttpRequestError.InvalidResponse } => As(FailureKind.Invalid, "not-http", false,
                $"{at} does not speak HTTP: check SCHEMA_REGISTRY_URL."),
            HttpRequestException => As(FailureKind.Network, "unreachable", true,
                $"{at} cannot be reached: check SCHEMA_REGISTRY_URL, and that the registry is running and this machine can reach it."),
            JsonException or NotSupportedException => As(FailureKind.Invalid, "not-json", false,
                $"{at} gave an answer that is not a schema registry's: check SCHEMA_REGISTRY_URL."),
            _ => As(FailureKind.Unknown, error.GetType().Name, false, $"{at} gave an answer that cannot be understood: check SCHEMA_REGISTRY_URL."),
        };
    }

    /// <summary>By the registry's own code where it has a meaning of its own, else by the HTTP status.</summary>
    private static (FailureKind Kind, bool Recoverable, string Advice) OfAnswer(RegistryException answer, string operation, string at, string subject) =>
        (answer.Status, answer.ErrorCode) switch
        {
            (HttpStatusCode.Unauthorized, _) => (FailureKind.Authentication, false,
                $"{at} rejected the credentials: check SCHEMA_REGISTRY_API_KEY and SCHEMA_REGISTRY_API_SECRET, and that the key belongs to this registry; with SCHEMA_REGISTRY_OAUTH_SCOPE, that scope and the identity pool."),
            (HttpStatusCode.Forbidden, _) => (FailureKind.Authorization, false,
                $"{at} does not allow to {operation} for subject {subject}: grant DeveloperWrite on the subject to the account or identity that asks."),
            (HttpStatusCode.NotFound, 40401) => (FailureKind.NotFound, false, $"{at} has no subject {subject}: register the schema, or set SCHEMA_AUTO_REGISTER=true."),
            (HttpStatusCode.NotFound, 40402) => (FailureKind.NotFound, false, $"{at} has no version of subject {subject}: register the schema, or set SCHEMA_AUTO_REGISTER=true."),
            (HttpStatusCode.NotFound, 40403) => (FailureKind.NotFound, false, $"{at} has subject {subject}, but not with our schema: register the schema, or set SCHEMA_AUTO_REGISTER=true."),
            (HttpStatusCode.NotFound, >= 40404 and <= 40407) => (FailureKind.NotFound, false, $"{at} has deleted subject {subject}, or was asked to delete something that does not exist: restore it, or use another topic."),
            (HttpStatusCode.NotFound, 40408 or 40409) => (FailureKind.NotFound, false, $"{at} has no setting of its own for subject {subject}."),
            (HttpStatusCode.NotFound, _) => (FailureKind.NotFound, false, $"{at} does not know the request: check that SCHEMA_REGISTRY_URL is a schema registry's address."),
            (HttpStatusCode.RequestTimeout or HttpStatusCode.GatewayTimeout, _) => (FailureKind.Timeout, true, $"{at} did not answer in time: wait a moment, or check its state."),
            (HttpStatusCode.Conflict, _) => (FailureKind.IncompatibleSchema, false,
                $"{at} says that our schema is incompatible with subject {subject}: use another topic, or change the subject's compatibility level."),
            (HttpStatusCode.UnprocessableEntity, 42205) => (FailureKind.Invalid, false, $"{at} accepts no new schemas now: it is read-only or importing, check its mode."),
            (HttpStatusCode.UnprocessableEntity, _) => (FailureKind.Invalid, false, $"{at} rejected our schema for subject {subject}: check that its version supports Protobuf."),
            (HttpStatusCode.BadRequest or HttpStatusCode.MethodNotAllowed or HttpStatusCode.NotAcceptable or HttpStatusCode.UnsupportedMediaType or HttpStatusCode.RequestEntityTooLarge, _) =>
                (FailureKind.Invalid, false, $"{at} does not understand the request ({(int)answer.Status}): check that SCHEMA_REGISTRY_URL is a schema registry's address."),
            (HttpStatusCode.TooManyRequests, _) => (FailureKind.RateLimited, true, $"{at} receives too many requests: send fewer, or wait."),
            ( >= HttpStatusCode.InternalServerError, 50002) => (FailureKind.Timeout, true, $"{at} could not store or read the schema in time: wait a moment, or check its state."),
            ( >= HttpStatusCode.InternalServerError, 50003) => (FailureKind.ServerError, true, $"{at} cannot reach its primary: wait a moment, or check its state."),
            ( >= HttpStatusCode.InternalServerError, _) => (FailureKind.ServerError, true, $"{at} had an internal error ({(int)answer.Status}): see its log or its status page."),
            ( >= HttpStatusCode.MultipleChoices and < HttpStatusCode.BadRequest, _) when answer.Location is { } place => (FailureKind.Invalid, false,
                $"{at} redirects to another address, which is not followed: set SCHEMA_REGISTRY_URL={place.AbsoluteUri.TrimEnd('/')} if the registry is there."),
            ( >= HttpStatusCode.MultipleChoices and < HttpStatusCode.BadRequest, _) => (FailureKind.Invalid, false,
                $"{at} redirects without saying where: check SCHEMA_REGISTRY_URL."),
            (HttpStatusCode.ProxyAuthenticationRequired, _) => (FailureKind.Authentication, false,
                $"{at} cannot be reached, because the proxy requires credentials: check HTTP_PROXY and HTTPS_PROXY, or name the registry in NO_PROXY."),
            _ => (FailureKind.Unknown, false, $"{at} answered {(int)answer.Status}, which is not an answer of a schema registry: check SCHEMA_REGISTRY_URL."),
        };
}
