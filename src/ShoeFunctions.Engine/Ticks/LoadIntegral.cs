using System.Numerics;

namespace ShoeFunctions.Engine.Ticks;

/// <summary>
/// The integral of a load's factors, weighted, from 1970-01-01 to any moment: exact, in whole parts of a unit. Over the days it adds
/// up in whole numbers, and a spike of factor k adds k−1 times what lies in it without it; so nothing drifts, and any stretch of
/// time is the difference of two of these.
/// </summary>
internal abstract class LoadIntegral
{
    /// <summary>No tick has an id after this second.</summary>
    protected const long End = 1L << 33;

    private const int Week = 7;

    private readonly long[] _weekdays = new long[Week];
    private readonly long[] _weekdaysBefore = new long[Week + 1];
    private readonly LoadCurve.Spike[] _spikes;
    private readonly long _spikeUnit;
    private readonly Lazy<Excess[]> _excesses;

    /// <summary>The integral of a curve.</summary>
    protected LoadIntegral(LoadCurve curve)
    {
        Curve = new CurveIntegral(curve);
        var divisor = CurveIntegral.Divisor(curve.Weekdays);
        WeekdayUnit = LoadCurve.One / divisor;
        for (var day = 0; day < Week; day++)
        {
            _weekdays[day] = curve.Weekdays[(day + (int)DateTime.UnixEpoch.DayOfWeek) % Week] / divisor;
            _weekdaysBefore[day + 1] = _weekdaysBefore[day] + _weekdays[day];
        }

        _spikes = [.. curve.Spikes];
        var spikeDivisor = CurveIntegral.Divisor(_spikes.Select(spike => spike.Millionths));
        _spikeUnit = LoadCurve.One / spikeDivisor;
        _excesses = new(() => ExcessesOf(spikeDivisor));
    }

    /// <summary>What a factor of 1 comes to in a second, or a tick.</summary>
    public BigInteger Unit => PlainUnit * _spikeUnit;

    /// <summary>The integral up to a moment.</summary>
    public BigInteger Until(Tick moment)
    {
        var second = Math.Clamp(moment.UnixSeconds, 0, End);
        var plain = Plain(second);
        var begun = _spikes.Length;
        while (begun > 0 && _spikes[begun - 1].From.UnixSeconds >= second)
            begun--;
        if (begun == 0)
            return plain * _spikeUnit;

        var spike = _excesses.Value[begun - 1];
        return (plain * _spikeUnit) + spike.Before + (spike.Factor * ((second < spike.End ? plain : spike.PlainAtEnd) - spike.PlainAtStart));
    }

    /// <summary>The curve over a day.</summary>
    protected CurveIntegral Curve { get; }

    /// <summary>What the factor 1 is among those of weekdays.</summary>
    protected long WeekdayUnit { get; }

    /// <summary>What a factor of 1 comes to without spikes.</summary>
    protected abstract BigInteger PlainUnit { get; }

    /// <summary>The integral without spikes, up to a second since 1970.</summary>
    protected abstract BigInteger Plain(long second);

    /// <summary>The factor of a day's weekday.</summary>
    protected long Weekday(long day) => _weekdays[day % Week];

    /// <summary>The sum of those of all days before.</summary>
    protected BigInteger WeekdaysBefore(long day) => ((BigInteger)_weekdaysBefore[Week] * (day / Week)) + _weekdaysBefore[day % Week];

    private Excess[] ExcessesOf(long divisor)
    {
        var excesses = new Excess[_spikes.Length];
        var before = BigInteger.Zero;
        for (var place = 0; place < _spikes.Length; place++)
        {
            var (start, end) = (Math.Clamp(_spikes[place].From.UnixSeconds, 0, End), Math.Clamp(_spikes[place].To.UnixSeconds, 0, End));
            var spike = new Excess(before, (_spikes[place].Millionths / divisor) - _spikeUnit, end, Plain(start), Plain(end));
            excesses[place] = spike;
            before += spike.Factor * (spike.PlainAtEnd - spike.PlainAtStart);
        }

        return excesses;
    }

    /// <summary>What a spike adds.</summary>
    /// <param name="Before">What those before it have added.</param>
    /// <param name="Factor">Its factor less 1, which may be negative.</param>
    /// <param name="End">The second at which it ends.</param>
    /// <param name="PlainAtStart">The integral without spikes at its beginning.</param>
    /// <param name="PlainAtEnd">The same at its end.</param>
    private readonly record struct Excess(BigInteger Before, long Factor, long End, BigInteger PlainAtStart, BigInteger PlainAtEnd);
}
