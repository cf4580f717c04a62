namespace ShoeFunctions.Engine.Ticks;

/// <summary>A part of a tick: so many of its shoes, from one of them on.</summary>
/// <param name="Tick">The tick.</param>
/// <param name="First">The index of the first shoe, from 0.</param>
/// <param name="Count">How many shoes.</param>
public readonly record struct Chunk(Tick Tick, int First, int Count)
{
    /// <summary>The parts of a tick, in order; all but the last have the same size.</summary>
    /// <param name="tick">The tick.</param>
    /// <param name="shoes">How many shoes it has.</param>
    /// <param name="size">How many shoes a part has.</param>
    public static IEnumerable<Chunk> Of(Tick tick, int shoes, int size)
    {
        for (long first = 0; first < shoes; first += size)
            yield return new Chunk(tick, (int)first, (int)Math.Min(size, shoes - first));
    }
}
