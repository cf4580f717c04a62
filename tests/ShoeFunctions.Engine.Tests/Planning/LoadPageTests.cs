using System.Globalization;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using ShoeFunctions.Engine.Configuration;
using ShoeFunctions.Engine.Planning;
using ShoeFunctions.Engine.Ticks;

namespace ShoeFunctions.Engine.Tests.Planning;

public sealed class LoadPageTests
{
    private static readonly Tick From = Tick.At(new DateTimeOffset(2026, 11, 27, 6, 20, 0, TimeSpan.Zero));

    private static readonly LoadCurve Load = new(
        [new(0, 200_000), new(8 * 3600, 1_000_000), new(20 * 3600, 3_000_000)], [new(DayOfWeek.Saturday, 1_500_000)],
        [new(At(27, 8), At(27, 9), 5_000_000), new(At(27, 10), At(27, 11), 0), new(At(30, 0), At(30, 1), 2_000_000)]);

    [Fact]
    public void It_is_whole_in_itself_and_well_formed()
    {
        var page = Page(new ShoeRate.Interval(10_000_000) { Load = Load });
        Assert.DoesNotMatch("(?i)<script|<link|<img|<iframe|http:|https:|url\\(|@import|\\son[a-z]+=", page);
        Assert.Contains("@media (prefers-color-scheme: dark)", page, StringComparison.Ordinal);
        var body = XDocument.Parse(Regex.Match(page, "<body>.*</body>", RegexOptions.Singleline).Value);
        Assert.Single(body.Descendants("svg"));
        Assert.Equal("The rate from 2026-11-27T06:00:00Z to 2026-12-04T06:00:00Z, from 0 to 583 shoes a second", body.Descendants("svg").Single().Attribute("aria-label")!.Value);
    }

    [Fact]
    public void The_line_is_the_rate_on_a_scale_from_nought()
    {
        var svg = Svg(Page(new ShoeRate.Interval(10_000_000) { Load = Load }));
        var points = svg.Descendants("polyline").Single().Attribute("points")!.Value.Split(' ').Select(point => point.Split(',').Select(number => double.Parse(number, CultureInfo.InvariantCulture)).ToArray()).ToArray();
        var labels = svg.Elements("text").Where(text => text.Attribute("text-anchor")!.Value == "end" && text.Attribute("class") is null).Select(text => text.Value).ToArray();
        Assert.Equal(["0", "100", "200", "300", "400", "500", "600"], labels);
        var lines = svg.Elements("line").Where(line => line.Attribute("y1")!.Value == line.Attribute("y2")!.Value).Select(line => double.Parse(line.Attribute("y1")!.Value, CultureInfo.InvariantCulture)).Take(7).ToArray();
        // Saturday's evening is at 450, in the middle of its two lines, and nothing at the bottom in the spike of nought.
        Assert.Contains(points, point => Math.Abs(point[1] - ((lines[4] + lines[5]) / 2)) < 0.01);
        Assert.Equal(2, points.Count(point => Math.Abs(point[1] - lines[0]) < 0.01));
        Assert.All(points.Zip(points.Skip(1)), two => Assert.True(two.First[0] <= two.Second[0]));
        Assert.Equal((points[0][0], points[^1][0]), (76, 1024));
    }

    [Fact]
    public void Spikes_and_the_highest_tick_are_marked_where_they_are_in_the_week()
    {
        var svg = Svg(Page(new ShoeRate.Interval(10_000_000) { Load = Load }));
        Assert.Equal(
            ["2026-11-27T08:00:00Z to 2026-11-27T09:00:00Z: ×5", "2026-11-27T10:00:00Z to 2026-11-27T11:00:00Z: ×0", "2026-11-30T00:00:00Z to 2026-11-30T01:00:00Z: ×2"],
            svg.Descendants("title").Select(title => title.Value));
        // The second one's label would lie on the first one's.
        Assert.Equal(["×5", "×2"], svg.Elements("text").Where(text => text.Attribute("class")?.Value == "factor").Select(text => text.Value));
        Assert.Equal("highest: Fri 08:59:00, 35,000 shoes", svg.Elements("text").Single(text => text.Attribute("class")?.Value == "mark").Value);
        Assert.Single(svg.Elements("circle"));
        Assert.Empty(Svg(Page(new ShoeRate.Interval(10_000_000) { Load = Load }, new ProductionPlan.PlannedTick(From.Time.AddDays(20), 35_000, 0, 1))).Elements("circle"));
    }

