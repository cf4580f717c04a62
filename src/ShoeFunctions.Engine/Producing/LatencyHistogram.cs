using System.Numerics;

namespace ShoeFunctions.Engine.Producing;

/// <summary>Counts durations in microseconds, exact below 32 µs and within 1/16 above, in 8 KB however many there are.</summary>
/// <remarks>Each power of two is split into sixteen equal parts, as HdrHistogram does. Safe for several threads.</remarks>
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
        Interlocked.Increment(ref _counts[Bucket(microseconds)]);
        Interlocked.Increment(ref _total);
        for (var max = Interlocked.Read(ref _max); microseconds > max;)
            max = Interlocked.CompareExchange(ref _max, microseconds, max) is var seen && seen == max ? microseconds : seen;
    }

    /// <summary>The longest duration, exact.</summary>
    public TimeSpan Max => TimeSpan.FromMicroseconds(Interlocked.Read(ref _max));

    /// <summary>The duration that a share of all is not longer than; zero where nothing was counted.</summary>
    /// <param name="quantile">The share, from 0 to 1: 0.99 for p99.</param>
    public TimeSpan Quantile(double quantile)
    {
        var rank = Math.Max(1, (long)Math.Ceiling(quantile * Interlocked.Read(ref _total)));
        long seen = 0;
        for (var bucket = 0; bucket < _counts.Length; bucket++)
        {
            seen += Interlocked.Read(ref _counts[bucket]);
            if (seen >= rank)
                return TimeSpan.FromMicroseconds(Math.Min(UpperEnd(bucket), Interlocked.Read(ref _max)));
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
