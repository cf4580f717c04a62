using System.Globalization;
using ShoeFunctions.Engine.Ticks;

namespace ShoeFunctions.Engine.Planning;

/// <summary>What a rate is counted in: by the second, or by the tick.</summary>
/// <param name="Base">What the factor 1 comes to.</param>
/// <param name="Unit">Of what.</param>
public readonly record struct LoadScale(double Base, string Unit)
{
    /// <summary>That of a rate.</summary>
    public static LoadScale Of(ShoeRate rate) => rate switch
    {
        ShoeRate.Interval { Nanoseconds: var interval } => new(1e9 / interval, "shoes a second"),
        ShoeRate.Batch { Shoes: var shoes } => new(shoes, "shoes a tick"),
        _ => throw new ArgumentOutOfRangeException(nameof(rate)),
    };

    /// <summary>What a factor comes to, as people read it.</summary>
    public string Text(double factor) => Figure(factor * Base);

    /// <summary>A number as people read it: whole where it is large, and no more decimals than tell something.</summary>
    public static string Figure(double value) =>
        value.ToString(value >= 100 ? "N0" : value is >= 0.1 or 0 ? "0.##" : "0.######", CultureInfo.InvariantCulture);
}
