using System.Collections.Immutable;

namespace ShoeFunctions.Engine.Shoes;

/// <summary>A brand with its models.</summary>
/// <param name="Name">The brand's name, for example "Nike".</param>
/// <param name="Weight">How many shoes out of a hundred are of this brand.</param>
/// <param name="Models">Its models, the most popular first.</param>
public sealed record ShoeBrand(string Name, int Weight, ImmutableArray<ShoeModel> Models);
