using System.Text.Json;
using ShoeFunctions.Engine.Kafka;

namespace ShoeFunctions.Benchmarks;

/// <summary>How many bytes the client has sent to the brokers, everything included.</summary>
internal sealed class SentBytes : KafkaStatistics
{
    private volatile TaskCompletionSource<long> _next = New();

    internal override TimeSpan Interval => TimeSpan.FromMilliseconds(50);

    /// <summary>The bytes sent so far. Statistics that were under way when it was asked may be too old: the next but one are taken.</summary>
    public async Task<long> CountAsync()
    {
        await _next.Task;
        return await _next.Task;
    }

    internal override void Read(string json)
    {
        using var statistics = JsonDocument.Parse(json);
        Interlocked.Exchange(ref _next, New()).TrySetResult(statistics.RootElement.GetProperty("tx_bytes").GetInt64());
    }

    private static TaskCompletionSource<long> New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
