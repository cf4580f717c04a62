using System.Globalization;

namespace ShoeFunctions.Engine.Kafka;

/// <summary>What a topic does with the time that a record comes with.</summary>
/// <remarks>Source: Kafka's topic settings message.timestamp.type, message.timestamp.before.max.ms (from 3.6 on) and message.timestamp.difference.max.ms (until then).</remarks>
/// <param name="SetsTimeItself">Whether it puts its own time in its place.</param>
/// <param name="Oldest">It refuses records that are older than this; null where it takes all.</param>
public sealed record TimestampRules(bool SetsTimeItself, TimeSpan? Oldest)
{
    /// <summary>The rules of a topic's settings.</summary>
    /// <param name="valueOf">The value of a setting by its name, or null where there is none.</param>
    public static TimestampRules Of(Func<string, string?> valueOf)
    {
        var oldest = long.TryParse(valueOf("message.timestamp.before.max.ms") ?? valueOf("message.timestamp.difference.max.ms"), CultureInfo.InvariantCulture, out var ms)
            && ms <= TimeSpan.MaxValue.TotalMilliseconds / 2 ? TimeSpan.FromMilliseconds(ms) : (TimeSpan?)null;
        return new TimestampRules(valueOf("message.timestamp.type") == "LogAppendTime", oldest);
    }
}
