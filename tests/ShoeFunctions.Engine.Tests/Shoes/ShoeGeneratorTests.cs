using CsCheck;
using ShoeFunctions.Engine.Shoes;
using ShoeFunctions.Engine.Ticks;

namespace ShoeFunctions.Engine.Tests.Shoes;

public sealed class ShoeGeneratorTests
{
    private const int Many = 200_000;

    private static readonly Tick SomeTick = Tick.At(new DateTimeOffset(2026, 11, 23, 14, 0, 10, TimeSpan.Zero));
    private static readonly GeneratedShoe[] ManyShoes = [.. new ShoeGenerator(0).Shoes(SomeTick, Many)];

    [Theory]
    // Computed by an independent implementation of the documented steps in another language.
    [MemberData(nameof(Golden))]
    public void Shoes_follow_from_seed_tick_and_index_in_any_language(long seed, long tick, int index, string brand, string name, int cents, int tenths)
    {
        var shoe = new ShoeGenerator(seed).Shoe(new Tick(tick), index);
        Assert.Equal((brand, name, cents, tenths), (shoe.Model.Brand, shoe.Model.Name, shoe.PriceCents, shoe.RatingTenths));
    }

    public static TheoryData<long, long, int, string, string, int, int> Golden => new()
    {
        { 0, 1795442410, 0, "Skechers", "Go Walk 7", 7500, 42 },
        { 0, 1795442410, 1, "New Balance", "990v6", 17999, 47 },
        { 0, 1795442410, 2, "ASICS", "Gel-Kayano 31", 15000, 45 },
        { 0, 1795442410, 1048575, "Nike", "Air Max 90", 13000, 44 },
        { 42, 1795442410, 0, "On", "Cloudsurfer", 14999, 43 },
        { -1, 1, 0, "Reebok", "Club C 85", 8000, 45 },
        { 9223372036854775807, 4102444800, 77, "Puma", "Deviate Nitro 3", 13499, 44 },
        { 0, 0, 0, "Adidas", "Superstar", 9000, 47 },
        { 0, 1795528810, 0, "Puma", "Deviate Nitro 3", 11999, 43 },
        { 0, 1795960810, 15, "Vans", "Old Skool", 4197, 47 },
    };

    [Fact]
    public void A_tick_produced_twice_has_the_same_shoes() =>
        Gen.Select(Gen.Long, Gen.Int[0, int.MaxValue], Gen.Int[0, Tick.MaxShoes - 1]).Sample((seed, tick, index) =>
            new ShoeGenerator(seed).Shoe(new Tick(tick), index) == new ShoeGenerator(seed).Shoe(new Tick(tick), index));

    [Fact]
    public void Another_seed_makes_other_shoes_with_the_same_ids()
    {
        var others = new ShoeGenerator(1).Shoes(SomeTick, 1000).ToArray();
        Assert.Equal(ManyShoes.Take(1000).Select(shoe => shoe.Id), others.Select(shoe => shoe.Id));
        Assert.InRange(ManyShoes.Take(1000).Zip(others, (one, other) => one == other).Count(same => same), 0, 100);
    }

