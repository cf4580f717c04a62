using Confluent.Kafka;
using Confluent.Kafka.Admin;

namespace ShoeFunctions.Engine.Kafka;

/// <summary>
/// The number that is committed with each transaction: the offset that a consumer group has committed for the topic's partition 0.
/// Nobody reads by this group, so the offset need be none of the topic's.
/// </summary>
internal static class CommittedNumber
{
    private static readonly TimeSpan LongestQuestion = TimeSpan.FromSeconds(5);

    /// <summary>Where the number is.</summary>
    public static TopicPartitionOffset At(KafkaOptions options, long number) => new(options.Topic, 0, number);

    /// <summary>Reads it; null where there is none.</summary>
    /// <param name="admin">Whom to ask.</param>
    /// <param name="options">The topic and the group.</param>
    /// <param name="isStable">Whether a transaction that is open with another number has to end first.</param>
    /// <exception cref="KafkaException">The brokers did not answer well.</exception>
    public static async Task<long?> ReadAsync(IAdminClient admin, KafkaOptions options, bool isStable)
    {
        if (options.Transactions?.Group is not { } group)
            return null;

        try
        {
            var found = await admin.ListConsumerGroupOffsetsAsync(
                [new ConsumerGroupTopicPartitions(group, [new TopicPartition(options.Topic, 0)])],
                new ListConsumerGroupOffsetsOptions { RequireStableOffsets = isStable, RequestTimeout = LongestQuestion });
            return found.Single().Partitions.Single().Offset is { IsSpecial: false, Value: var number } ? number : null;
        }
        catch (KafkaException refused)
        {
            // Of a group or partition, the client tells it among the results.
            var error = (refused as ListConsumerGroupOffsetsException)?.Results
                .SelectMany(result => (result.Partitions ?? []).Select(partition => partition.Error).Prepend(result.Error)).FirstOrDefault(error => error.IsError) ?? refused.Error;
            // Nothing was committed by the group yet.
            return error.Code == ErrorCode.GroupIdNotFound ? null : throw new KafkaException(error, refused);
        }
    }
}
