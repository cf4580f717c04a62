using ShoeFunctions.Engine.Configuration;
using ShoeFunctions.Engine.Failures;

namespace ShoeFunctions.Engine.Statistics;

/// <summary>The statistics for everybody who looks: they are read once a second at most, however many do.</summary>
public sealed class SharedStats(Stats stats, TimeProvider time)
{
    /// <summary>An answer holds for so long.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private Task<StatsAnswer>? _answer;
    private long _askedAt;

    /// <summary>The statistics as of now, or of at most <see cref="Lifetime"/> ago. What failed is asked anew.</summary>
    /// <exception cref="SettingsException">The settings are wrong, so nothing is produced.</exception>
    /// <exception cref="FailureException">The progress store cannot be read, and nothing is known of it.</exception>
    public Task<StatsAnswer> AnswerAsync(CancellationToken cancellation)
    {
        lock (_lock)
        {
            if (_answer is null or { IsFaulted: true } || (_answer.IsCompleted && time.GetElapsedTime(_askedAt) >= Lifetime))
            {
                _askedAt = time.GetTimestamp();
                // Whoever asked first may go away, and others wait for the same.
                _answer = stats.AnswerAsync(CancellationToken.None);
            }

            return _answer.WaitAsync(cancellation);
        }
    }
}
