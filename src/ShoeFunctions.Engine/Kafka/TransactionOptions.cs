namespace ShoeFunctions.Engine.Kafka;

/// <summary>How ticks are transactions.</summary>
/// <param name="Id">The transactional id: of two senders with the same the brokers take the newer one.</param>
/// <param name="Group">
/// The consumer group that carries the number of the last tick: its committed offset of the topic's partition 0 is the tick's time in seconds since 1970.
/// Null where no number is carried.
/// </param>
/// <param name="Timeout">The brokers abort a transaction that is open for longer.</param>
public sealed record TransactionOptions(string Id, string? Group, TimeSpan Timeout)
{
    /// <summary>What the brokers allow by default (transaction.max.timeout.ms).</summary>
    public static readonly TimeSpan LongestTimeout = TimeSpan.FromMinutes(15);

    /// <summary>So long before the brokers do it, a tick is given up here.</summary>
    public static readonly TimeSpan Margin = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan ShortestTimeout = TimeSpan.FromMinutes(1);

    /// <summary>How long a tick may take at most.</summary>
    public TimeSpan LongestTick => Timeout - Margin;

    /// <summary>Those of a topic's ticks.</summary>
    /// <param name="topic">The topic.</param>
    /// <param name="longestTick">How long a tick may take, if the brokers allow it.</param>
    public static TransactionOptions Of(string topic, TimeSpan longestTick)
    {
        var timeout = longestTick > LongestTimeout - Margin ? LongestTimeout : longestTick + Margin;
        return new TransactionOptions($"shoes-{topic}", $"shoes-{topic}", timeout < ShortestTimeout ? ShortestTimeout : timeout);
    }

    /// <summary>Those of ticks that are produced again: they are not the last, whatever their time.</summary>
    public TransactionOptions ForReplay => this with { Id = $"{Id}-replay", Group = null };
}
