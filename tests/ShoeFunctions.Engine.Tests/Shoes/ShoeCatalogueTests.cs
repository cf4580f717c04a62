using ShoeFunctions.Engine.Shoes;

namespace ShoeFunctions.Engine.Tests.Shoes;

public sealed class ShoeCatalogueTests
{
    [Fact]
    public void It_has_at_least_twelve_brands_with_at_least_eight_models_each()
    {
        Assert.True(ShoeCatalogue.Brands.Length >= 12);
        Assert.All(ShoeCatalogue.Brands, brand => Assert.True(brand.Models.Length >= 8, brand.Name));
        Assert.Equal(ShoeCatalogue.Brands.Length, ShoeCatalogue.Brands.DistinctBy(brand => brand.Name).Count());
    }

    [Fact]
    public void The_weights_are_shares_of_a_hundred() => Assert.Equal(100, ShoeCatalogue.Brands.Sum(brand => brand.Weight));

    [Fact]
    public void Every_model_is_a_model_of_its_brand_with_a_price_and_a_rating() =>
        Assert.All(ShoeCatalogue.Brands, brand =>
        {
            Assert.Equal(brand.Models.Length, brand.Models.DistinctBy(model => model.Name).Count());
            Assert.All(brand.Models, model =>
            {
                Assert.Equal(brand.Name, model.Brand);
                Assert.InRange(model.ListCents, 50_00, 300_00);
                Assert.InRange(model.TypicalRating, 31, 48);
            });
        });

    [Fact]
    public void A_models_number_is_its_place() => Assert.Equal(Enumerable.Range(0, ShoeCatalogue.Models.Length), ShoeCatalogue.Models.Select(model => model.Number));
}
