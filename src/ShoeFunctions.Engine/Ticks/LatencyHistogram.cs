using System.Globalization;
using System.Numerics;

namespace ShoeFunctions.Engine.Ticks;

/// <summary>Counts durations in microseconds, exact below 32 µs and within 1/16 above, in 8 KB however many there are.</summary>
/// <remarks>Each power of two is split into sixteen equal parts, as HdrHistogram does. For one thread at a time.</remarks>
public sealed class LatencyHistogram
{
    private const int SubBucketBits = 4;

    private readonly long[] _counts = new long[64 << SubBucketBits];
    private long _total;
    private long _max;

    /// <summary>Counts one duration.</summary>
    public void Record(TimeSpan duration)
    {
        var microseconds = Math.Max(0, duration.Ticks / TimeSpan.TicksPerMicrosecond);
        _counts[Bucket(microseconds)]++;
        _total++;
        _max = Math.Max(_max, microseconds);
    }

    /// <summary>Counts all that another one has counted.</summary>
    public void Add(LatencyHistogram other)
    {
        for (var bucket = 0; bucket < _counts.Length; bucket++)
            _counts[bucket] += other._counts[bucket];
        _total += other._total;
        _max = Math.Max(_max, other._max);
    }

    /// <summary>
    /// It as a text: the longest duration in microseconds, and <c>bucket:count</c> for each bucket that is not empty, separated by blanks.
    /// A text of at most 16 KB, however many were counted.
    /// </summary>
    public override string ToString() => string.Join(' ', _counts.Select((count, bucket) => (count, bucket)).Where(each => each.count > 0)
        .Select(each => string.Create(CultureInfo.InvariantCulture, $"{each.bucket}:{each.count}")).Prepend(_max.ToString(CultureInfo.InvariantCulture)));

    /// <summary>The histogram of such a text.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public static LatencyHistogram Parse(string text)
    {
        var histogram = new LatencyHistogram();
        var words = text.Split(' ');
        histogram._max = Whole(words[0]);
        foreach (var word in words.Skip(1))
        {
            var (bucket, count) = word.Split(':') is [var first, var second] ? (Whole(first), Whole(second)) : throw new FormatException();
            if (bucket >= histogram._counts.Length)
                throw new FormatException();
            histogram._counts[bucket] += count;
            histogram._total += count;
        }

        return histogram;
    }

    private static long Whole(string text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : throw new FormatException();

    /// <summary>The longest duration, exact.</summary>
    public TimeSpan Max => TimeSpan.FromMicroseconds(_max);

    /// <summary>The duration that a share of all is not longer than; zero where nothing was counted.</summary>
    /// <param name="quantile">The share, from 0 to 1: 0.99 for p99.</param>
    public TimeSpan Quantile(double quantile)
    {
        var rank = Math.Max(1, (long)Math.Ceiling(quantile * _total));
        long seen = 0;
        for (var bucket = 0; bucket < _counts.Length; bucket++)
        {
            seen += _counts[bucket];
            if (seen >= rank)
                return TimeSpan.FromMicroseconds(Math.Min(UpperEnd(bucket), _max));
        }

        return TimeSpan.Zero;
    }

    private static int Bucket(long value)
    {
        var shift = Math.Max(0, BitOperations.Log2((ulong)value | 1) - SubBucketBits);
        return (shift << SubBucketBits) + (int)(value >> shift);
    }

    private static long UpperEnd(int bucket)
    {
        var shift = Math.Max(0, (bucket >> SubBucketBits) - 1);
        return ((bucket - ((long)shift << SubBucketBits) + 1) << shift) - 1;
    }
}
