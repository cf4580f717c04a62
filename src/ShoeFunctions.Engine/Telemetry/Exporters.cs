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

    private readonly MeterProvider? _meters;
    private readonly TracerProvider? _tracers;

    /// <summary>Begins to listen. The exporters read the rest of their variables themselves, under OpenTelemetry's names.</summary>
    public Exporters(TelemetryOptions options, IConfiguration configuration, IEnumerable<string> sources)
    {
        var resource = ResourceBuilder.CreateEmpty()
            .AddService(configuration["WEBSITE_SITE_NAME"] ?? Instrumentation.Name, serviceVersion: Instrumentation.Version)
            .AddTelemetrySdk()
            .AddEnvironmentVariableDetector();

        if (options.OtlpMetrics || options.AzureMonitor is not null)
        {
            var meters = Sdk.CreateMeterProviderBuilder()
                .ConfigureServices(services => services.AddSingleton(configuration))
                .SetResourceBuilder(resource)
                .AddMeter(Instrumentation.Name, RuntimeMeter);
            if (options.OtlpMetrics)
                meters.AddOtlpExporter();
            if (options.AzureMonitor is not null)
                meters.AddAzureMonitorMetricExporter(monitor => Configure(monitor, options));
            _meters = meters.Build();
        }

        if (options.OtlpTraces || options.AzureMonitor is not null)
        {
            var tracers = Sdk.CreateTracerProviderBuilder()
                .ConfigureServices(services => services.AddSingleton(configuration))
                .SetResourceBuilder(resource)
                .AddSource([.. sources]);
            if (options.OtlpTraces)
                tracers.AddOtlpExporter();
            if (options.AzureMonitor is not null)
                tracers.AddAzureMonitorTraceExporter(monitor => Configure(monitor, options));
            _tracers = tracers.Build();
        }
    }

    /// <summary>Sends what there is, both kinds at once, and listens no more.</summary>
    /// <returns>Whether all of it was taken.</returns>
    public bool Close(TimeSpan timeout)
    {
        var milliseconds = (int)timeout.TotalMilliseconds;
        bool metrics = true, spans = true;

        // Flushed first: Azure Monitor's exporter, shut down at once, would leave it on a disk that goes with the instance.
        Parallel.Invoke(
            () => metrics = _meters is null || _meters.ForceFlush(milliseconds),
            () => spans = _tracers is null || _tracers.ForceFlush(milliseconds));
        _meters?.Dispose();
        _tracers?.Dispose();
        return metrics && spans;
    }

    private static void Configure(AzureMonitorExporterOptions monitor, TelemetryOptions options)
    {
        monitor.ConnectionString = options.AzureMonitor;
        if (options.Identity is { } identity)
            monitor.Credential = new ManagedIdentityCredential(
                identity.ClientId is null ? ManagedIdentityId.SystemAssigned : ManagedIdentityId.FromUserAssignedClientId(identity.ClientId));
    }
}
