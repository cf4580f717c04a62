using CsCheck;
using ShoeFunctions.Engine.Ticks;

namespace ShoeFunctions.Engine.Tests.Ticks;

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
    public void Two_put_together_are_one_of_all_and_its_text_is_the_same_again() =>
        Gen.Select(Gen.Long[0, 1L << 40].Array[0, 50], Gen.Long[0, 1L << 40].Array[0, 50]).Sample((some, others) =>
        {
            static LatencyHistogram Of(IEnumerable<long> all)
            {
                var histogram = new LatencyHistogram();
                foreach (var value in all)
                    histogram.Record(TimeSpan.FromMicroseconds(value));
                return histogram;
            }

            var (together, sum) = (Of(some.Concat(others)), Of(some));
            sum.Add(LatencyHistogram.Parse(Of(others).ToString()));
            Assert.Equal((together.ToString(), together.Max, together.Quantile(0.5)), (sum.ToString(), sum.Max, sum.Quantile(0.5)));
        });

    [Theory]
    [InlineData("")]
    [InlineData("-1")]
    [InlineData("5 3")]
    [InlineData("5 3:")]
    [InlineData("5 1024:1")]
    [InlineData("5 3:1 ")]
    public void What_is_no_text_of_one_is_refused(string text) => Assert.Throws<FormatException>(() => LatencyHistogram.Parse(text));

    [Fact]
    public void Below_32_microseconds_it_is_exact()
    {
        var histogram = new LatencyHistogram();
        for (var value = 0; value < 32; value++)
            histogram.Record(TimeSpan.FromMicroseconds(value));
        // Nothing is said to be longer than the longest, which would hide an end that is too high.
        histogram.Record(TimeSpan.FromSeconds(1));
        Assert.Equal(Enumerable.Range(0, 32), Enumerable.Range(0, 32).Select(value => (int)histogram.Quantile((value + 0.5) / 33).TotalMicroseconds));
    }

    [Fact]
    public void Nothing_counted_has_no_latency() => Assert.Equal(TimeSpan.Zero, new LatencyHistogram().Quantile(0.99));
}
