namespace ShoeFunctions.Engine.Librdkafka;

/// <summary>A record to be sent. It is copied by the send, so one object with its arrays serves a whole batch.</summary>
/// <param name="timestampMs">Its time, in milliseconds since 1970.</param>
/// <param name="headers">Its headers.</param>
public sealed class OutgoingRecord(long timestampMs, params RecordHeader[] headers)
{
    /// <summary>Its time, in milliseconds since 1970.</summary>
    public long TimestampMs { get; set; } = timestampMs;

    /// <summary>Its headers.</summary>
    public IReadOnlyList<RecordHeader> Headers { get; } = headers;

    /// <summary>Its key, or null.</summary>
    public byte[]? Key { get; set; }

    /// <summary>Its value.</summary>
    public byte[] Value { get; set; } = [];
}
