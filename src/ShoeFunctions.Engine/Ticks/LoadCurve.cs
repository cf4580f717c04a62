using System.Collections.Immutable;

namespace ShoeFunctions.Engine.Ticks;

/// <summary>
/// How many times the base rate is asked for at any moment: the product of a factor over the day, one of the weekday and one of
/// a spike. A pure function of the time, UTC. Factors are whole millionths, so that all that follows from them is exact.
/// </summary>
public sealed class LoadCurve
{
    /// <summary>The factor 1, in millionths.</summary>
    public const long One = 1_000_000;

    /// <summary>The highest factor there may be, in millionths.</summary>
    public const long Most = 1000 * One;

    private readonly ImmutableArray<Segment> _segments;
    private readonly Lazy<LoadIntegral> _integral;

    /// <summary>A curve; what is not given has the factor 1.</summary>
    /// <param name="points">Over the day, each later than the one before; linear between them, and from the last over midnight to the first.</param>
    /// <param name="weekdays">Of weekdays.</param>
    /// <param name="spikes">None of which overlap, in order.</param>
    public LoadCurve(IEnumerable<Point> points, IEnumerable<KeyValuePair<DayOfWeek, long>> weekdays, IEnumerable<Spike> spikes)
    {
        Points = [.. points];
        if (Points.IsEmpty)
            Points = [new Point(0, One)];
        var given = weekdays.ToDictionary();
        Weekdays = [.. Enum.GetValues<DayOfWeek>().Select(day => given.GetValueOrDefault(day, One))];
        Spikes = [.. spikes];
        _segments = Segments;
        _integral = new(() => new LoadOverTime(this));
    }

    /// <summary>The factor 1 at all times.</summary>
    public static LoadCurve Constant { get; } = new([], [], []);

    /// <summary>The factors over the day, at least one.</summary>
    public ImmutableArray<Point> Points { get; }

    /// <summary>The factors of the weekdays, from Sunday, in millionths.</summary>
    public ImmutableArray<long> Weekdays { get; }

    /// <summary>The spikes, in order.</summary>
    public ImmutableArray<Spike> Spikes { get; }

    /// <summary>No factor is higher; at some time one may be as high.</summary>
    public double Highest => Factor(Points.Max(point => point.Millionths)) * Factor(Weekdays.Max()) * Math.Max(1, Spikes.Select(spike => Factor(spike.Millionths)).DefaultIfEmpty().Max());

    /// <summary>The factor at a time of the day.</summary>
    /// <param name="Second">Seconds after midnight.</param>
    /// <param name="Millionths">The factor, in millionths.</param>
    public readonly record struct Point(int Second, long Millionths);

    /// <summary>A factor for some time.</summary>
    /// <param name="From">Its first second.</param>
    /// <param name="To">The first second after it.</param>
    /// <param name="Millionths">The factor, in millionths.</param>
    public readonly record struct Spike(Tick From, Tick To, long Millionths)
    {
        /// <summary>Whether a moment is in it.</summary>
        public bool Has(Tick moment) => moment >= From && moment < To;
    }

    /// <summary>A time in which the factor goes in a straight line.</summary>
    /// <param name="From">Its first second.</param>
    /// <param name="To">The first second after it.</param>
    /// <param name="AtFrom">The factor at its beginning.</param>
    /// <param name="AtTo">What it has come to at its end; what follows may begin with another.</param>
    public readonly record struct Piece(Tick From, Tick To, double AtFrom, double AtTo);

