using System.Diagnostics.Metrics;
using System.Text.Json;
using ShoeFunctions.Engine.Network;

namespace ShoeFunctions.Engine.Kafka;

/// <summary>What librdkafka last said of its queue and of the brokers.</summary>
/// <remarks>Source: librdkafka's STATISTICS.md.</remarks>
public class KafkaStatistics
{
    private volatile Snapshot _last = Snapshot.None;

    private sealed record Snapshot(long? Queued, IReadOnlyDictionary<string, double> RoundTripSeconds)
    {
        public static Snapshot None { get; } = new(null, new Dictionary<string, double>());
    }

    /// <summary>How often the client says how it is.</summary>
    internal virtual TimeSpan Interval => TimeSpan.FromSeconds(5);

    /// <summary>Messages in the client's queue or under way; none where no client is open.</summary>
    internal IEnumerable<Measurement<long>> Queued => _last.Queued is { } queued ? [new(queued)] : [];

    /// <summary>Mean round trip to each broker, in seconds.</summary>
    internal IEnumerable<Measurement<double>> RoundTrips => _last.RoundTripSeconds.Select(broker => new Measurement<double>(broker.Value, ServerTags(broker.Key)));

    /// <summary>Takes what the client has said.</summary>
    /// <exception cref="JsonException">It is no JSON.</exception>
    internal virtual void Read(string json)
    {
        using var document = JsonDocument.Parse(json);
        var roundTrips = new Dictionary<string, double>(_last.RoundTripSeconds);
        foreach (var broker in document.RootElement.GetProperty("brokers").EnumerateObject())
        {
            // Brokers that were only asked for the others' addresses have a negative id. One with no request in the
            // last interval keeps what it had.
            var roundTrip = broker.Value.GetProperty("rtt");
            if (broker.Value.GetProperty("nodeid").GetInt32() >= 0 && roundTrip.GetProperty("cnt").GetInt64() > 0)
                roundTrips[broker.Value.GetProperty("nodename").GetString()!] = roundTrip.GetProperty("avg").GetInt64() / 1e6;
        }

        _last = new Snapshot(document.RootElement.GetProperty("msg_cnt").GetInt64(), roundTrips);
    }

    /// <summary>The client is closed: nothing is known of it any more.</summary>
    internal void Forget() => _last = Snapshot.None;

    /// <summary>A server as attributes.</summary>
    /// <param name="server"><c>host:port</c>.</param>
    internal static KeyValuePair<string, object?>[] ServerTags(string server)
    {
        var (host, port) = HostAndPort.Of(server);
        return [new("server.address", host), new("server.port", port)];
    }
}
