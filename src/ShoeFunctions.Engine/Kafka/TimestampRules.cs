using System.Globalization;

namespace ShoeFunctions.Engine.Kafka;

/// <summary>What a topic does with the time that a record comes with.</summary>
/// <remarks>Source: Kafka's topic settings message.timestamp.type, message.timestamp.before.max.ms (from 3.6 on) and message.timestamp.difference.max.ms (until then).</remarks>
/// <param name="SetsTimeItself">Whether it puts its own time in its place.</param>
/// <param name="Oldest">It refuses records that are older than this; null where it takes all.</param>
/// <param name="Setting">Which of its settings says that.</param>
public sealed record TimestampRules(bool SetsTimeItself, TimeSpan? Oldest, string? Setting)
{
    private const string Before = "message.timestamp.before.max.ms", Difference = "message.timestamp.difference.max.ms";

    /// <summary>The rules of a topic's settings.</summary>
    /// <param name="valueOf">The value of a setting by its name, or null where there is none.</param>
    public static TimestampRules Of(Func<string, string?> valueOf)
    {
        // The older one holds where the newer one is not set.
        var limit = new[] { Before, Difference }.Select(name => (Name: name, Oldest: Limit(valueOf(name)))).FirstOrDefault(limit => limit.Oldest is not null);
        return new TimestampRules(valueOf("message.timestamp.type") == "LogAppendTime", limit.Oldest, limit.Name);
    }

    /// <summary>By default it is the largest number that there is.</summary>
    private static TimeSpan? Limit(string? value) =>
        long.TryParse(value, CultureInfo.InvariantCulture, out var ms) && ms <= TimeSpan.MaxValue.TotalMilliseconds / 2 ? TimeSpan.FromMilliseconds(ms) : null;
}