    /// <summary>The curve from one time to another, piece by piece.</summary>
    public IEnumerable<Piece> Pieces(Tick from, Tick to)
    {
        var edges = new SortedSet<long> { from.UnixSeconds, to.UnixSeconds };
        for (var day = DayOf(from); day * ScheduleDays.Length < to.UnixSeconds; day++)
            edges.UnionWith(Points.Select(point => (day * ScheduleDays.Length) + point.Second).Append(day * ScheduleDays.Length));
        foreach (var spike in Spikes)
            edges.UnionWith([spike.From.UnixSeconds, spike.To.UnixSeconds]);

        var inside = edges.GetViewBetween(from.UnixSeconds, Math.Max(from.UnixSeconds, to.UnixSeconds)).Select(edge => new Tick(edge)).ToArray();
        return inside.Zip(inside.Skip(1), (start, end) =>
        {
            var day = DayOf(start) * ScheduleDays.Length;
            var rest = Factor(Weekdays[(int)start.Time.DayOfWeek]) * Factor(SpikeAt(start)?.Millionths ?? One);
            return new Piece(start, end, rest * OverDay(start.UnixSeconds - day), rest * OverDay(end.UnixSeconds - day));
        });
    }

    /// <summary>The mean factor from one time to a later one.</summary>
    public double MeanBetween(Tick from, Tick to) =>
        (double)(_integral.Value.Until(to) - _integral.Value.Until(from)) / ((double)_integral.Value.Unit * (to.UnixSeconds - from.UnixSeconds));

    /// <summary>The lowest and the highest factor from one time up to a later one.</summary>
    public (double Lowest, double Highest) Extremes(Tick from, Tick to)
    {
        var factors = Pieces(from, to).SelectMany(piece => new[] { piece.AtFrom, piece.AtTo }).ToArray();
        return (factors.Min(), factors.Max());
    }

    /// <summary>What the factors over the day come to on a day: line after line, from midnight on.</summary>
    internal ImmutableArray<Segment> Segments
    {
        get
        {
            var (first, last) = (Points[0], Points[^1]);
            var night = new Segment(last.Second, last.Second, first.Second + ScheduleDays.Length - last.Second, last.Millionths, first.Millionths);
            var day = Points.Zip(Points.Skip(1), (from, to) => new Segment(from.Second, from.Second, to.Second - from.Second, from.Millionths, to.Millionths)).Append(night);
            return first.Second == 0 ? [.. day] : [night with { Begin = 0, Start = last.Second - ScheduleDays.Length }, .. day];
        }
    }

    /// <summary>A straight line between two points, or the part of it that is on this side of midnight.</summary>
    /// <param name="Begin">The second of the day from which on it holds, up to the next one's.</param>
    /// <param name="Start">The second at which the line starts; negative where that is the day before.</param>
    /// <param name="Length">How many seconds the line takes.</param>
    /// <param name="From">The factor at its start, in millionths.</param>
    /// <param name="To">The factor at its end.</param>
    internal readonly record struct Segment(int Begin, int Start, int Length, long From, long To);

    /// <summary>
    /// The ends of its pieces from a time on, where a rate may be highest: of eight days, which are like all others but for spikes, and
    /// of all in the spikes of so many seconds.
    /// </summary>
    internal IEnumerable<Tick> Edges(Tick from, long seconds)
    {
        var (week, end) = (new Tick(from.UnixSeconds + (8 * ScheduleDays.Length)), new Tick(from.UnixSeconds + seconds));
        var spikes = Spikes.Where(spike => spike.To > from && spike.From < end && spike.Millionths > One)
            .SelectMany(spike => Pieces(spike.From < from ? from : spike.From, spike.To > end ? end : spike.To));
        return spikes.Concat(Pieces(from, week)).SelectMany(piece => new[] { piece.From, piece.To }).Distinct();
    }

    private double OverDay(long second)
    {
        var segment = _segments.Last(segment => segment.Begin <= second);
        return Factor(segment.From) + ((Factor(segment.To) - Factor(segment.From)) * (second - segment.Start) / segment.Length);
    }

    private Spike? SpikeAt(Tick moment) => Spikes.Where(spike => spike.Has(moment)).Cast<Spike?>().FirstOrDefault();

    private static long DayOf(Tick moment) => (long)Math.Floor(moment.UnixSeconds / (decimal)ScheduleDays.Length);

    private static double Factor(long millionths) => millionths / (double)One;
}
