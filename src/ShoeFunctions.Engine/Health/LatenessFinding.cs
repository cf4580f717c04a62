using ShoeFunctions.Engine.Faults;
using ShoeFunctions.Engine.Kafka;

namespace ShoeFunctions.Engine.Health;

/// <summary>What the topic does with records that are late on purpose.</summary>
internal static class LatenessFinding
{
    internal const string Subject = "late shoes";

    /// <summary>Ticks are made up for after outages, which last as long.</summary>
    private static readonly TimeSpan LeastSlack = TimeSpan.FromMinutes(10);

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
                $"{topic} refuses records that are older than {Text(oldest)} ({rules.Setting}), and shoes are up to {lateness} late, so ticks with such a shoe will fail: lower FAULT_LATENESS, or raise the topic's setting"),
            { Oldest: { } oldest } => new Finding(Subject, oldest - faults.Lateness < LeastSlack ? HealthState.Degraded : HealthState.Healthy,
                $"{topic} takes records up to {Text(oldest)} old ({rules.Setting}), and shoes are up to {lateness} late: a tick that is made up for more than {Text(oldest - faults.Lateness)} after its time will fail"),
            _ => new Finding(Subject, HealthState.Healthy, $"{topic} takes records of any age and keeps their time; shoes are up to {lateness} late"),
        };
    }

    private static string Text(TimeSpan time) => time switch
    {
        { TotalMinutes: <= 1 } => $"{time.TotalSeconds:0.###} s",
        { TotalHours: < 2 } => $"{time.TotalMinutes:0.#} min",
        _ => $"{time.TotalHours:0.#} h",
    };
}
