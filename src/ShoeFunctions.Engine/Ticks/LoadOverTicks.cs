using System.Numerics;

namespace ShoeFunctions.Engine.Ticks;

/// <summary>
/// The integral of the factors over ticks: each tick counts for the mean factor from its time to the next tick's, however long that
/// is. For rates by the tick. It is the integral over time, divided at each moment by the time between the two ticks around it;
/// that is exact, too, in parts of 1/Λ, where Λ is a multiple of all such times.
/// </summary>
internal sealed class LoadOverTicks : LoadIntegral
{
    /// <summary>Of so many days one is kept, to begin with.</summary>
    private const int Stride = 64;

    private readonly ScheduleDays _days;
    private readonly int _first;
    private readonly int _last;
    private readonly BigInteger _multiple;
    private readonly Dictionary<long, BigInteger> _weights;
    private readonly List<Run> _runs = [];
    private readonly BigInteger _inside;
    private readonly BigInteger? _everyDay;
    private readonly Lock _lock = new();
    private readonly List<Day> _kept = [];
    private volatile Day? _recent;

    /// <summary>The integral of a curve over a schedule's ticks.</summary>
    public LoadOverTicks(LoadCurve curve, ScheduleDays days) : base(curve)
    {
        _days = days;
        (_first, _last) = (days.Times[0], days.Times[^1]);
        var gaps = days.Times.Zip(days.Times.Skip(1), (tick, next) => (long)(next - tick)).ToArray();
        var spans = gaps.Concat(DaysBetween(days).Select(SpanOver)).Distinct().ToArray();
        _multiple = spans.Aggregate(BigInteger.One, (multiple, span) => CurveIntegral.Multiple(multiple, span));
        _weights = spans.ToDictionary(span => span, span => _multiple / span);

        for (var place = 0; place < gaps.Length; place++)
        {
            if (place > 0 && gaps[place] == gaps[place - 1])
                continue;
            var start = Curve.Until(days.Times[place]);
            _inside = place == 0 ? 0 : _runs[^1].Until(start);
            _runs.Add(new Run(days.Times[place], _inside, start, _weights[gaps[place]]));
        }

        if (_runs.Count > 0)
            _inside = _runs[^1].Until(Curve.Until(_last));
        if (days.AreAll)
            _everyDay = Weighted(SpanOver(1), 0, _first) + _inside + Weighted(SpanOver(1), _last, ScheduleDays.Length);
        _kept.Add(DayWith(0, BigInteger.Zero, 0));
    }

    /// <inheritdoc/>
    protected override BigInteger PlainUnit => Curve.Unit * WeekdayUnit * _multiple;

    /// <inheritdoc/>
    protected override BigInteger Plain(long second)
    {
        var (number, rest) = Math.DivRem(second, ScheduleDays.Length);
        var day = DayOf(number);
        return day.Before + (WithinDay(day, (int)rest) * Weekday(number));
    }

    /// <summary>The integral from a day's midnight to one of its seconds, on a weekday with the factor 1.</summary>
    private BigInteger WithinDay(Day day, int second)
    {
        if (!day.HasTicks || second <= _first)
            return Weighted(day.Span, 0, second);
        var before = Weighted(day.Span, 0, _first);
        return second >= _last ? before + _inside + Weighted(day.NextSpan, _last, second) : before + RunAt(second).Until(Curve.Until(second));
    }

    private BigInteger Weighted(long span, int from, int to) => span == 0 ? BigInteger.Zero : _weights[span] * (Curve.Until(to) - Curve.Until(from));

    private Run RunAt(int second)
    {
        var (low, high) = (0, _runs.Count - 1);
        while (low < high)
        {
            var middle = (low + high + 1) / 2;
            (low, high) = _runs[middle].Start <= second ? (middle, high) : (low, middle - 1);
        }

        return _runs[low];
    }

    private Day DayOf(long number)
    {
        var day = _recent is { } recent && recent.Number <= number && number - recent.Number < Stride ? recent : Kept(number);
        while (day.Number < number)
            day = After(day);
        return _recent = day;
    }

    /// <summary>A day at or before one. Where all are alike but for their weekdays, it is that day itself.</summary>
    private Day Kept(long number)
    {
        if (_everyDay is { } all && number > 0)
            return DayWith(number, (all * WeekdaysBefore(number)) - (Weighted(SpanOver(1), 0, _first) * Weekday(0)), SpanOver(1));

        lock (_lock)
        {
            while (_kept.Count <= number / Stride)
            {
                var day = _kept[^1];
                for (var step = 0; step < Stride; step++)
                    day = After(day);
                _kept.Add(day);
            }

            return _kept[(int)(number / Stride)];
        }
    }

    private Day After(Day day) => DayWith(day.Number + 1, day.Before + (WithinDay(day, ScheduleDays.Length) * Weekday(day.Number)), day.NextSpan);

    private Day DayWith(long number, BigInteger before, long span) =>
        _days.Has(number) ? new Day(number, before, true, span, _days.ToNext(number) is { } days ? SpanOver(days) : 0) : new Day(number, before, false, span, span);

    /// <summary>How long it is from a day's last tick to the first one some days later.</summary>
    private long SpanOver(int days) => ((long)days * ScheduleDays.Length) - (_last - _first);

    /// <summary>How many days lie between days that have ticks, as far as there are ticks at all.</summary>
    private static HashSet<int> DaysBetween(ScheduleDays days)
    {
        if (days.AreAll)
            return [1];

        var between = new HashSet<int>();
        for (long day = 0, before = -1; day <= End / ScheduleDays.Length; day++)
        {
            if (!days.Has(day))
                continue;
            if (before >= 0)
                between.Add((int)(day - before));
            before = day;
        }

        for (var day = End / ScheduleDays.Length; day >= 0; day--)
            if (days.Has(day))
            {
                if (days.ToNext(day) is { } next)
                    between.Add(next);
                break;
            }

        return between;
    }

    /// <summary>A day.</summary>
    /// <param name="Number">So many days after 1970-01-01.</param>
    /// <param name="Before">The integral up to its midnight.</param>
    /// <param name="HasTicks">Whether it has ticks.</param>
    /// <param name="Span">How many seconds lie between the ticks around its midnight; 0 where none came before.</param>
    /// <param name="NextSpan">The same of the next midnight.</param>
    private sealed record Day(long Number, BigInteger Before, bool HasTicks, long Span, long NextSpan);

    /// <summary>Ticks of a day that come at the same intervals.</summary>
    /// <param name="Start">The time of the first, in seconds after midnight.</param>
    /// <param name="Before">The integral from the day's first tick to it.</param>
    /// <param name="CurveAtStart">The curve's integral over the day up to it.</param>
    /// <param name="Weight">What a part of that counts for.</param>
    private readonly record struct Run(int Start, BigInteger Before, BigInteger CurveAtStart, BigInteger Weight)
    {
        public BigInteger Until(BigInteger curve) => Before + (Weight * (curve - CurveAtStart));
    }
}
