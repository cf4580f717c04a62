using System.Net;
using System.Text;
using ShoeFunctions.Engine.Configuration;
using ShoeFunctions.Engine.Ticks;

namespace ShoeFunctions.Engine.Planning;

/// <summary>A week of a load as one page to look at: nothing runs in it, and nothing is loaded from anywhere.</summary>
public static class LoadPage
{
    private const int Days = 7, DaySeconds = ScheduleDays.Length, HourSeconds = 3600;

    private const string Style = """
        :root { --paper: #fbfaf8; --ink: #1d1b19; --quiet: #625e58; --line: #e2ddd5; --bar: #4a6fa5; --spike: #a8682a; color-scheme: light dark; }
        @media (prefers-color-scheme: dark) { :root { --paper: #161514; --ink: #ece8e2; --quiet: #a8a299; --line: #35322e; --bar: #7fa3d8; --spike: #d99a5b; } }
        * { box-sizing: border-box; margin: 0; }
        body { max-width: 70rem; margin: auto; padding: clamp(1rem, 3vw, 2.5rem); background: var(--paper); color: var(--ink); font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; font-variant-numeric: tabular-nums; }
        h1 { font-size: 1.5rem; font-weight: 650; letter-spacing: -.01em; }
        h2 { font-size: .875rem; font-weight: 600; margin-top: 2rem; padding-top: .75rem; border-top: 1px solid var(--line); }
        p { margin-top: .25rem; color: var(--quiet); }
        svg { display: block; width: 100%; height: auto; margin-top: .75rem; }
        svg text { fill: var(--quiet); font-size: 13px; }
        svg text.day, svg text.mark { fill: var(--ink); }
        svg text.hour { font-size: 11px; }
        svg text.mark { paint-order: stroke; stroke: var(--paper); stroke-width: 4px; stroke-linejoin: round; }
        .grid { stroke: var(--line); } .axis { stroke: var(--quiet); }
        .area { fill: var(--bar); fill-opacity: .22; } .rate { fill: none; stroke: var(--bar); stroke-width: 1.75; stroke-linejoin: round; }
        .spike { fill: var(--spike); fill-opacity: .3; } svg text.factor { fill: var(--spike); font-weight: 600; }
        .highest { fill: var(--paper); stroke: var(--ink); stroke-width: 1.75; }
        .wide { overflow-x: auto; } .wide svg { min-width: 44rem; }
        table { border-collapse: collapse; margin-top: .5rem; }
        th, td { text-align: start; font-weight: 400; padding: .2rem clamp(.5rem, 2vw, 1.5rem) .2rem 0; border-top: 1px solid var(--line); overflow-wrap: anywhere; vertical-align: top; }
        thead th { color: var(--quiet); font-size: .875rem; border-top: 0; } .number { text-align: end; white-space: nowrap; }
        """;

    /// <summary>The page.</summary>
    /// <param name="schedule">The ticks, and how many shoes they hold.</param>
    /// <param name="from">When the week begins; it does so at the whole hour.</param>
    /// <param name="highest">The tick of the month that holds most, where there is one.</param>
    /// <param name="settings">The settings that shape it.</param>
    public static string Of(TickSchedule schedule, Tick from, ProductionPlan.PlannedTick? highest, IEnumerable<SettingInForce> settings)
    {
        var start = new Tick(from.UnixSeconds / HourSeconds * HourSeconds);
        var end = new Tick(start.UnixSeconds + (Days * DaySeconds));
        var scale = LoadScale.Of(schedule.Rate);
        highest = highest is { Shoes: > 0 } ? highest : null;
        var page = new StringBuilder();
        page.Append($"""
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>The load of a week – ShoeFunctions</title>
            <style>
            {Style}
            </style>
            </head>
            <body>
            <h1>The load of a week</h1>
            <p>{start} to before {end}: {Quantity.Of(schedule.ShoesBetween(start, end), "shoe")}. All times are UTC.</p>
            <h2>{char.ToUpperInvariant(scale.Unit[0])}{scale.Unit[1..]}</h2>
            <div class="wide" role="region" aria-label="The picture" tabindex="0">
            {WeekPicture.Of(schedule, start, end, highest)}</div>
            {(highest is null ? "" : $"<p>Of the 30 days the tick that holds most is {Tick.At(highest.Tick)}, with {Quantity.Of(highest.Shoes, "shoe")}.</p>\n")}<h2>Its days</h2>
            <table>
            <thead><tr><th scope="col">Day</th><th scope="col" class="number">Shoes</th><th scope="col" class="number">Lowest rate</th><th scope="col" class="number">Highest</th></tr></thead>
            <tbody>

            """);
        var load = schedule.Rate.Load ?? LoadCurve.Constant;
        foreach (var (dayStart, dayEnd) in WeekPicture.DaysOf(start, end))
        {
            var (lowest, most) = load.Extremes(dayStart, dayEnd);
            var part = dayEnd.UnixSeconds - dayStart.UnixSeconds == DaySeconds ? "" : dayStart == start ? FormattableString.Invariant($", from {dayStart.Time:HH:mm}") : FormattableString.Invariant($", to {dayEnd.Time:HH:mm}");
            page.Append(FormattableString.Invariant(
                $"<tr><th scope=\"row\">{dayStart.Time:ddd d MMM yyyy}{part}</th><td class=\"number\">{Quantity.Of(schedule.ShoesBetween(dayStart, dayEnd))}</td><td class=\"number\">{scale.Text(lowest)}</td><td class=\"number\">{scale.Text(most)}</td></tr>\n"));
        }

        page.Append("</tbody>\n</table>\n<h2>What shapes it</h2>\n<table>\n<tbody>\n");
        foreach (var setting in settings)
            page.Append($"<tr><th scope=\"row\">{setting.Name}</th><td>{WebUtility.HtmlEncode(setting.Value)}{(setting.IsDefault ? ", the default" : "")}</td></tr>\n");
        return page.Append("</tbody>\n</table>\n</body>\n</html>\n").ToString();
    }
}
