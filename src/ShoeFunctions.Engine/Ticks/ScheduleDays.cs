using System.Collections.Immutable;

namespace ShoeFunctions.Engine.Ticks;

/// <summary>
/// The days that a schedule has ticks on, and their times on each of these: always the same, as no field of a day or a
/// month has to do with one of the time. So what lies between two ticks far apart is worked out by days. All times are UTC.
/// </summary>
internal sealed class ScheduleDays
{
    /// <summary>The seconds of a day.</summary>
    public const int Length = 24 * 3600;

    /// <summary>No schedule that fires at all pauses for longer: 29 February on a given weekday, across 2100.</summary>
    private const int LongestGap = 41 * 366;

    private static readonly int FirstDay = DateOnly.FromDateTime(DateTime.UnixEpoch).DayNumber;

    private readonly IReadOnlyList<bool[]> _fields;

    /// <summary>Those of an expression that is a schedule.</summary>
    public ScheduleDays(string expression)
    {
        _fields = ScheduleGrammar.Values(expression);
        Times =
        [
            .. from hour in Taken(_fields[2])
               from minute in Taken(_fields[1])
               from second in Taken(_fields[0])
               select (hour * 3600) + (minute * 60) + second,
        ];
    }

    /// <summary>The times of a day's ticks, in seconds after midnight, in order.</summary>
    public ImmutableArray<int> Times { get; }

    /// <summary>Whether all days have ticks.</summary>
    public bool AreAll => _fields[3].Skip(1).All(day => day) && _fields[4].Skip(1).All(month => month) && _fields[5].All(weekday => weekday);

    /// <summary>Whether a day has ticks.</summary>
    /// <param name="day">So many days after 1970-01-01.</param>
    public bool Has(long day)
    {
        var date = DateOnly.FromDayNumber(checked((int)day + FirstDay));
        return _fields[3][date.Day] && _fields[4][date.Month] && _fields[5][(int)date.DayOfWeek];
    }

    /// <summary>How many days it is to the next day that has ticks; null where there is none.</summary>
    public int? ToNext(long day)
    {
        for (var days = 1; days <= LongestGap; days++)
            if (Has(day + days))
                return days;
        return null;
    }

    /// <summary>How many ticks there are from one time up to before another.</summary>
    public long CountBetween(Tick from, Tick to)
    {
        var count = 0L;
        for (var day = Math.DivRem(from.UnixSeconds, Length).Quotient; day * Length < to.UnixSeconds; day++)
            if (Has(day))
                count += Before(to.UnixSeconds - (day * Length)) - Before(from.UnixSeconds - (day * Length));
        return count;
    }

    /// <summary>How many of a day's ticks come before a second.</summary>
    private int Before(long second)
    {
        var place = Times.BinarySearch((int)Math.Clamp(second, 0, Length));
        return place < 0 ? ~place : place;
    }

    private static IEnumerable<int> Taken(bool[] values) => Enumerable.Range(0, values.Length).Where(value => values[value]);
}
