namespace ShoeFunctions.Local.EmbeddedKafka;

/// <summary>How much embedded brokers keep. A partition's share is fixed, so more is kept in more partitions.</summary>
/// <remarks>Source: librdkafka's rdkafka_mock.c, rd_kafka_mock_partition_init: nothing in its API changes what that sets.</remarks>
public static class PartitionMemory
{
    /// <summary>The most that a partition keeps, in bytes of batches as they were sent; older ones are dropped.</summary>
    public const long Most = 5 * 1024 * 1024;

    /// <summary>
    /// Records do not spread evenly: a client sends those without a key to a partition chosen at random, every few
    /// milliseconds another, and the faster it is the more come to each. By as much one may be ahead of the mean when it is full.
    /// </summary>
    private const int Headroom = 4;

    /// <summary>How many partitions keep so much.</summary>
    /// <param name="bytes">Of batches as they are sent.</param>
    public static int PartitionsFor(long bytes) => (int)Math.Min(int.MaxValue, (Headroom * bytes + Most - 1) / Most);

    /// <summary>How many bytes so many partitions keep.</summary>
    /// <param name="partitions">How many.</param>
    /// <param name="largestKey">The part of all records that has the same key, 0 to 1, and so stays in one partition.</param>
    public static long KeptIn(int partitions, double largestKey = 0) => (long)(Most / Math.Min(1, largestKey + (double)Headroom / partitions));
}