    [Fact]
    public void The_shoes_stream_so_that_a_full_tick_costs_nothing_before_it_is_read()
    {
        // First, because the first use of it makes this class's many shoes.
        var tick = SomeTick;
        var before = GC.GetAllocatedBytesForCurrentThread();
        using var shoes = new ShoeGenerator(0).Shoes(tick, Tick.MaxShoes).GetEnumerator();
        while (shoes.MoveNext())
        {
        }

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1_000_000);
    }

    [Fact]
    public void More_shoes_than_a_tick_holds_are_refused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new ShoeGenerator(0).Shoes(SomeTick, Tick.MaxShoes + 1));

    [Fact]
    public void A_model_has_one_price_and_one_rating_a_day() =>
        Assert.All(ManyShoes.GroupBy(shoe => shoe.Model), shoes => Assert.Single(shoes.Select(shoe => (shoe.PriceCents, shoe.RatingTenths)).Distinct()));

    [Fact]
    public void A_day_begins_at_midnight_UTC()
    {
        var midnight = Tick.At(new DateTimeOffset(2026, 11, 24, 0, 0, 0, TimeSpan.Zero));
        var (before, after) = (Offers(new Tick(midnight.UnixSeconds - 1)), Offers(midnight));
        Assert.Equal(Offers(SomeTick), before);
        Assert.NotEqual(after, before);
        Assert.Equal(after, Offers(new Tick(midnight.UnixSeconds + 86_399)));

        static (int, int)[] Offers(Tick tick)
        {
            var offers = new DayOffers(SplitMix64.Mix(SplitMix64.Gamma), DayOffers.DayOf(tick));
            return [.. ShoeCatalogue.Models.Select(model => offers[model])];
        }
    }

    [Fact]
    public void On_four_days_of_five_a_model_has_its_list_price_and_else_it_is_10_to_40_percent_off()
    {
        Assert.All(Days, day => Assert.InRange(day.PriceCents, day.Model.ListCents * 0.58, day.Model.ListCents));
        Assert.Equal(0.80, ShareOfDays(day => day.PriceCents == day.Model.ListCents), 0.01);
        Assert.Equal(0.10, ShareOfDays(day => Off(day) is > 0 and < 0.15), 0.01);
        Assert.Equal(0.05, ShareOfDays(day => Off(day) is >= 0.15 and < 0.25), 0.01);
        Assert.Equal(0.03, ShareOfDays(day => Off(day) is >= 0.25 and < 0.35), 0.01);
        Assert.Equal(0.02, ShareOfDays(day => Off(day) >= 0.35), 0.01);

        static double Off((ShoeModel Model, long Day, int PriceCents, int RatingTenths) day) => 1 - day.PriceCents / (double)day.Model.ListCents;
    }

    [Fact]
    public void A_price_ends_as_shops_end_it() =>
        Assert.All(Days, day => Assert.Contains(day.PriceCents % 100, day.PriceCents == day.Model.ListCents ? new[] { 0, 95, 99 } : [99, 97]));

    [Fact]
    public void A_rating_is_near_its_models_own_and_drifts_slowly()
    {
        Assert.All(Days, day => Assert.InRange(day.RatingTenths - day.Model.TypicalRating, -3, 3));
        foreach (var days in Days.GroupBy(day => day.Model))
        {
            Assert.All(days.Zip(days.Skip(1)), pair => Assert.InRange(pair.Second.RatingTenths - pair.First.RatingTenths, -1, 1));
            Assert.InRange(days.Select(day => day.RatingTenths).Distinct().Count(), 2, 7);
        }
    }

    [Fact]
    public void Few_ratings_are_below_3_and_dearer_shoes_are_rated_a_little_better()
    {
        Assert.InRange(ManyShoes.Average(shoe => shoe.RatingTenths), 42.0, 45.0);
        Assert.InRange(ShareOfDays(day => day.RatingTenths < 30), 0.001, 0.03);
        var (price, rating) = (Days.Average(day => day.PriceCents), Days.Average(day => day.RatingTenths));
        var together = Days.Average(day => (day.PriceCents - price) * (day.RatingTenths - rating))
            / Math.Sqrt(Days.Average(day => Math.Pow(day.PriceCents - price, 2)) * Days.Average(day => Math.Pow(day.RatingTenths - rating, 2)));
        Assert.InRange(together, 0.1, 0.6);
    }

    [Fact]
    public void Each_brand_comes_as_often_as_its_weight_says() =>
        Assert.All(ShoeCatalogue.Brands, brand =>
            Assert.Equal(brand.Weight / 100.0, Share(shoe => shoe.Model.Brand == brand.Name), 0.005));

    [Fact]
    public void The_models_of_a_brand_come_as_often_as_their_weights_say_the_first_most()
    {
        foreach (var brand in ShoeCatalogue.Brands)
        {
            var weights = (double)brand.Models.Sum(model => model.Weight);
            Assert.Equal(brand.Models.OrderByDescending(model => model.Weight), brand.Models);
            Assert.All(brand.Models, model => Assert.Equal(brand.Weight / 100.0 * model.Weight / weights, Share(shoe => shoe.Model == model), 0.003));
        }
    }

    [Fact]
    public void A_fifth_of_the_models_is_half_of_the_shoes()
    {
        var shares = ManyShoes.GroupBy(shoe => shoe.Model).Select(shoes => shoes.Count() / (double)Many).OrderDescending().ToArray();
        Assert.InRange(shares.Take(ShoeCatalogue.Models.Length / 5).Sum(), 0.5, 0.8);
        Assert.InRange(shares[0] / shares[^1], 100, double.MaxValue);
    }

    [Fact]
    public void The_next_tick_has_other_shoes()
    {
        var next = new ShoeGenerator(0).Shoes(new Tick(SomeTick.UnixSeconds + 1), 1000).Select(shoe => shoe.Model);
        Assert.InRange(ManyShoes.Zip(next, (one, other) => one.Model == other).Count(same => same), 0, 100);
    }

    /// <summary>What every model costs and how it is rated, for 400 days.</summary>
    private static readonly (ShoeModel Model, long Day, int PriceCents, int RatingTenths)[] Days =
    [
        .. Enumerable.Range(20_000, 400).Select(day => new DayOffers(7, day)).SelectMany(offers =>
            ShoeCatalogue.Models.Select(model => (model, offers.Day, offers[model].PriceCents, offers[model].RatingTenths))),
    ];

    private static double ShareOfDays(Func<(ShoeModel Model, long Day, int PriceCents, int RatingTenths), bool> condition) => Days.Count(condition) / (double)Days.Length;

    private static double Share(Func<GeneratedShoe, bool> condition) => ManyShoes.Count(condition) / (double)Many;
}
