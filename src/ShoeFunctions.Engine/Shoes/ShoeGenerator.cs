using ShoeFunctions.Engine.Ticks;

namespace ShoeFunctions.Engine.Shoes;

/// <summary>Makes the shoes of a tick: a pure function of (seed, tick, index), in whole-number arithmetic.</summary>
/// <remarks>
/// Each shoe has a <see cref="SplitMix64"/> of its own, whose state begins at Mix(Mix(seed + Gamma) XOR id). Its numbers
/// decide the brand and then its model; what a model costs and how it is rated is that of the tick's day, see
/// <see cref="DayOffers"/>.
/// </remarks>
public sealed class ShoeGenerator(long seed)
{
    private readonly ulong _seed = SplitMix64.Mix(unchecked((ulong)seed + SplitMix64.Gamma));

    /// <summary>Those of the day that was asked for last.</summary>
    private DayOffers? _offers;

    /// <summary>What makes the shoes of a seed: this one, where it is its own.</summary>
    public ShoeGenerator For(long otherSeed) => otherSeed == seed ? this : new ShoeGenerator(otherSeed);

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
        var (priceCents, ratingTenths) = OffersOf(tick)[model];
        return new GeneratedShoe(id, model, priceCents, ratingTenths);
    }

    private DayOffers OffersOf(Tick tick)
    {
        var day = DayOffers.DayOf(tick);
        var known = _offers;
        return known?.Day == day ? known : _offers = new DayOffers(_seed, day);
    }
}
