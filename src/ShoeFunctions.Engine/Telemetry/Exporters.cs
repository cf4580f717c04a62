using Azure.Identity;
using Azure.Monitor.OpenTelemetry.Exporter;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace ShoeFunctions.Engine.Telemetry;

/// <summary>OpenTelemetry's part: what listens to the instruments and sends.</summary>
internal sealed class Exporters
{
    private const string RuntimeMeter = "System.Runtime";

    private readonly OpenTelemetrySdk? _metrics;
    private readonly OpenTelemetrySdk? _traces;

    /// <summary>Begins to listen. The exporters read the rest of their variables themselves, under OpenTelemetry's names.</summary>
    public Exporters(TelemetryOptions options, IConfiguration configuration, IEnumerable<string> sources)
    {
        var resource = ResourceBuilder.CreateEmpty()
            .AddService(configuration["WEBSITE_SITE_NAME"] ?? Instrumentation.Name, serviceVersion: Instrumentation.Version)
            .AddTelemetrySdk()
            .AddEnvironmentVariableDetector();

        // Each kind has an SDK of its own: with one for both, an endpoint for the one kind would send the other to localhost.
        if (options.OtlpMetrics || options.AzureMonitor is not null)
            _metrics = Create(configuration, options.OtlpMetrics, sdk => sdk.WithMetrics(metrics =>
            {
                metrics.SetResourceBuilder(resource).AddMeter(Instrumentation.Name, RuntimeMeter);
                if (options.AzureMonitor is not null)
                    metrics.AddAzureMonitorMetricExporter(monitor => Configure(monitor, options));
            }));
        if (options.OtlpTraces || options.AzureMonitor is not null)
            _traces = Create(configuration, options.OtlpTraces, sdk => sdk.WithTracing(traces =>
            {
                traces.SetResourceBuilder(resource).AddSource([.. sources]);
                if (options.AzureMonitor is not null)
                    traces.AddAzureMonitorTraceExporter(monitor => Configure(monitor, options));
            }));
    }

    /// <summary>Sends what there is, both kinds at once, and listens no more.</summary>
    /// <returns>Whether all of it was taken.</returns>
    public bool Close(TimeSpan timeout)
    {
        var milliseconds = (int)timeout.TotalMilliseconds;
        bool metrics = true, traces = true;

        // Flushed first: Azure Monitor's exporter, shut down at once, would leave it on a disk that goes with the instance.
        Parallel.Invoke(
            () => metrics = _metrics is null || _metrics.MeterProvider.ForceFlush(milliseconds),
            () => traces = _traces is null || _traces.TracerProvider.ForceFlush(milliseconds));
        _metrics?.Dispose();
        _traces?.Dispose();
        return metrics && traces;
    }

    private static OpenTelemetrySdk Create(IConfiguration configuration, bool isOtlp, Action<IOpenTelemetryBuilder> configure) => OpenTelemetrySdk.Create(sdk =>
    {
        sdk.Services.AddSingleton(configuration);
        configure(sdk);
        if (isOtlp)
            sdk.UseOtlpExporter();
    });

    private static void Configure(AzureMonitorExporterOptions monitor, TelemetryOptions options)
    {
        monitor.ConnectionString = options.AzureMonitor;
        if (options.Identity is { } identity)
            monitor.Credential = new ManagedIdentityCredential(
                identity.ClientId is null ? ManagedIdentityId.SystemAssigned : ManagedIdentityId.FromUserAssignedClientId(identity.ClientId));
    }
}
