using System.Text.Json.Serialization;

namespace ShoeFunctions.Engine.Failures;

/// <summary>What kind of failure it was.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<FailureKind>))]
public enum FailureKind
{
    /// <summary>Not known; taken as not recoverable.</summary>
    [JsonStringEnumMemberName("unknown")] Unknown,

    /// <summary>The other side does not accept who we say we are.</summary>
    [JsonStringEnumMemberName("authentication")] Authentication,

    /// <summary>The other side knows us and does not let us.</summary>
    [JsonStringEnumMemberName("authorization")] Authorization,

    /// <summary>What was asked for does not exist.</summary>
    [JsonStringEnumMemberName("not-found")] NotFound,

    /// <summary>The schema does not go together with the subject's earlier ones.</summary>
    [JsonStringEnumMemberName("incompatible-schema")] IncompatibleSchema,

    /// <summary>The request itself is wrong.</summary>
    [JsonStringEnumMemberName("invalid")] Invalid,

    /// <summary>Too many requests.</summary>
    [JsonStringEnumMemberName("rate-limited")] RateLimited,

    /// <summary>The other side had an internal error.</summary>
    [JsonStringEnumMemberName("server-error")] ServerError,

    /// <summary>No answer in time.</summary>
    [JsonStringEnumMemberName("timeout")] Timeout,

    /// <summary>No connection.</summary>
    [JsonStringEnumMemberName("network")] Network,

    /// <summary>A connection, but no trust.</summary>
    [JsonStringEnumMemberName("tls")] Tls,

    /// <summary>More was waiting to be sent than may wait.</summary>
    [JsonStringEnumMemberName("queue-full")] QueueFull,

    /// <summary>The producer cannot go on and has to be built anew.</summary>
    [JsonStringEnumMemberName("fatal")] Fatal,

    /// <summary>We were told to stop.</summary>
    [JsonStringEnumMemberName("cancelled")] Cancelled,

    /// <summary>The clock here and what was written down do not go together.</summary>
    [JsonStringEnumMemberName("clock")] Clock,
}
