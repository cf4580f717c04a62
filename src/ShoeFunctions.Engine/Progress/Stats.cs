using ShoeFunctions.Engine.Producing;
using ShoeFunctions.Engine.Ticks;

namespace ShoeFunctions.Engine.Progress;

/// <summary>Answers what was produced, from the progress store.</summary>
public sealed class Stats(IProgressStore progress, KafkaOptions kafka, TickOptions ticks, TimeProvider time)
{
    /// <summary>The statistics as of now.</summary>
    public async Task<StatsAnswer> AnswerAsync(CancellationToken cancellation) =>
        StatsAnswer.Of(await progress.ReadAsync(cancellation), kafka.Topic, ticks.Schedule, time.GetUtcNow());
}
