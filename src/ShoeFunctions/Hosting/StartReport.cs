using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using ShoeFunctions.Engine.Configuration;
using ShoeFunctions.Engine.Credentials;
using ShoeFunctions.Engine.Failures;
using ShoeFunctions.Engine.Progress;
using ShoeFunctions.Engine.Setup;

namespace ShoeFunctions.Hosting;

/// <summary>
/// Says once, when the worker has started, which settings hold, and whether the progress store, the vault and the identity can be used:
/// the first tick may be an hour away.
/// </summary>
internal sealed partial class StartReport(IServiceProvider services, IConfiguration configuration, ILogger<StartReport> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        CredentialOptions credentials;
        try
        {
            credentials = services.GetRequiredService<IOptions<ShoeSettings>>().Value.Credentials;
        }
        catch (SettingsException)
        {
            // They are logged by the engine, which reads them first.
            return;
        }

        Log.Settings(logger, string.Join("  ", SettingInForce.Of(configuration).Where(setting => !setting.IsDefault).Select(setting => $"{setting.Name}={setting.Value}")));
        await Task.WhenAll(
            SayTroubleAsync(() => services.GetRequiredService<IProgressStore>().ReadAsync(stoppingToken), stoppingToken),
            credentials.VaultUri is null && credentials.Kafka.Scope is null && credentials.SchemaRegistry.Scope is null ? Task.CompletedTask
                : SayTroubleAsync(() => AskForCredentialsAsync(stoppingToken), stoppingToken));
    }

    private async Task AskForCredentialsAsync(CancellationToken stopping)
    {
        var known = await services.GetRequiredService<CredentialSource>().GetAsync(stopping);
        await known.Kafka.HaveTokenAsync(stopping);
        await known.SchemaRegistry.HaveTokenAsync(stopping);
    }

    private async Task SayTroubleAsync(Func<Task> tryIt, CancellationToken stopping)
    {
        try
        {
            await tryIt();
        }
        catch (SettingsException wrong)
        {
            Log.Wrong(logger, wrong.Message);
        }
        catch (FailureException met)
        {
            Log.Trouble(logger, met.Failure.Source, met.Failure.Kind, met.Failure.Code, met.Failure.Advice);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // Told to stop before it was known.
        }
    }

    private static partial class Log
    {
        [LoggerMessage(900, LogLevel.Information, "settings that are set, all others have their defaults: {Settings}")]
        public static partial void Settings(ILogger logger, string settings);

        [LoggerMessage(901, LogLevel.Warning, "a problem at the start, {Source}: {Kind} ({Code}): {Advice}")]
        public static partial void Trouble(ILogger logger, FailureSource source, FailureKind kind, string code, string advice);

        [LoggerMessage(902, LogLevel.Error, "{Message}")]
        public static partial void Wrong(ILogger logger, string message);
    }
}
