using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Reflection;
using System.Text.Json;
using ShoeFunctions.Engine.Kafka;
using ShoeFunctions.Engine.Ticks;

namespace ShoeFunctions.Engine.Telemetry;

/// <summary>
/// What the engine measures and traces. A tick's batch is one send operation: nothing is paid for a single message, and
/// next to nothing where nobody listens.
/// </summary>
/// <remarks>Source: OpenTelemetry semantic conventions 1.38 for messaging spans, messaging client metrics and Kafka.</remarks>
public sealed class Instrumentation : IDisposable
{
    /// <summary>The name of the activity source and of the meter.</summary>
    public const string Name = "ShoeFunctions";

    private readonly TelemetryOptions _telemetry;
    private readonly KeyValuePair<string, object?>[] _operation;
    private readonly string _spanName;
    private readonly Counter<long> _sent;
    private readonly Histogram<double> _duration;
    private readonly Counter<long> _due;
    private readonly Counter<long> _written;
    private readonly Counter<long> _skipped;
    private readonly Counter<long> _chunks;
    private readonly Histogram<double> _chunkAge;
    private readonly Gauge<long> _pending;
    private readonly Gauge<double> _lag;
    private readonly ObservableGauge<long> _queued;
    private readonly ObservableGauge<double> _roundTrip;

    /// <summary>Makes the instruments; they have the topic, and the bootstrap server where there is one.</summary>
    public Instrumentation(KafkaOptions kafka, TelemetryOptions telemetry)
    {
        _telemetry = telemetry;
        _spanName = $"send {kafka.Topic}";
        _operation =
        [
            new("messaging.system", "kafka"),
            new("messaging.operation.name", "send"),
            new("messaging.operation.type", "send"),
            new("messaging.destination.name", kafka.Topic),
            .. kafka.BootstrapServers.Contains(',') ? [] : KafkaStatistics.ServerTags(kafka.BootstrapServers.Trim()),
        ];

        _sent = Meter.CreateCounter<long>("messaging.client.sent.messages", "{message}", "Messages that the producer attempted to send, with error.type those that were not delivered.");
        _duration = Meter.CreateHistogram(
            "messaging.client.operation.duration", "s", "From a tick's first send to its last delivery report.",
            advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10] });
        _due = Meter.CreateCounter<long>("shoefunctions.ticks.due", "{tick}", "Ticks that have become due; one that is tried again counts once.");
        _written = Meter.CreateCounter<long>("shoefunctions.ticks.written", "{tick}", "Ticks that were delivered whole and recorded.");
        _skipped = Meter.CreateCounter<long>("shoefunctions.ticks.skipped", "{tick}", "Missed ticks that were too many to be made up for.");
        _chunks = Meter.CreateCounter<long>("shoefunctions.chunks", "{chunk}", "Chunks of large ticks that ended here, by outcome: delivered, repeated (another instance was first) or failed.");
        _chunkAge = Meter.CreateHistogram(
            "shoefunctions.chunk.age", "s", "From a tick's opening to the row of one of its chunks.",
            advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600] });
        _pending = Meter.CreateGauge<long>("shoefunctions.ticks.pending", "{tick}", "Ticks that are due and not yet recorded, as the last run knew them.");
        _lag = Meter.CreateGauge<double>("shoefunctions.ticks.lag", "s", "How long the oldest pending tick had been due when the last run looked; 0 where none is pending.");
        _queued = Meter.CreateObservableGauge("shoefunctions.producer.queue", () => Statistics.Queued, "{message}", "Messages in the client's queue or under way.");
        _roundTrip = Meter.CreateObservableGauge("shoefunctions.broker.round_trip", () => Statistics.RoundTrips, "s", "Mean round trip to a broker over the last interval with requests.");
    }

    /// <summary>Where the spans come from.</summary>
    internal ActivitySource Source { get; } = new(Name, Version);

    /// <summary>Where the instruments are.</summary>
    internal Meter Meter { get; } = new(Name, Version);

    /// <summary>What the client says of itself.</summary>
    public KafkaStatistics Statistics { get; } = new();

    /// <summary>Whether anybody listens to what is in <see cref="Statistics"/>, or is about to.</summary>
    public bool WantsStatistics => _telemetry.SendsMetrics || _queued.Enabled || _roundTrip.Enabled;

    /// <summary>The program's version, as telemetry names it.</summary>
    internal static string Version { get; } =
        typeof(Instrumentation).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "";

    /// <summary>Starts the span of a batch, a child of the current one; null where nobody traces.</summary>
    public Activity? StartSend(Chunk chunk) => !Source.HasListeners() ? null : Source.StartActivity(
        _spanName,
        ActivityKind.Producer,
        parentContext: default,
        [.. _operation, new("messaging.client.id", KafkaOptions.ClientId), new("messaging.batch.message_count", chunk.Count), new("shoefunctions.tick", chunk.Tick.ToString()), new("shoefunctions.first_index", chunk.First)]);

    /// <summary>The batch has ended: ends its span and counts.</summary>
    public void Sent(Activity? span, TickReport report)
    {
        var tags = new TagList(_operation);
        _sent.Add(report.Delivered, tags);
        if (report.Failure is { } failure)
        {
            var error = JsonNamingPolicy.KebabCaseLower.ConvertName(failure.Kind.ToString());
            tags.Add("error.type", error);
            _sent.Add(report.Attempted - report.Delivered, tags);
            span?.SetTag("error.type", error).SetStatus(ActivityStatusCode.Error, $"{failure.Kind} ({failure.Code}): {failure.Advice}");
        }

        _duration.Record(report.Duration.TotalSeconds, tags);
        span?.SetTag("shoefunctions.delivered", report.Delivered).SetTag("shoefunctions.failed", report.Failed).Dispose();
    }

    /// <summary>So many ticks have become due.</summary>
    internal void Due(long ticks) => _due.Add(ticks);

    /// <summary>A tick was delivered whole and recorded.</summary>
    internal void Written() => _written.Add(1);

    /// <summary>So many ticks are not made up for.</summary>
    internal void Skipped(long ticks) => _skipped.Add(ticks);

    /// <summary>A chunk has ended, and where it was delivered, how long after its tick was opened.</summary>
    internal void Chunk(string outcome, TimeSpan? age)
    {
        _chunks.Add(1, new KeyValuePair<string, object?>("outcome", outcome));
        if (age is { } since)
            _chunkAge.Record(since.TotalSeconds);
    }

    /// <summary>So many ticks are pending now, the oldest for so long.</summary>
    internal void Pending(int ticks, TimeSpan lag)
    {
        _pending.Record(ticks);
        _lag.Record(lag.TotalSeconds);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Source.Dispose();
        Meter.Dispose();
    }
}