    [Fact]
    public void Where_no_tick_holds_any_shoes_none_is_the_highest()
    {
        var page = Page(new ShoeRate.Batch(7) { Load = new LoadCurve([new(0, 0)], [], []) }, new ProductionPlan.PlannedTick(From.Time, 0, null, null));
        Assert.Empty(Svg(page).Elements("circle"));
        Assert.DoesNotContain("holds most", page, StringComparison.Ordinal);
        Assert.All(Rows(page)[0], row => Assert.Equal(["0", "0", "0"], row[1..]));
    }

    [Fact]
    public void Its_days_add_up_to_the_week_and_say_where_they_are_parts()
    {
        var rows = Rows(Page(new ShoeRate.Interval(10_000_000) { Load = Load }))[0];
        Assert.Equal(["Fri 27 Nov 2026, from 06:00", "Sat 28 Nov 2026", "Sun 29 Nov 2026", "Mon 30 Nov 2026", "Tue 1 Dec 2026", "Wed 2 Dec 2026", "Thu 3 Dec 2026", "Fri 4 Dec 2026, to 06:00"], rows.Select(row => row[0]));
        Assert.Equal(["Sat 28 Nov 2026", "19,008,000", "30", "450"], rows[1]);
        var schedule = Schedule(new ShoeRate.Interval(10_000_000) { Load = Load });
        Assert.Equal(schedule.ShoesBetween(At(27, 6), new Tick(At(27, 6).UnixSeconds + (7 * 24 * 3600))), rows.Sum(row => long.Parse(row[1], NumberStyles.AllowThousands, CultureInfo.InvariantCulture)));
    }

    [Fact]
    public void What_settings_hold_is_text()
    {
        var page = Page(new ShoeRate.Batch(7));
        Assert.Equal(["PRODUCE_SCHEDULE", "0 * * * * *"], Rows(page)[1][0]);
        Assert.Equal(["MESSAGE_INTERVAL", "<b>&\"', the default"], Rows(page)[1][1]);
        Assert.DoesNotContain("<b>", page, StringComparison.Ordinal);
        // A rate that is the same at all times is drawn too.
        Assert.Contains("from 7 to 7 shoes a tick", page, StringComparison.Ordinal);
    }

    private static string Page(ShoeRate rate, ProductionPlan.PlannedTick? highest = null) => LoadPage.Of(
        Schedule(rate), From, highest ?? new ProductionPlan.PlannedTick(new DateTimeOffset(2026, 11, 27, 8, 59, 0, TimeSpan.Zero), 35_000, 0, 1),
        [new SettingInForce("PRODUCE_SCHEDULE", "0 * * * * *", false), new SettingInForce("MESSAGE_INTERVAL", "<b>&\"'", true)]);

    private static XElement Svg(string page) => XElement.Parse(Regex.Match(page, "<svg .*</svg>", RegexOptions.Singleline).Value);

    /// <summary>The cells of the tables' rows, table by table.</summary>
    private static string[][][] Rows(string page) =>
        [.. XElement.Parse(Regex.Match(page, "<body>.*</body>", RegexOptions.Singleline).Value).Descendants("tbody").Select(table => table.Elements("tr").Select(row => row.Elements().Select(cell => cell.Value).ToArray()).ToArray())];

    private static TickSchedule Schedule(ShoeRate rate)
    {
        Assert.True(TickSchedule.TryParse("0 * * * * *", rate, out var schedule));
        return schedule;
    }

    private static Tick At(int day, int hour) => Tick.At(new DateTimeOffset(2026, 11, day, hour, 0, 0, TimeSpan.Zero));
}
