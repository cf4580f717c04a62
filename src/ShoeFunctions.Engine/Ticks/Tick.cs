using System.Globalization;

namespace ShoeFunctions.Engine.Ticks;

/// <summary>One occurrence of the schedule, named by its UTC time.</summary>
/// <param name="UnixSeconds">Whole seconds since 1970-01-01T00:00:00Z.</param>
public readonly record struct Tick(long UnixSeconds) : IComparable<Tick>
{
    /// <summary>How many bits of a shoe's id are its index within the tick.</summary>
    private const int IndexBits = 20;

    /// <summary>How many shoes a tick holds at most: 1,048,576.</summary>
    public const int MaxShoes = 1 << IndexBits;

    /// <summary>The tick at a time, which must be a whole second.</summary>
    public static Tick At(DateTimeOffset time) => new(time.ToUnixTimeSeconds());

    /// <summary>The tick's time, UTC.</summary>
    public DateTimeOffset Time => DateTimeOffset.FromUnixTimeSeconds(UnixSeconds);

    /// <summary>
    /// The id of one of the tick's shoes: <c>UnixSeconds &lt;&lt; 20 | index</c>. Unique, increasing with tick and
    /// index, and below 2^53, so that JavaScript's numbers hold it exactly.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The index is negative or not below <see cref="MaxShoes"/>.</exception>
    public long ShoeId(int index)
    {
        if ((uint)index >= MaxShoes)
            throw new ArgumentOutOfRangeException(nameof(index), index, $"A tick holds {MaxShoes} shoes, numbered from 0.");
        return UnixSeconds << IndexBits | (uint)index;
    }

    /// <summary>The tick that a shoe's id belongs to.</summary>
    public static Tick OfShoe(long id) => new(id >> IndexBits);

    /// <inheritdoc/>
    public int CompareTo(Tick other) => UnixSeconds.CompareTo(other.UnixSeconds);

    /// <summary>Whether one tick comes before another.</summary>
    public static bool operator <(Tick left, Tick right) => left.UnixSeconds < right.UnixSeconds;

    /// <summary>Whether one tick comes after another.</summary>
    public static bool operator >(Tick left, Tick right) => left.UnixSeconds > right.UnixSeconds;

    /// <summary>Whether one tick comes before another or is the same.</summary>
    public static bool operator <=(Tick left, Tick right) => left.UnixSeconds <= right.UnixSeconds;

    /// <summary>Whether one tick comes after another or is the same.</summary>
    public static bool operator >=(Tick left, Tick right) => left.UnixSeconds >= right.UnixSeconds;

    /// <summary>The time in ISO 8601, for example <c>2026-11-23T14:00:10Z</c>.</summary>
    public override string ToString() => Time.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
