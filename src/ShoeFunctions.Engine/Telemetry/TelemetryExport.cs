using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using ShoeFunctions.Engine.Configuration;

namespace ShoeFunctions.Engine.Telemetry;

/// <summary>
/// Sends metrics and traces where the settings say, from the host's start to its stop. Where they say nowhere, not even
/// OpenTelemetry's assemblies are loaded: that would cost the start more than the rest of the engine does.
/// </summary>
internal sealed partial class TelemetryExport(
    IOptions<ShoeSettings> settings, IConfiguration configuration, TracedSources sources, TimeProvider time, ILogger<TelemetryExport> logger) : IHostedService
{
    /// <summary>How long the stop waits for the last metrics and spans to be taken.</summary>
    public static readonly TimeSpan FlushTimeout = TimeSpan.FromSeconds(2);

    private Exporters? _exporters;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (settings.Value.Telemetry is { IsOn: true } options)
                _exporters = new Exporters(options, configuration, sources.Names);
        }
        catch (SettingsException)
        {
            // It is logged as such, and nothing is produced that could be measured.
        }

        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (_exporters is not { } exporters)
            return;

        try
        {
            // On threads of their own: the exporters wait for an answer and cannot be cancelled.
            if (!await Task.Run(() => exporters.Close(FlushTimeout), CancellationToken.None).WaitAsync(FlushTimeout, time, cancellationToken))
                Log.NotTaken(logger);
        }
        catch (Exception late) when (late is TimeoutException or OperationCanceledException)
        {
            Log.NotTaken(logger);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(800, LogLevel.Warning, "the last metrics and traces were not taken in time by where they are sent to")]
        public static partial void NotTaken(ILogger logger);
    }
}
