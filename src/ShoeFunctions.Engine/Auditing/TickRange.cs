using System.Globalization;
using ShoeFunctions.Engine.Ticks;

namespace ShoeFunctions.Engine.Auditing;

/// <summary>A range of time, as the ticks in it see it.</summary>
/// <param name="First">The first second that belongs to it.</param>
/// <param name="End">The first second after it.</param>
public readonly record struct TickRange(Tick First, Tick End)
{
    /// <summary>The last second whose ids are below 2^53 is before this one: 2242-03-16T12:56:32Z.</summary>
    private const long EndOfIds = 1L << 33;

    private static readonly string[] Formats =
    [
        "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK", "yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mmK", "yyyy-MM-dd",
    ];

    /// <summary>The ticks from one time, itself included, up to another, itself excluded.</summary>
    public static TickRange Between(DateTimeOffset from, DateTimeOffset to) => new(Ceiling(from), Ceiling(to));

    /// <summary>Reads a time in ISO 8601, UTC where it names no zone, for which there can be ids: 1970 to 2242.</summary>
    public static bool TryParseTime(string text, out DateTimeOffset time) =>
        DateTimeOffset.TryParseExact(text, Formats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out time)
        && time.ToUnixTimeSeconds() is >= 0 and < EndOfIds;

    /// <summary>What of it is due at a time.</summary>
    public TickRange DueAt(DateTimeOffset now) => this with { End = Tick.At(now) < End ? new Tick(Tick.At(now).UnixSeconds + 1) : End };

    /// <summary>Whether a tick lies in it.</summary>
    public bool Contains(Tick tick) => First <= tick && tick < End;

    /// <summary>The schedule's ticks in it, in order.</summary>
    public IEnumerable<Tick> Ticks(TickSchedule schedule) => schedule.Between(new Tick(First.UnixSeconds - 1), new Tick(End.UnixSeconds - 1));

    private static Tick Ceiling(DateTimeOffset time) => Tick.At(time.AddTicks(TimeSpan.TicksPerSecond - 1));
}
