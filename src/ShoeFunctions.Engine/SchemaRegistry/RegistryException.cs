using System.Net;

namespace ShoeFunctions.Engine.SchemaRegistry;

/// <summary>The registry answered, but not well.</summary>
public sealed class RegistryException(HttpStatusCode status, int? errorCode, TimeSpan? retryAfter, Uri? location = null)
    : Exception($"The schema registry answered {(int)status}{(errorCode is null ? "" : $" ({errorCode})")}.")
{
    /// <summary>The HTTP status.</summary>
    public HttpStatusCode Status { get; } = status;

    /// <summary>The registry's own code, for example 40401; null where the answer was not a registry's.</summary>
    public int? ErrorCode { get; } = errorCode;

    /// <summary>How long the registry asked to wait.</summary>
    public TimeSpan? RetryAfter { get; } = retryAfter;

    /// <summary>Where a redirect leads to: the registry's address there, without what was asked for; null where it is none.</summary>
    public Uri? Location { get; } = location;

    /// <summary>Whether the same request may go well later.</summary>
    public bool IsTransient => Status is HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests or >= HttpStatusCode.InternalServerError;
}

/// <summary>What went wrong with a request, and at which of the registry's addresses.</summary>
public sealed class RegistryRequestException(Uri url, Exception cause) : Exception(cause.Message, cause)
{
    /// <summary>The address.</summary>
    public Uri Url { get; } = url;

    /// <summary>What went wrong.</summary>
    public Exception Cause { get; } = cause;
}
