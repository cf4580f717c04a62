using Azure.Monitor.OpenTelemetry.Exporter;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using ShoeFunctions.Engine.Credentials;

namespace ShoeFunctions.Engine.Telemetry;

/// <summary>OpenTelemetry's part: what listens to the instruments and sends.</summary>
internal sealed class Exporters
{
    private const string RuntimeMeter = "System.Runtime";

    private static readonly string[] OneKinds = ["PROTOCOL", "HEADERS", "TIMEOUT", "COMPRESSION"];

    private readonly MeterProvider? _metrics;
    private readonly TracerProvider? _traces;
    private readonly ServiceProvider? _logs;

    /// <summary>Begins to listen. The exporters read the rest of their variables themselves, under OpenTelemetry's names.</summary>
    public Exporters(TelemetryOptions options, IConfiguration configuration, IEnumerable<string> sources)
    {
        var resource = ResourceBuilder.CreateEmpty()
            .AddService(configuration["WEBSITE_SITE_NAME"] ?? Instrumentation.Name, serviceVersion: Instrumentation.Version)
            .AddTelemetrySdk()
            .AddEnvironmentVariableDetector();

        if (options.SendsMetrics)
        {
            var metrics = Sdk.CreateMeterProviderBuilder()
                .ConfigureServices(services => services.AddSingleton(Of("METRICS", configuration)))
                .SetResourceBuilder(resource)
                .AddMeter(Instrumentation.Name, RuntimeMeter);
            if (options.OtlpMetrics)
                metrics.AddOtlpExporter(otlp => SetEndpoint(otlp, configuration["OTEL_EXPORTER_OTLP_METRICS_ENDPOINT"]));
            if (options.AzureMonitor is not null)
                metrics.AddAzureMonitorMetricExporter(monitor => Configure(monitor, options));
            _metrics = metrics.Build();
        }

        if (options.SendsTraces)
        {
            var traces = Sdk.CreateTracerProviderBuilder()
                .ConfigureServices(services => services.AddSingleton(Of("TRACES", configuration)))
                .SetResourceBuilder(resource)
                .AddSource([.. sources]);
            if (options.OtlpTraces)
                traces.AddOtlpExporter(otlp => SetEndpoint(otlp, configuration["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"]));
            if (options.AzureMonitor is not null)
                traces.AddAzureMonitorTraceExporter(monitor => Configure(monitor, options));
            _traces = traces.Build();
        }

        if (options.SendsLogs)
            _logs = new ServiceCollection()
                .AddSingleton(Of("LOGS", configuration))
                .AddLogging(logging => logging.SetMinimumLevel(LogLevel.Trace).AddOpenTelemetry(logs =>
                {
                    logs.SetResourceBuilder(resource);
                    logs.IncludeFormattedMessage = true;
                    if (options.OtlpLogs)
                        logs.AddOtlpExporter(otlp => SetEndpoint(otlp, configuration["OTEL_EXPORTER_OTLP_LOGS_ENDPOINT"]));
                    if (options.AzureMonitor is not null)
                        logs.AddAzureMonitorLogExporter(monitor => Configure(monitor, options));
                }))
                .BuildServiceProvider();
    }

    /// <summary>What sends log lines, or null where they go nowhere.</summary>
    public ILoggerProvider? Logs => _logs?.GetRequiredService<ILoggerProvider>();

    /// <summary>Sends what there is, all kinds at once, and listens no more.</summary>
    /// <returns>Whether all of it was taken.</returns>
    public bool Close(TimeSpan timeout)
    {
        var milliseconds = (int)timeout.TotalMilliseconds;
        bool metrics = true, traces = true, logs = true;

        // Flushed first: Azure Monitor's exporter, shut down at once, would leave it on a disk that goes with the instance.
        Parallel.Invoke(
            () => metrics = _metrics is null || _metrics.ForceFlush(milliseconds),
            () => traces = _traces is null || _traces.ForceFlush(milliseconds),
            () => logs = _logs is null || _logs.GetRequiredService<LoggerProvider>().ForceFlush(milliseconds));
        _metrics?.Dispose();
        _traces?.Dispose();
        _logs?.Dispose();
        return metrics && traces && logs;
    }

    /// <summary>
    /// The variables for one kind, such as <c>OTEL_EXPORTER_OTLP_METRICS_HEADERS</c>, under the names of those for all:
    /// the exporter heeds its own only where it is added for all kinds at once.
    /// </summary>
    private static IConfiguration Of(string kind, IConfiguration configuration) => new ConfigurationBuilder()
        .AddConfiguration(configuration)
        .AddInMemoryCollection(
            from name in OneKinds
            let value = configuration[$"OTEL_EXPORTER_OTLP_{kind}_{name}"]
            where !string.IsNullOrEmpty(value)
            select KeyValuePair.Create($"OTEL_EXPORTER_OTLP_{name}", (string?)value))
        .Build();

    /// <summary>An endpoint for one kind is taken as it is; to the one for all the exporter adds a path.</summary>
    private static void SetEndpoint(OtlpExporterOptions otlp, string? endpoint)
    {
        if (!string.IsNullOrEmpty(endpoint))
            otlp.Endpoint = new Uri(endpoint);
    }

    private static void Configure(AzureMonitorExporterOptions monitor, TelemetryOptions options)
    {
        monitor.ConnectionString = options.AzureMonitor;

        // A span a tick: nothing to save. The exporter's own limit, five traces a second, is for all exporters and drops the first after a start by chance.
        monitor.TracesPerSecond = null;
        monitor.SamplingRatio = 1;
        if (options.Identity is { } identity)
            monitor.Credential = AzureTransport.ManagedIdentity(identity.ClientId);
    }
}
