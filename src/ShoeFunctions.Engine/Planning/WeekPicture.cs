using System.Text;
using ShoeFunctions.Engine.Ticks;

namespace ShoeFunctions.Engine.Planning;

/// <summary>The rate over some days as SVG: from 0 up, days and hours below, spikes and the highest tick marked.</summary>
internal static class WeekPicture
{
    private const int Width = 1040, Height = 360, Left = 76, Right = 16, Top = 44, Bottom = 52, DaySeconds = ScheduleDays.Length;

    /// <summary>Labels nearer than that would lie on each other.</summary>
    private const double Apart = 34;

    /// <summary>The picture from one time to another.</summary>
    public static string Of(TickSchedule schedule, Tick start, Tick end, ProductionPlan.PlannedTick? highest)
    {
        var load = schedule.Rate.Load ?? LoadCurve.Constant;
        var scale = LoadScale.Of(schedule.Rate);
        var pieces = load.Pieces(start, end).ToArray();
        var mark = highest is { } most && most.Tick >= start.Time && most.Tick < end.Time ? most : null;
        var (step, steps) = Steps(Math.Max(pieces.Max(piece => Math.Max(piece.AtFrom, piece.AtTo)) * scale.Base, mark is null ? 0 : RateOf(mark, schedule)));
        double X(Tick at) => Left + ((Width - Left - Right) * (at.UnixSeconds - start.UnixSeconds) / (double)(end.UnixSeconds - start.UnixSeconds));
        double Y(double rate) => Height - Bottom - ((Height - Bottom - Top) * rate / (step * steps));

        var svg = new StringBuilder();
        void Add(FormattableString text) => svg.Append(FormattableString.Invariant(text)).Append('\n');
        Add($"<svg viewBox=\"0 0 {Width} {Height}\" role=\"img\" aria-label=\"The rate from {start} to {end}, from {LowestAndHighest(pieces, scale)}\">");
        for (var line = 0; line <= steps; line++)
            Add($"<line class=\"{(line == 0 ? "axis" : "grid")}\" x1=\"{Left}\" x2=\"{Width - Right}\" y1=\"{Y(line * step):0.##}\" y2=\"{Y(line * step):0.##}\"/><text x=\"{Left - 8}\" y=\"{Y(line * step) + 4:0.##}\" text-anchor=\"end\">{LoadScale.Figure(line * step)}</text>");
        Days(Add, X, start, end);
        Spikes(Add, X, load, start, end);

        var points = string.Join(' ', pieces.SelectMany(piece => new[] { (piece.From, Factor: piece.AtFrom), (piece.To, Factor: piece.AtTo) }).Select(point => FormattableString.Invariant($"{X(point.Item1):0.##},{Y(point.Factor * scale.Base):0.##}")));
        Add($"<polygon class=\"area\" points=\"{X(start):0.##},{Y(0):0.##} {points} {X(end):0.##},{Y(0):0.##}\"/><polyline class=\"rate\" points=\"{points}\"/>");
        if (mark is not null)
        {
            var (x, y) = (X(Tick.At(mark.Tick)), Y(RateOf(mark, schedule)));
            var isRight = x > Width * 0.6;
            Add($"<circle class=\"highest\" cx=\"{x:0.##}\" cy=\"{y:0.##}\" r=\"4\"/><text class=\"mark\" x=\"{x + (isRight ? -9 : 9):0.##}\" y=\"{y - 7:0.##}\" text-anchor=\"{(isRight ? "end" : "start")}\">highest: {mark.Tick:ddd HH:mm:ss}, {Quantity.Of(mark.Shoes, "shoe")}</text>");
        }

        return svg.Append("</svg>\n").ToString();
    }

    /// <summary>The days from one time to another, the first and the last as far as they are in it.</summary>
    public static IEnumerable<(Tick Start, Tick End)> DaysOf(Tick start, Tick end)
    {
        for (var from = start; from < end;)
        {
            var midnight = new Tick((from.UnixSeconds / DaySeconds * DaySeconds) + DaySeconds);
            var to = midnight < end ? midnight : end;
            yield return (from, to);
            from = to;
        }
    }

    private static void Days(Action<FormattableString> add, Func<Tick, double> x, Tick start, Tick end)
    {
        foreach (var (from, to) in DaysOf(start, end))
        {
            if (from.UnixSeconds % DaySeconds == 0)
                add($"<line class=\"grid\" x1=\"{x(from):0.##}\" x2=\"{x(from):0.##}\" y1=\"{Top}\" y2=\"{Height - Bottom + 22}\"/>");
            if (x(to) - x(from) > 2 * Apart)
                add($"<text class=\"day\" x=\"{(x(from) + x(to)) / 2:0.##}\" y=\"{Height - 10}\" text-anchor=\"middle\">{from.Time:ddd d MMM}</text>");
            for (var hour = (from.UnixSeconds / 21600 * 21600) + 21600; hour < to.UnixSeconds; hour += 21600)
                add($"<line class=\"axis\" x1=\"{x(new Tick(hour)):0.##}\" x2=\"{x(new Tick(hour)):0.##}\" y1=\"{Height - Bottom}\" y2=\"{Height - Bottom + 4}\"/><text class=\"hour\" x=\"{x(new Tick(hour)):0.##}\" y=\"{Height - Bottom + 17}\" text-anchor=\"middle\">{new Tick(hour).Time:HH}</text>");
        }
    }

    private static void Spikes(Action<FormattableString> add, Func<Tick, double> x, LoadCurve load, Tick start, Tick end)
    {
        var labelled = double.NegativeInfinity;
        foreach (var spike in load.Spikes.Where(spike => spike.To > start && spike.From < end))
        {
            var (from, to) = (Math.Max(x(spike.From), Left), Math.Min(x(spike.To), Width - Right));
            var factor = FormattableString.Invariant($"×{spike.Millionths / (decimal)LoadCurve.One:0.######}");
            add($"<rect class=\"spike\" x=\"{from:0.##}\" y=\"{Top}\" width=\"{Math.Max(1.5, to - from):0.##}\" height=\"{Height - Bottom - Top}\"><title>{spike.From} to {spike.To}: {factor}</title></rect>");
            var middle = (from + to) / 2;
            if (middle - labelled < Apart)
                continue;
            add($"<text class=\"factor\" x=\"{middle:0.##}\" y=\"{Top - 22}\" text-anchor=\"middle\">{factor}</text>");
            labelled = middle;
        }
    }

    /// <summary>Round steps that go a little above a rate, three to six of them.</summary>
    private static (double Step, int Steps) Steps(double rate)
    {
        if (rate <= 0)
            return (1, 1);
        var power = Math.Pow(10, Math.Floor(Math.Log10(rate)));
        var step = new[] { 0.2, 0.25, 0.5, 1, 2, 2.5 }.First(step => rate * 1.02 <= step * power * 6) * power;
        return (step, (int)Math.Ceiling(rate * 1.02 / step));
    }

    private static double RateOf(ProductionPlan.PlannedTick tick, TickSchedule schedule) =>
        schedule.Rate is ShoeRate.Interval && schedule.StepAfter(Tick.At(tick.Tick)).TotalSeconds is > 0 and var seconds ? tick.Shoes / seconds : tick.Shoes;

    private static string LowestAndHighest(LoadCurve.Piece[] pieces, LoadScale scale) =>
        $"{scale.Text(pieces.Min(piece => Math.Min(piece.AtFrom, piece.AtTo)))} to {scale.Text(pieces.Max(piece => Math.Max(piece.AtFrom, piece.AtTo)))} {scale.Unit}";
}
