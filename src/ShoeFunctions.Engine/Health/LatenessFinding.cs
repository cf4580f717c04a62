using ShoeFunctions.Engine.Faults;
using ShoeFunctions.Engine.Kafka;

namespace ShoeFunctions.Engine.Health;

/// <summary>What the topic does with records that are late on purpose.</summary>
internal static class LatenessFinding
{
    private const string Subject = "late shoes";

    /// <summary>What is found.</summary>
    /// <param name="faults">How late shoes are.</param>
    /// <param name="topic">The topic.</param>
    /// <param name="rules">What the topic is set to; null where the brokers do not tell.</param>
    public static Finding Of(FaultOptions faults, string topic, TimestampRules? rules)
    {
        var lateness = Text(faults.Lateness);
        return rules switch
        {
            null => new Finding(Subject, HealthState.Healthy,
                $"the brokers do not tell {topic}'s settings: message.timestamp.type must be CreateTime, and message.timestamp.before.max.ms above {lateness}", IsTested: false),
            { SetsTimeItself: true } => new Finding(Subject, HealthState.Degraded,
                $"{topic} gives records its own time (message.timestamp.type=LogAppendTime), so no shoe will look late: set it to CreateTime"),
            { Oldest: { } oldest } when oldest < faults.Lateness => new Finding(Subject, HealthState.Unhealthy,
                $"{topic} refuses records that are older than {Text(oldest)} (message.timestamp.before.max.ms), and shoes are up to {lateness} late, so ticks with such a shoe will fail: lower FAULT_LATENESS, or raise the topic's setting"),
            { Oldest: { } oldest } => new Finding(Subject, HealthState.Healthy,
                $"{topic} takes records up to {Text(oldest)} old, and shoes are up to {lateness} late: ticks can be made up for until {Text(oldest - faults.Lateness)} after their time"),
            _ => new Finding(Subject, HealthState.Healthy, $"{topic} takes records of any age and keeps their time; shoes are up to {lateness} late"),
        };
    }

    private static string Text(TimeSpan time) => time switch
    {
        { TotalMinutes: < 1 } => $"{time.TotalSeconds:0.###} s",
        { TotalHours: < 2 } => $"{time.TotalMinutes:0.#} min",
        _ => $"{time.TotalHours:0.#} h",
    };
}
