using ShoeFunctions.Engine.Shoes;

namespace ShoeFunctions.Engine.Tests.Shoes;

public sealed class SplitMix64Tests
{
    [Fact]
    public void It_gives_the_numbers_of_the_reference_implementation()
    {
        // The first outputs of Vigna's splitmix64.c for the state 1234567.
        var random = new SplitMix64(1234567);
        Assert.Equal(
            [6457827717110365317, 3203168211198807973, 9817491932198370423, 4593380528125082431, 16408922859458223821],
            Enumerable.Range(0, 5).Select(_ => random.Next()));
    }

    [Fact]
    public void Below_stays_below_and_reaches_every_number()
    {
        var random = new SplitMix64(0);
        var seen = Enumerable.Range(0, 10_000).Select(_ => random.Below(51)).ToHashSet();
        Assert.Equal(Enumerable.Range(0, 51).Select(number => (uint)number), seen.Order());
    }
}
