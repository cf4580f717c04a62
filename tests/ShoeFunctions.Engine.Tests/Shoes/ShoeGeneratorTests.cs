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
        { 0, 1795442410, 0, "Skechers", "Arch Fit", 8699, 35 },
        { 0, 1795442410, 1, "New Balance", "1906R", 16695, 46 },
        { 0, 1795442410, 2, "ASICS", "Gel-Kayano 31", 15299, 43 },
        { 0, 1795442410, 1048575, "Nike", "Dunk Low", 10199, 44 },
        { 42, 1795442410, 0, "On", "Cloudstratus 3", 17195, 41 },
        { -1, 1, 0, "Reebok", "Nano X4", 12399, 45 },
        { 9223372036854775807, 4102444800, 77, "Puma", "Cali Star", 6999, 46 },
        { 0, 0, 0, "Adidas", "Samba OG", 9099, 41 },
        { 0, 1795442410, 10, "Reebok", "Nano X4", 13899, 13 },
        { 0, 1795442410, 526, "Vans", "Knu Skool", 6995, 0 },
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
        Assert.InRange(ManyShoes.Take(1000).Zip(others, (one, other) => one == other).Count(same => same), 0, 10);
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
    public void A_price_lies_in_its_models_band_and_ends_as_shops_end_it() =>
        Assert.All(ManyShoes, shoe =>
        {
            Assert.InRange(shoe.PriceCents, shoe.Model.LowPrice * 100, shoe.Model.HighPrice * 100);
            Assert.Contains(shoe.PriceCents % 100, new[] { 99, 95, 50, 0, 97 });
        });

    [Fact]
    public void Half_of_the_prices_end_in_99_and_a_quarter_in_95()
    {
        Assert.Equal(0.5, Share(shoe => shoe.PriceCents % 100 == 99), 0.01);
        Assert.Equal(0.25, Share(shoe => shoe.PriceCents % 100 == 95), 0.01);
    }

    [Fact]
    public void Ratings_go_from_0_to_5_in_tenths_and_most_lie_between_3_5_and_4_8()
    {
        Assert.All(ManyShoes, shoe => Assert.InRange(shoe.RatingTenths, 0, 50));
        Assert.InRange(Share(shoe => shoe.RatingTenths is >= 35 and <= 48), 0.85, 0.97);
        Assert.Equal(51, ManyShoes.Select(shoe => shoe.RatingTenths).Distinct().Count());
        Assert.InRange(ManyShoes.Average(shoe => shoe.RatingTenths), 42.0, 44.5);
    }

    [Fact]
    public void Each_brand_comes_as_often_as_its_weight_says() =>
        Assert.All(ShoeCatalogue.Brands, brand =>
            Assert.Equal(brand.Weight / 100.0, Share(shoe => shoe.Model.Brand == brand.Name), 0.005));

    [Fact]
    public void Each_model_of_a_brand_comes_as_often_as_the_others()
    {
        var nike = ShoeCatalogue.Brands.Single(brand => brand.Name == "Nike");
        Assert.All(nike.Models, model =>
            Assert.Equal(0.22 / nike.Models.Length, Share(shoe => shoe.Model == model), 0.003));
    }

    [Fact]
    public void The_next_tick_has_other_shoes()
    {
        var next = new ShoeGenerator(0).Shoes(new Tick(SomeTick.UnixSeconds + 1), 1000).Select(shoe => (shoe.Model, shoe.PriceCents, shoe.RatingTenths));
        Assert.InRange(ManyShoes.Zip(next, (one, other) => (one.Model, one.PriceCents, one.RatingTenths) == other).Count(same => same), 0, 10);
    }

    private static double Share(Func<GeneratedShoe, bool> condition) => ManyShoes.Count(condition) / (double)Many;
}
