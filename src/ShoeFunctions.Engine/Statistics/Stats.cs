using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using ShoeFunctions.Engine.Configuration;
using ShoeFunctions.Engine.Failures;
using ShoeFunctions.Engine.Progress;
using ShoeFunctions.Engine.Setup;

namespace ShoeFunctions.Engine.Statistics;

/// <summary>Answers what was produced, from the progress store.</summary>
public sealed class Stats(IProgressStore progress, IOptions<ShoeSettings> settings, IConfiguration configuration, TimeProvider time, IChunkRows? rows = null)
{
    /// <summary>Of so many open ticks it is looked how far they are.</summary>
    private const int MostLookedAt = 20;

    /// <summary>The statistics as of now.</summary>
    /// <exception cref="SettingsException">The settings are wrong, so nothing is produced.</exception>
    /// <exception cref="FailureException">The progress store cannot be read, and nothing is known of it.</exception>
    public async Task<StatsAnswer> AnswerAsync(CancellationToken cancellation)
    {
        var current = settings.Value;
        var state = await progress.ReadAsync(cancellation);
        return StatsAnswer.Of(state, current, [.. SettingInForce.Of(configuration)], time.GetUtcNow(), await ChunksOfAsync(state, cancellation));
    }

    /// <summary>The chunks that are done of the first open ticks. Where they cannot be read, that alone is not known.</summary>
    private async Task<IReadOnlyList<ChunkMark>[]> ChunksOfAsync(ProgressState state, CancellationToken cancellation)
    {
        try
        {
            return rows is null ? [] : await Task.WhenAll(state.Open.Take(MostLookedAt).Select(open => rows.ListAsync(open, cancellation)));
        }
        catch (FailureException)
        {
            return [];
        }
    }
}
