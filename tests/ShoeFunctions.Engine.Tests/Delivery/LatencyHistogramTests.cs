using CsCheck;
using ShoeFunctions.Engine.Delivery;

namespace ShoeFunctions.Engine.Tests.Delivery;

public sealed class LatencyHistogramTests
{
    [Fact]
    public void A_quantile_is_within_a_sixteenth_of_the_exact_one() =>
        Gen.Select(Gen.Long[0, 1L << 40].Array[1, 200], Gen.Double[0, 1]).Sample((microseconds, quantile) =>
        {
            var histogram = new LatencyHistogram();
            foreach (var value in microseconds)
                histogram.Record(TimeSpan.FromMicroseconds(value));

            var exact = microseconds.Order().ElementAt(Math.Max(0, (int)Math.Ceiling(quantile * microseconds.Length) - 1));
            Assert.InRange(histogram.Quantile(quantile).TotalMicroseconds, exact, exact + exact / 16.0);
            Assert.Equal(microseconds.Max(), histogram.Max.TotalMicroseconds);
        });

    [Fact]
    public void Nothing_counted_has_no_latency() => Assert.Equal(TimeSpan.Zero, new LatencyHistogram().Quantile(0.99));
}
