using System.Globalization;
using ShoeFunctions.Engine.Ticks;

namespace ShoeFunctions.Engine.Planning;

/// <summary>A load drawn for a terminal: a line an hour, a column a minute, all on one scale that begins at 0.</summary>
public static class LoadLines
{
    private const string Heights = " ▁▂▃▄▅▆▇█";
    private const int Minutes = 60;

    /// <summary>So many characters are left for an hour's shoes, where lines of 80 have a gap of two.</summary>
    private const int Room = 11;

    /// <summary>The lines, with what they show before them; no more than 80 characters each.</summary>
    /// <param name="rate">The rate, which has a load.</param>
    /// <param name="hours">The hours to draw.</param>
    public static IEnumerable<string> Of(ShoeRate rate, IReadOnlyList<PlannedHour> hours)
    {
        if (rate.Load is not { } load || hours.Count == 0)
            yield break;

        var means = hours.Select(hour => Enumerable.Range(0, Minutes).Select(minute =>
        {
            var start = Tick.At(hour.From.AddMinutes(minute));
            return load.MeanBetween(start, new Tick(start.UnixSeconds + 60));
        }).ToArray()).ToArray();
        var top = means.Max(hour => hour.Max());
        var shoes = hours.Select(hour => hour.Shoes.ToString("N0", CultureInfo.InvariantCulture)).ToArray();
        var width = shoes.Max(text => text.Length);
        var gap = width > Room ? " " : "  ";
        var scale = LoadScale.Of(rate);

        yield return $"{Tick.At(hours[0].From)} to {Tick.At(hours[^1].From.AddHours(1))}, a column a minute,";
        yield return $"0 to {scale.Text(top)} {scale.Unit} high; at the right, the shoes of the hour's ticks:";
        for (var hour = 0; hour < hours.Count; hour++)
            yield return $"{hours[hour].From:HH:mm}{gap}{string.Concat(means[hour].Select(mean => Heights[HeightOf(mean, top)]))}{gap}{shoes[hour].PadLeft(width)}";
    }

    /// <summary>What is there at all is seen; from there on up, to the nearest eighth.</summary>
    private static int HeightOf(double mean, double top) => mean <= 0 ? 0 : Math.Max(1, (int)Math.Round(mean / top * (Heights.Length - 1)));
}
