using System.Numerics;

namespace ShoeFunctions.Engine.Delivery;

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
