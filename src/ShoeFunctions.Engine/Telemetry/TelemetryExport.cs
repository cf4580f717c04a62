using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ShoeFunctions.Engine.Ticks;

namespace ShoeFunctions.Engine.Telemetry;

/// <summary>
/// Sends metrics, traces and logs where the settings say, from the host's start to its stop. Where they say nowhere, not even
/// OpenTelemetry's assemblies are loaded: that costs the start about a tenth of a second.
/// </summary>
internal sealed partial class TelemetryExport(
    IConfiguration configuration, TracedSources sources, ExportedLogs logs, TimeProvider time, ILoggerFactory loggers) : IHostedLifecycleService, IDisposable
{
    /// <summary>How long the stop waits for the last metrics and spans to be taken.</summary>
    private static readonly TimeSpan FlushTimeout = TimeSpan.FromSeconds(2);

    /// <summary>After a batch that was cut short and took all its time, what is left before the process is killed.</summary>
    private static readonly TimeSpan LeastFlush = TimeSpan.FromMilliseconds(250);

    private readonly ILogger _logger = loggers.CreateLogger<TelemetryExport>();
    private ExporterTrouble? _trouble;
    private Exporters? _exporters;
    private long _stopping;

    /// <summary>Before anything else is started, so that the first invocation is traced.</summary>
    public Task StartingAsync(CancellationToken cancellationToken)
    {
        try
        {
            var telemetry = TelemetryOptions.Read(configuration);
            if (telemetry is { SendsMetrics: true } or { SendsTraces: true } or { SendsLogs: true })
            {
                _trouble = new ExporterTrouble(telemetry.Endpoints, time, loggers.CreateLogger<ExporterTrouble>());
                _exporters = new Exporters(telemetry, configuration, sources.Names);
                logs.Target = _exporters.Logs;
            }
        }
        catch (Exception error)
        {
            // Shoes are produced all the same. The error's own text may hold what is in the variables.
            Log.NotSent(_logger, error.GetType().Name);
        }

        return Task.CompletedTask;
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken)
    {
        _stopping = time.GetTimestamp();
        return Task.CompletedTask;
    }

    /// <summary>After the gate, which is registered later, and before the host's own services, which still log.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (_exporters is not { } exporters)
            return;

        var left = RunLimit.FlushTimeout + LeastFlush - time.GetElapsedTime(_stopping);
        var timeout = left < LeastFlush ? LeastFlush : left < FlushTimeout ? left : FlushTimeout;
        try
        {
            // On threads of their own: the exporters wait for an answer and cannot be cancelled.
            if (!await Task.Run(() => exporters.Close(timeout), CancellationToken.None).WaitAsync(timeout, time, cancellationToken))
                Log.NotTaken(_logger);
        }
        catch (Exception late) when (late is TimeoutException or OperationCanceledException)
        {
            Log.NotTaken(_logger);
        }
    }

    public void Dispose() => _trouble?.Dispose();

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private static partial class Log
    {
        [LoggerMessage(800, LogLevel.Warning, "the last metrics, traces and logs could not be exported in time")]
        public static partial void NotTaken(ILogger logger);

        [LoggerMessage(802, LogLevel.Error, "metrics, traces and logs are not sent, because their exporters cannot be started ({Error}): check the variables OTEL_EXPORTER_OTLP_… and APPLICATIONINSIGHTS_…")]
        public static partial void NotSent(ILogger logger, string error);
    }
}
