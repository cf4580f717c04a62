using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using ShoeFunctions.Engine.Configuration;
using ShoeFunctions.Engine.Setup;

namespace ShoeFunctions.Engine;

/// <summary>
/// Reads the settings when the host starts and logs once what is wrong with them, and what looks like one and is none. It
/// does not stop the start: of a worker that dies while it starts, Azure only says that there is none.
/// </summary>
internal sealed partial class SettingsAnnouncement(IOptions<ShoeSettings> settings, IConfiguration configuration, ILogger<SettingsAnnouncement> logger) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var unknown in UnknownSetting.In(configuration))
            Log.Unknown(logger, unknown);
        try
        {
            _ = settings.Value;
        }
        catch (SettingsException wrong)
        {
            Log.Wrong(logger, wrong.Message);
        }

        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private static partial class Log
    {
        [LoggerMessage(500, LogLevel.Critical, "{Message}")]
        public static partial void Wrong(ILogger logger, string message);

        [LoggerMessage(501, LogLevel.Warning, "{Setting}")]
        public static partial void Unknown(ILogger logger, UnknownSetting setting);
    }
}
