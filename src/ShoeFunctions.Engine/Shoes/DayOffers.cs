using System.Numerics;
using ShoeFunctions.Engine.Ticks;

namespace ShoeFunctions.Engine.Shoes;

/// <summary>What each model costs on one day, and how it is rated: a pure function of seed, day and model.</summary>
/// <remarks>
/// Each model's day has a <see cref="SplitMix64"/> of its own, whose state begins at
/// Mix(Mix(seed + Gamma) XOR NOT (number &lt;&lt; 32 | day)); no shoe has it, for ids are not negative. Its first number
/// decides the discount. Ratings follow from the months: a month is thirty days, and its state begins likewise at
/// Mix(Mix(seed + Gamma) XOR NOT (number &lt;&lt; 32 | 1 &lt;&lt; 31 | month)).
/// </remarks>
internal sealed class DayOffers
{
    private const int SecondsADay = 86_400;
    private const int DaysAMonth = 30;

    /// <summary>Of a hundred days so many have the discount in percent; all others have none.</summary>
    private static readonly (int Days, int Percent)[] Discounts = [(10, 10), (5, 20), (3, 30), (2, 40)];

    private readonly (int PriceCents, int RatingTenths)[] _offers;

    /// <summary>The offers of a day.</summary>
    /// <param name="seed">The seed, mixed.</param>
    /// <param name="day">The day, as of <see cref="DayOf"/>.</param>
    public DayOffers(ulong seed, long day)
    {
        Day = day;
        _offers = new (int, int)[ShoeCatalogue.Models.Length];
        foreach (var model in ShoeCatalogue.Models)
            _offers[model.Number] = (Price(model, seed, day), Rating(model, seed, day));
    }

    /// <summary>Whole days since 1970-01-01, UTC.</summary>
    public long Day { get; }

    /// <summary>What a model costs, in US cents, and its rating, in tenths of a star.</summary>
    public (int PriceCents, int RatingTenths) this[ShoeModel model] => _offers[model.Number];

    /// <summary>The day of a tick.</summary>
    public static long DayOf(Tick tick) => tick.UnixSeconds / SecondsADay;

    /// <summary>The list price, or that less the day's discount: whole dollars rounded down, less a cent, or three from 30 % on.</summary>
    private static int Price(ShoeModel model, ulong seed, long day)
    {
        var drawn = (int)Random(model, seed, day).Below(100);
        foreach (var (days, percent) in Discounts)
        {
            if (drawn < days)
                return model.ListCents * (100 - percent) / 10_000 * 100 - (percent >= 30 ? 3 : 1);
            drawn -= days;
        }

        return model.ListCents;
    }

    /// <summary>
    /// The model's typical rating plus a drift of at most three tenths, which goes in a straight line from one month's to
    /// the next's, rounded down.
    /// </summary>
    private static int Rating(ShoeModel model, ulong seed, long day)
    {
        var (month, into) = Math.DivRem(day, DaysAMonth);
        var drift = Drift(model, seed, month) * (DaysAMonth - (int)into) + Drift(model, seed, month + 1) * (int)into;
        return model.TypicalRating - 3 + drift / DaysAMonth;
    }

    /// <summary>How many of six bits are one: bell-shaped, 0 to 6.</summary>
    private static int Drift(ShoeModel model, ulong seed, long month) => BitOperations.PopCount(Random(model, seed, 1L << 31 | month).Next() & 0x3F);

    private static SplitMix64 Random(ShoeModel model, ulong seed, long time) => new(SplitMix64.Mix(seed ^ ~((ulong)model.Number << 32 | (ulong)time)));
}
