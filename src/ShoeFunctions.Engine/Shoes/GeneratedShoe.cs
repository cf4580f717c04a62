using Main;
using ShoeFunctions.Engine.Ticks;

namespace ShoeFunctions.Engine.Shoes;

/// <summary>One shoe as the generator makes it: whole numbers only, nothing on the heap.</summary>
/// <param name="Id">The shoe's id; see <see cref="Tick.ShoeId"/>.</param>
/// <param name="Model">Brand and name.</param>
/// <param name="PriceCents">The sale price in US cents.</param>
/// <param name="RatingTenths">The customers' rating in tenths of a star, 0 to 50.</param>
public readonly record struct GeneratedShoe(long Id, ShoeModel Model, int PriceCents, int RatingTenths)
{
    /// <summary>The sale price in US dollars: the double nearest to the whole cents.</summary>
    public double SalePrice => PriceCents / 100.0;

    /// <summary>The rating in stars, 0.0 to 5.0: the double nearest to the tenths.</summary>
    public double Rating => RatingTenths / 10.0;

    /// <summary>The same shoe as the Protobuf message of the public schema.</summary>
    public Shoe ToMessage() => new()
    {
        Id = Id,
        Brand = Model.Brand,
        Name = Model.Name,
        SalePrice = SalePrice,
        Rating = Rating,
    };
}
