using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using ShoeFunctions.Engine.Configuration;
using ShoeFunctions.Engine.Failures;
using ShoeFunctions.Engine.Progress;
using ShoeFunctions.Engine.Setup;

namespace ShoeFunctions.Engine.Statistics;

/// <summary>Answers what was produced, from the progress store.</summary>
public sealed class Stats(IProgressStore progress, IOptions<ShoeSettings> settings, IConfiguration configuration, TimeProvider time)
{
    /// <summary>The statistics as of now.</summary>
    /// <exception cref="SettingsException">The settings are wrong, so nothing is produced.</exception>
    /// <exception cref="FailureException">The progress store cannot be read, and nothing is known of it.</exception>
    public async Task<StatsAnswer> AnswerAsync(CancellationToken cancellation)
    {
        var current = settings.Value;
        return StatsAnswer.Of(await progress.ReadAsync(cancellation), current, [.. SettingInForce.Of(configuration)], time.GetUtcNow());
    }
}
