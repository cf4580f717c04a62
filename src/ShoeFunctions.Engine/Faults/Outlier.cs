using Main;
using ShoeFunctions.Engine.Shoes;

namespace ShoeFunctions.Engine.Faults;

/// <summary>A value that no shoe has, in one of its fields. The record's headers and key are the shoe's all the same.</summary>
public enum Outlier
{
    /// <summary>The price is 0.</summary>
    FreePrice,

    /// <summary>The price is less than 0.</summary>
    NegativePrice,

    /// <summary>The price is a thousand times the shoe's.</summary>
    HighPrice,

    /// <summary>The price is not a number.</summary>
    NoPrice,

    /// <summary>The rating is 11 stars.</summary>
    HighRating,

    /// <summary>The brand is empty.</summary>
    NoBrand,

    /// <summary>The name has 10,000 characters.</summary>
    LongName,
}

/// <summary>What the outliers are.</summary>
public static class Outliers
{
    private const int LongNameLength = 10_000;

    /// <summary>How many there are.</summary>
    internal const int Count = 7;

    /// <summary>The message of a shoe with the outlier in it.</summary>
    public static Shoe Of(in GeneratedShoe shoe, Outlier outlier)
    {
        var message = shoe.ToMessage();
        switch (outlier)
        {
            case Outlier.FreePrice:
                message.SalePrice = 0;
                break;
            case Outlier.NegativePrice:
                message.SalePrice = -message.SalePrice;
                break;
            case Outlier.HighPrice:
                message.SalePrice = shoe.PriceCents * 10.0;
                break;
            case Outlier.NoPrice:
                message.SalePrice = double.NaN;
                break;
            case Outlier.HighRating:
                message.Rating = 11;
                break;
            case Outlier.NoBrand:
                message.Brand = "";
                break;
            case Outlier.LongName:
                message.Name = string.Concat(Enumerable.Repeat($"{message.Name} ", LongNameLength / message.Name.Length + 1))[..LongNameLength];
                break;
        }

        return message;
    }

    /// <summary>Which field it is in, as the schema names it, and what that holds: a number or a text.</summary>
    public static (string Field, object Value) Describe(in GeneratedShoe shoe, Outlier outlier)
    {
        var message = Of(shoe, outlier);
        return outlier switch
        {
            Outlier.HighRating => ("rating", message.Rating),
            Outlier.NoBrand => ("brand", message.Brand),
            Outlier.LongName => ("name", message.Name),
            _ => ("sale_price", message.SalePrice),
        };
    }
}
