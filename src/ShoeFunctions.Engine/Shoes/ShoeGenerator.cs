using System.Numerics;
using ShoeFunctions.Engine.Ticks;

namespace ShoeFunctions.Engine.Shoes;

/// <summary>Makes the shoes of a tick: a pure function of (seed, tick, index), in whole-number arithmetic.</summary>
/// <remarks>
/// Each shoe has a <see cref="SplitMix64"/> of its own, whose state begins at Mix(Mix(seed + Gamma) XOR id). Its
/// numbers decide, in this order: the brand and its model, the whole dollars, the cents, the rating.
/// </remarks>
public sealed class ShoeGenerator(long seed)
{
    /// <summary>How shops end a price, in cents, each as often as it stands here out of sixteen.</summary>
    private static ReadOnlySpan<byte> PriceEndings => [99, 99, 99, 99, 99, 99, 99, 99, 95, 95, 95, 95, 50, 50, 0, 97];

    /// <summary>One rating in so many is any number of stars at all: a delighted or a disappointed customer.</summary>
    private const uint OneInStrayRatings = 24;

    private readonly ulong _seed = SplitMix64.Mix(unchecked((ulong)seed + SplitMix64.Gamma));

    /// <summary>The shoes of a tick, one after the other, each made when it is asked for.</summary>
    /// <param name="tick">The tick.</param>
    /// <param name="count">How many shoes, at most <see cref="Tick.MaxShoes"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">The count is negative or above <see cref="Tick.MaxShoes"/>.</exception>
    public IEnumerable<GeneratedShoe> Shoes(Tick tick, int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, Tick.MaxShoes);
        return Enumerable.Range(0, count).Select(index => Shoe(tick, index));
    }

    /// <summary>One shoe of a tick.</summary>
    /// <param name="tick">The tick.</param>
    /// <param name="index">Which of its shoes, from 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">The index is negative or not below <see cref="Tick.MaxShoes"/>.</exception>
    public GeneratedShoe Shoe(Tick tick, int index)
    {
        var id = tick.ShoeId(index);
        var random = new SplitMix64(SplitMix64.Mix(_seed ^ (ulong)id));
        var model = ShoeCatalogue.Choose(ref random);
        return new GeneratedShoe(id, model, Price(model, ref random), Rating(model, ref random));
    }

    /// <summary>Whole dollars evenly within the model's band, cents as shops use them.</summary>
    private static int Price(ShoeModel model, ref SplitMix64 random)
    {
        var dollars = model.LowPrice + (int)random.Below((uint)(model.HighPrice - model.LowPrice));
        return dollars * 100 + PriceEndings[(int)random.Below((uint)PriceEndings.Length)];
    }

    /// <summary>
    /// The model's typical rating plus the number of ones in 32 random bits less 16: bell-shaped, with a standard
    /// deviation of 2.8 tenths; one in <see cref="OneInStrayRatings"/> anywhere from 0.0 to 5.0.
    /// </summary>
    private static int Rating(ShoeModel model, ref SplitMix64 random)
    {
        var bits = random.Next();
        return bits >> 32 < (1UL << 32) / OneInStrayRatings
            ? (int)random.Below(51)
            : Math.Clamp(model.TypicalRating + BitOperations.PopCount((uint)bits) - 16, 0, 50);
    }
}
