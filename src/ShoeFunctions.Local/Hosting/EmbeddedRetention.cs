using ShoeFunctions.Engine.Kafka;
using ShoeFunctions.Engine.Librdkafka;
using ShoeFunctions.Engine.Planning;
using ShoeFunctions.Engine.Setup;
using ShoeFunctions.Engine.Shoes;
using ShoeFunctions.Engine.Ticks;
using ShoeFunctions.Local.EmbeddedKafka;

namespace ShoeFunctions.Local.Hosting;

/// <summary>What embedded brokers keep of the shoes that the settings make, in one sentence: they drop the oldest without a word.</summary>
internal static class EmbeddedRetention
{
    /// <summary>A suggested size is a multiple of this, in bytes, and by a part more than it seems to need.</summary>
    private const long Step = 10_000_000;
    private const double Spare = 1.4;

    /// <summary>No shoe takes more bytes, in a batch of its own with a key and a trace: fewer than fill one partition are kept in any case.</summary>
    private const int LargestShoe = 400;

    private static readonly TimeSpan LongestQuestion = TimeSpan.FromSeconds(10);

    /// <summary>Of the brokers in this process; null where all is kept.</summary>
    /// <param name="settings">What makes the shoes.</param>
    /// <param name="after">A time: the next tick is taken to be like all others.</param>
    /// <param name="partitions">The topic's.</param>
    /// <param name="shoes">How many shoes.</param>
    public static string? Here(ShoeSettings settings, DateTimeOffset after, int partitions, long shoes) => MayExceed(shoes) ? Notice(settings, after, partitions, shoes, "--keep") : null;

    /// <summary>Of the brokers that the settings name; null where they are no embedded ones, or all is kept.</summary>
    /// <param name="probe">Asks them.</param>
    /// <param name="settings">What makes the shoes.</param>
    /// <param name="after">A time: the next tick is taken to be like all others.</param>
    /// <param name="shoes">How many shoes.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="Engine.Failures.FailureException">They did not answer well.</exception>
    public static async Task<string?> ThereAsync(KafkaProbe probe, ShoeSettings settings, DateTimeOffset after, long shoes, CancellationToken cancellation)
    {
        if (!MayExceed(shoes))
            return null;

        var seen = await probe.LookAsync(LongestQuestion, cancellation);
        return ClientLibrary.IsMock(seen.ClusterId) ? Notice(settings, after, seen.Partitions, shoes, "shoes broker --keep") : null;
    }

    private static bool MayExceed(long shoes) => shoes * LargestShoe > PartitionMemory.Most;

    private static string? Notice(ShoeSettings settings, DateTimeOffset after, int partitions, long shoes, string option)
    {
        var bytes = Bytes(settings, after, partitions);
        var kept = PartitionMemory.KeptIn(partitions, bytes.LargestKey);
        var keptShoes = (long)(kept / bytes.PerShoe);
        if (shoes <= keptShoes)
            return null;

        var needed = Needed(settings, after, partitions, shoes);
        // More partitions do not help shoes that all come to one.
        var isOneKeyTooMuch = needed * bytes.LargestKey > PartitionMemory.Most;
        return $"The embedded brokers keep {Quantity.OfBytes(About(kept))} in {Quantity.Of(partitions, "partition")}, about {Quantity.Of(About(keptShoes))} of {Quantity.Of(shoes, "shoe")}, and drop the oldest. "
            + $"To keep all: {(isOneKeyTooMuch ? "KAFKA_MESSAGE_KEY=none or id, and " : "")}{option} {(needed + Step - 1) / Step * (Step / 1_000_000)}MB";
    }

    /// <summary>In bytes. Shoes with keys come in the smaller batches the more partitions there are, and so take more.</summary>
    private static long Needed(ShoeSettings settings, DateTimeOffset after, int partitions, long shoes)
    {
        while (true)
        {
            var needed = (long)(shoes * Bytes(settings, after, partitions).PerShoe * Spare);
            if (PartitionMemory.PartitionsFor(needed) is var wanted && wanted <= partitions)
                return needed;
            partitions = wanted;
        }
    }

    /// <summary>To two digits: no more is known.</summary>
    private static long About(long number)
    {
        var step = (long)Math.Pow(10, Math.Max(0, (int)Math.Log10(Math.Max(1, number)) - 1));
        return number / step * step;
    }

    private static BytesOnTopic Bytes(ShoeSettings settings, DateTimeOffset after, int partitions)
    {
        var tick = settings.Ticks.Schedule.Next(after) ?? Tick.At(after);
        return BytesOnTopic.Of(new ShoeGenerator(settings.Ticks.Seed), tick, settings.Ticks.Schedule.ShoesIn(tick), settings.Kafka, partitions);
    }
}
