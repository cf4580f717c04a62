using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Diagnostics.Tracing;
using Microsoft.Extensions.Logging;
using ShoeFunctions.Engine.Network;

namespace ShoeFunctions.Engine.Telemetry;

/// <summary>
/// Logs what the exporters complain of, which they tell nobody by themselves: by the name of the complaint, because its
/// text may hold a header's value. The same one is logged now and then.
/// </summary>
internal sealed partial class ExporterTrouble(ImmutableArray<Uri> endpoints, TimeProvider time, ILogger<ExporterTrouble> logger) : EventListener
{
    private static readonly TimeSpan SameTroubleInterval = TimeSpan.FromMinutes(5);

    /// <summary>What is as it should be: other meters' instruments are not asked for, and live metrics need another package.</summary>
    private static readonly string[] NoTrouble = ["MetricInstrumentIgnored", "LiveMetricsNotSupported"];

    private static readonly string[] Sources = ["OpenTelemetry-Sdk", "OpenTelemetry-Exporter-OpenTelemetryProtocol", "OpenTelemetry-AzureMonitor-Exporter"];

    private readonly ConcurrentDictionary<(string Source, int Id), long> _lastLogged = new();

    protected override void OnEventSourceCreated(EventSource eventSource)
    {
        if (Sources.Contains(eventSource.Name))
            EnableEvents(eventSource, EventLevel.Warning);
    }

    protected override void OnEventWritten(EventWrittenEventArgs eventData)
    {
        if (NoTrouble.Contains(eventData.EventName))
            return;

        var (now, trouble) = (time.GetTimestamp(), (eventData.EventSource.Name, eventData.EventId));
        if (_lastLogged.TryGetValue(trouble, out var logged) && time.GetElapsedTime(logged, now) < SameTroubleInterval)
            return;

        _lastLogged[trouble] = now;
        Log.Trouble(logger, eventData.EventSource.Name, eventData.EventName ?? $"{eventData.EventId}", string.Concat(endpoints.Select(DirectLoopback.Mention).Distinct()));
    }

    private static partial class Log
    {
        [LoggerMessage(801, LogLevel.Warning, "metrics, traces or logs cannot be exported: {Source} {Trouble}{Through}")]
        public static partial void Trouble(ILogger logger, string source, string trouble, string through);
    }
}
