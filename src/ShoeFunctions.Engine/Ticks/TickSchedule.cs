using NCrontab;

namespace ShoeFunctions.Engine.Ticks;

/// <summary>The ticks there are, and how many shoes each holds. All times are UTC.</summary>
public sealed class TickSchedule
{
    /// <summary>Every schedule that fires at all fires within 40 years: 29 February on a given weekday, across 2100.</summary>
    private const int LongestGapYears = 41;

    private static readonly CrontabSchedule.ParseOptions SixFields = new() { IncludingSeconds = true };

    private readonly CrontabSchedule _schedule;
    private readonly ShoeRate _rate;

    private TickSchedule(CrontabSchedule schedule, ShoeRate rate) => (_schedule, _rate) = (schedule, rate);

    /// <summary>Makes a schedule; false where the expression is not a six-field NCRONTAB expression.</summary>
    /// <param name="expression">Second, minute, hour, day, month, day of the week.</param>
    /// <param name="rate">How many shoes a tick holds.</param>
    /// <param name="schedule">The schedule.</param>
    public static bool TryParse(string expression, ShoeRate rate, out TickSchedule schedule)
    {
        schedule = Fault(expression) is null && CrontabSchedule.TryParse(expression, SixFields) is { } parsed ? new TickSchedule(parsed, rate) : null!;
        return schedule is not null;
    }

    /// <summary>Why an expression is no schedule, in a sentence that names the field; null where nothing is wrong with its form.</summary>
    public static string? Fault(string expression) => ScheduleGrammar.Fault(expression);

    /// <summary>The first tick after a time, or null where the schedule never fires.</summary>
    public Tick? Next(DateTimeOffset after) => Next(Floor(after));

    /// <summary>The first tick after another, or null where the schedule never fires.</summary>
    public Tick? Next(Tick after)
    {
        var start = after.Time.UtcDateTime;
        var end = start.AddYears(LongestGapYears);
        var next = _schedule.GetNextOccurrence(start, end);
        return next >= end ? null : new Tick((next.Ticks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerSecond);
    }

    /// <summary>Whether a tick is one of the schedule's.</summary>
    public bool Contains(Tick tick) => Next(new Tick(tick.UnixSeconds - 1)) == tick;

    /// <summary>The last tick that is not after a time, or null where there is none in the years before.</summary>
    public Tick? Latest(DateTimeOffset now)
    {
        // The library only looks forward. A tick lies in (start, now] when the next one after start is not after
        // now: double the way back until one does, then halve to the last start for which it holds.
        var end = Floor(now);
        var (without, with) = (end, end);
        for (long back = 1; ; back *= 2)
        {
            with = new Tick(end.UnixSeconds - back);
            if (Next(with) <= end)
                break;
            if (back > LongestGapYears * 366L * 24 * 3600)
                return null;
            without = with;
        }

        while (without.UnixSeconds - with.UnixSeconds > 1)
        {
            var middle = new Tick(with.UnixSeconds + (without.UnixSeconds - with.UnixSeconds) / 2);
            (with, without) = Next(middle) <= end ? (middle, without) : (with, middle);
        }

        return Next(with);
    }

    /// <summary>The ticks after one up to and including another, in order.</summary>
    public IEnumerable<Tick> Between(Tick after, Tick last)
    {
        for (var tick = Next(after); tick <= last; tick = Next(tick.Value))
            yield return tick.Value;
    }

    /// <summary>The same, each with how many shoes it holds.</summary>
    public IEnumerable<(Tick Tick, long Shoes)> BatchesBetween(Tick after, Tick last)
    {
        for (var tick = Next(after); tick <= last;)
        {
            var following = Next(tick.Value);
            yield return (tick.Value, _rate.ShoesBetween(tick.Value, following ?? tick.Value));
            tick = following;
        }
    }

    /// <summary>How many shoes a tick holds. It may be more than <see cref="Tick.MaxShoes"/>, which no tick can hold.</summary>
    public long ShoesIn(Tick tick) => _rate.ShoesBetween(tick, Next(tick) ?? tick);

    /// <summary>
    /// A tick after the given time that holds more than <see cref="Tick.MaxShoes"/>, or null where none was found
    /// in a year or in a thousand places.
    /// </summary>
    public Tick? FindOverfull(DateTimeOffset after)
    {
        var first = Next(after);
        if (first is not { } start || ShoesIn(start) > Tick.MaxShoes)
            return first;
        if (_rate is not ShoeRate.Interval { Nanoseconds: var interval })
            return null;

        // A tick is overfull when the next one is more than so many seconds away. Looked at every so many seconds,
        // no such gap can hide between two places.
        var gap = Math.Max(1, (long)((Int128)interval * Tick.MaxShoes / 1_000_000_000));
        for (long place = 1, places = Math.Min(1000, 366L * 24 * 3600 / gap); place <= places; place++)
        {
            var at = start.UnixSeconds + place * gap;
            if (Latest(new Tick(at).Time) is { } tick && ShoesIn(tick) > Tick.MaxShoes)
                return tick;
        }

        return null;
    }

    private static Tick Floor(DateTimeOffset time) => new(time.ToUnixTimeSeconds());
}
