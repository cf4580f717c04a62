using NCrontab;

namespace ShoeFunctions.Engine.Ticks;

/// <summary>The ticks there are, and how many shoes each holds. All times are UTC.</summary>
public sealed class TickSchedule
{
    /// <summary>Every schedule that fires at all fires within 40 years: 29 February on a given weekday, across 2100.</summary>
    private const int LongestGapYears = 41;

    /// <summary>A tick with too many shoes is looked for in so many places, and in so many seconds.</summary>
    private const int MostPlaces = 1000, LongestSearch = 366 * 24 * 3600;

    private static readonly CrontabSchedule.ParseOptions SixFields = new() { IncludingSeconds = true };

    private readonly CrontabSchedule _schedule;
    private readonly Lazy<ScheduleDays> _days;
    private readonly Lazy<LoadedShoes?> _loaded;

    private TickSchedule(string expression, CrontabSchedule schedule, ShoeRate rate)
    {
        (_schedule, Rate) = (schedule, rate);
        _days = new(() => new ScheduleDays(expression));
        _loaded = new(() => LoadedShoes.Of(rate, _days));
    }

    /// <summary>How many shoes its ticks hold, and by how many times more or less at a time.</summary>
    public ShoeRate Rate { get; }

    /// <summary>Makes a schedule; false where the expression is not a six-field NCRONTAB expression.</summary>
    /// <param name="expression">Second, minute, hour, day, month, day of the week.</param>
    /// <param name="rate">How many shoes a tick holds.</param>
    /// <param name="schedule">The schedule.</param>
    public static bool TryParse(string expression, ShoeRate rate, out TickSchedule schedule)
    {
        schedule = Fault(expression) is null && CrontabSchedule.TryParse(expression, SixFields) is { } parsed ? new TickSchedule(expression, parsed, rate) : null!;
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

    /// <summary>The time from a tick to the one after it; zero where none follows.</summary>
    public TimeSpan StepAfter(Tick tick) => Next(tick) is { } next ? next.Time - tick.Time : TimeSpan.Zero;

    /// <summary>The ticks after one up to and including another, in order.</summary>
    public IEnumerable<Tick> Between(Tick after, Tick last)
    {
        for (var tick = Next(after); tick <= last; tick = Next(tick.Value))
            yield return tick.Value;
    }

    /// <summary>The same, each with how many shoes it holds.</summary>
    public IEnumerable<(Tick Tick, long Shoes)> BatchesBetween(Tick after, Tick last)
    {
        // Where one tick's shoes end, the next one's begin: that is worked out once.
        var (loaded, from) = (_loaded.Value, (Int128)0);
        var next = Next(after);
        if (loaded is not null && next is { } first)
            from = loaded.Before(first);
        for (var tick = next; tick <= last;)
        {
            var following = Next(tick.Value);
            if (loaded is null)
                yield return (tick.Value, Rate.ShoesBetween(tick.Value, following ?? tick.Value));
            else
            {
                var to = loaded.Before(following ?? tick.Value);
                yield return (tick.Value, LoadedShoes.Between(from, to));
                from = to;
            }

            tick = following;
        }
    }

    /// <summary>How many shoes a tick holds. It may be more than <see cref="Tick.MaxShoes"/>, which no tick can hold.</summary>
    public long ShoesIn(Tick tick) => Shoes(tick, Next(tick) ?? tick);

    /// <summary>How many ticks there are from one time up to before another, at once however many.</summary>
    public long CountBetween(Tick from, Tick to) => _days.Value.CountBetween(from, to);

    /// <summary>How many shoes the ticks from one time up to before another hold together.</summary>
    public long ShoesBetween(Tick from, Tick to)
    {
        if (Rate is ShoeRate.Batch { Load: null, Shoes: var shoes })
            return shoes * CountBetween(from, to);
        // From tick to tick they add up to what lies between the first one and the first one after them.
        return to > from && Next(new Tick(from.UnixSeconds - 1)) is { } first ? Shoes(first, Next(new Tick(to.UnixSeconds - 1)) ?? first) : 0;
    }

    /// <summary>
    /// The first tick found after the given time that holds more than <see cref="Tick.MaxShoes"/>, or null where none was found
    /// in a year or in a thousand places.
    /// </summary>
    public Tick? FindOverfull(DateTimeOffset after)
    {
        var highest = Rate.Load?.Highest ?? 1;
        if (Next(after) is not { } start || highest == 0 || (Rate is ShoeRate.Batch batch && batch.Shoes * highest <= Tick.MaxShoes))
            return null;
        return Candidates(start, highest).Distinct().Where(tick => tick >= start && IsOverfull(tick, highest)).Cast<Tick?>().Min();
    }

    /// <summary>Most ticks cannot be even at the highest factor: for these nothing is worked out.</summary>
    private bool IsOverfull(Tick tick, double highest)
    {
        var next = Next(tick) ?? tick;
        var most = Rate switch
        {
            ShoeRate.Interval { Nanoseconds: var interval } => (next.UnixSeconds - tick.UnixSeconds) * 1e9 / interval,
            ShoeRate.Batch { Shoes: var shoes } => shoes,
            _ => double.PositiveInfinity,
        };
        return (most * highest) + 1 > Tick.MaxShoes && Shoes(tick, next) > Tick.MaxShoes;
    }

    /// <summary>Ticks from one on that may hold more than all around them.</summary>
    private IEnumerable<Tick> Candidates(Tick start, double highest)
    {
        yield return start;
        if (Rate is ShoeRate.Interval { Nanoseconds: var interval })
        {
            // A tick is overfull when the next one is more than so many seconds away. Looked at every so many seconds,
            // no such gap can hide between two places.
            var gap = (long)Math.Clamp(interval / 1e9 * Tick.MaxShoes / highest, 1, LongestSearch);
            for (long place = 1, places = Math.Min(MostPlaces, LongestSearch / gap); place <= places; place++)
                if (Latest(new Tick(start.UnixSeconds + (place * gap)).Time) is { } tick)
                    yield return tick;
        }

        // On a straight line the highest tick is at one of its ends.
        if (Rate.Load is { } load)
            foreach (var edge in load.Edges(start, LongestSearch).Take(MostPlaces))
            {
                if (Latest(edge.Time) is { } tick)
                {
                    yield return tick;
                    if (Latest(new Tick(tick.UnixSeconds - 1).Time) is { } before)
                        yield return before;
                }

                if (Next(edge) is { } next)
                    yield return next;
            }
    }

    private long Shoes(Tick tick, Tick following) =>
        _loaded.Value is { } loaded ? LoadedShoes.Between(loaded.Before(tick), loaded.Before(following)) : Rate.ShoesBetween(tick, following);

    private static Tick Floor(DateTimeOffset time) => new(time.ToUnixTimeSeconds());
}
