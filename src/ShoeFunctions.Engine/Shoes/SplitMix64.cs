namespace ShoeFunctions.Engine.Shoes;

/// <summary>
/// SplitMix64: a small, fast, portable generator of 64-bit numbers, whose whole state is one number.
/// </summary>
/// <remarks>
/// Source: Steele, Lea, Flood, "Fast Splittable Pseudorandom Number Generators" (OOPSLA 2014), in the variant
/// of Vigna's public-domain splitmix64.c. Unsigned 64-bit integer arithmetic only, so any language can repeat it.
/// </remarks>
public struct SplitMix64(ulong state)
{
    /// <summary>The odd integer nearest to 2^64 divided by the golden ratio: the step of the state.</summary>
    public const ulong Gamma = 0x9E3779B97F4A7C15;

    private ulong _state = state;

    /// <summary>The next number: the state steps by <see cref="Gamma"/> and is mixed.</summary>
    public ulong Next() => Mix(_state += Gamma);

    /// <summary>
    /// The next number in [0, <paramref name="bound"/>): the upper half of the 128-bit product of
    /// <see cref="Next"/> and the bound. For bounds below 2^20 its bias is below 2^-44.
    /// </summary>
    public uint Below(uint bound) => (uint)Math.BigMul(Next(), bound, out _);

    /// <summary>The mixing function: a bijection on 64-bit numbers.</summary>
    public static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
