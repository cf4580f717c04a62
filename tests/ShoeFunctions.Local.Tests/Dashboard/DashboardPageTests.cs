using System.Globalization;
using System.Text.Json;
using Microsoft.Playwright;
using ShoeFunctions.Engine.Failures;
using ShoeFunctions.Engine.Progress;
using ShoeFunctions.Engine.Ticks;

namespace ShoeFunctions.Local.Tests.Dashboard;

/// <summary>The page as people find it: narrow or wide, light or dark, with keys or a screen reader, behind a function key.</summary>
[Collection(BrowserTests.Name)]
public sealed class DashboardPageTests(Browser browser)
{
    /// <summary>The contrast (WCAG 2, relative luminance) of every text, and of the marks in the charts, with what is behind it.</summary>
    private const string Contrasts = """
        () => {
          const channels = colour => colour.match(/[\d.]+/g).map(Number);
          const luminance = ([r, g, b]) => [r, g, b].map(c => c / 255).map(c => c <= .04045 ? c / 12.92 : ((c + .055) / 1.055) ** 2.4)
            .reduce((sum, c, index) => sum + c * [.2126, .7152, .0722][index], 0);
          const behind = element => {
            for (let at = element; at; at = at.parentElement) {
              const colour = channels(getComputedStyle(at).backgroundColor);
              if (colour.length === 3 || colour[3] === 1) return colour;
            }
            throw new Error("nothing is behind it");
          };
          const ratio = (one, other) => { const [light, dark] = [luminance(one), luminance(other)].sort((a, b) => b - a); return (light + .05) / (dark + .05); };
          const found = [];
          for (const element of document.querySelectorAll("body *")) {
            if (!element.checkVisibility()) continue;
            const style = getComputedStyle(element);
            const isMark = element.matches("rect, path");
            const isText = [...element.childNodes].some(node => node.nodeType === Node.TEXT_NODE && node.data.trim() !== "");
            if (isMark || isText)
              found.push({ what: element.outerHTML.slice(0, 80), isMark, ratio: ratio(channels(isMark ? (element.matches("rect") ? style.fill : style.stroke) : style.color), behind(element)) });
          }
          return found;
        }
        """;

    private static readonly Failure Unreadable = new(
        FailureSource.ProgressStore, "read progress", FailureKind.Authorization, "403", false, "The storage account does not let the app use its tables: <b>grant</b> a role.\nAnd look again.");

    private sealed record Contrast
    {
        public string What { get; init; } = "";

        public bool IsMark { get; init; }

        public double Ratio { get; init; }
    }

    [Theory(SkipUnless = nameof(Browser.IsThere), SkipType = typeof(Browser), Skip = Browser.WhyNot)]
    [InlineData(1200)]
    [InlineData(360)]
    public async Task Nothing_moves_whatever_it_comes_to_show(int width)
    {
        await using var front = await DashboardFront.StartAsync();
        await using var page = await browser.OpenAsync(front.Url, width);
        foreach (var (state, progress) in new (string, ProgressState)[]
        {
            ("delivering", DashboardFront.After(1)), ("delivering", DashboardFront.After(7, shoes: 1_000_000)), ("failing", DashboardFront.After(120, fails: true)),
            ("delivering", DashboardFront.After(120, shoes: 123)), ("waiting", ProgressState.Empty),
        })
        {
            front.Progress = progress;
            await page.RefreshAsync();
            await page.IsAsync(state);
        }

        front.Failure = Unreadable;
        await page.RefreshAsync();
        await page.IsAsync("unavailable");
        await page.AssertStoodStillAsync();

        // That a move would be seen.
        await page.Page.EvaluateAsync("() => { document.querySelector('h1').hidden = true; return new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done))); }");
        Assert.NotEmpty(await page.Page.EvaluateAsync<string[]>("() => window.shifts"));
    }

    [Theory(SkipUnless = nameof(Browser.IsThere), SkipType = typeof(Browser), Skip = Browser.WhyNot)]
    [InlineData(ColorScheme.Light)]
    [InlineData(ColorScheme.Dark)]
    public async Task Every_text_can_be_told_from_what_is_behind_it(ColorScheme scheme)
    {
        await using var front = await DashboardFront.StartAsync();
        front.Progress = DashboardFront.After(120, fails: true);
        await using var page = await browser.OpenAsync(front.Url, scheme: scheme);
        await page.IsAsync("failing");
        await page.KeepPictureAsync($"failing-{scheme}".ToLowerInvariant());
        foreach (var state in new[] { "asking", "waiting", "delivering", "behind", "stopped", "failing", "stalled", "unreachable", "locked", "unavailable" })
        {
            await page.Page.EvaluateAsync("state => { document.body.dataset.state = state; }", state);
            var contrasts = await page.Page.EvaluateAsync<Contrast[]>(Contrasts);
            Assert.True(contrasts.Length > 100);
            Assert.All(contrasts, contrast => Assert.True(contrast.Ratio >= (contrast.IsMark ? 3 : 4.5), $"{state}, {scheme}: {contrast.Ratio:0.00} {contrast.What}"));
        }

        Assert.Equal(scheme == ColorScheme.Dark, await page.Page.EvaluateAsync<bool>("() => Number(getComputedStyle(document.body).backgroundColor.match(/\\d+/)[0]) < 128"));
    }

    [Theory(SkipUnless = nameof(Browser.IsThere), SkipType = typeof(Browser), Skip = Browser.WhyNot)]
    [InlineData(360)]
    [InlineData(320)]
    [InlineData(800)]
    public async Task On_a_phone_nothing_is_wider_than_the_screen(int width)
    {
        await using var front = await DashboardFront.StartAsync();
        front.Progress = DashboardFront.After(120, shoes: 1_000_000, fails: true);
        await using var page = await browser.OpenAsync(front.Url, width);
        await page.IsAsync("failing");
        Assert.Equal(width, await page.Page.EvaluateAsync<int>("() => document.documentElement.scrollWidth"));
        Assert.Empty(await page.Page.EvaluateAsync<string[]>(
            "() => [...document.querySelectorAll('body *')].filter(element => element.checkVisibility() && element.getBoundingClientRect().right > innerWidth).map(element => element.outerHTML.slice(0, 80))"));
        Assert.Empty(await page.Page.EvaluateAsync<string[]>(
            "() => [...document.querySelectorAll('th, td')].filter(cell => cell.checkVisibility() && cell.closest('#ticks') && cell.scrollWidth > cell.clientWidth).map(cell => cell.textContent)"));
        if (width == 360)
            await page.KeepPictureAsync("phone");
    }

    [Fact(SkipUnless = nameof(Browser.IsThere), SkipType = typeof(Browser), Skip = Browser.WhyNot)]
    public async Task Everything_that_can_be_done_can_be_done_with_keys()
    {
        await using var front = await DashboardFront.StartAsync();
        front.Progress = DashboardFront.After(120);
        await using var page = await browser.OpenAsync(front.Url);
        var reached = new List<string>();
        for (var tab = 0; tab < 8; tab++)
        {
            await page.Page.Keyboard.PressAsync("Tab");
            reached.Add(await page.Page.EvaluateAsync<string>("() => `${document.activeElement.id || document.activeElement.dataset.span} ${getComputedStyle(document.activeElement).outlineStyle} ${getComputedStyle(document.activeElement).outlineWidth}`"));
        }

        Assert.Equal(["pause solid 2px", "0 solid 2px", "3600 solid 2px", "86400 solid 2px", "more solid 2px", "show-settings solid 2px", "stats-link solid 2px", "health-link solid 2px"], reached);

        await page.Page.Locator("#more").FocusAsync();
        await page.Page.Keyboard.PressAsync("Space");
        Assert.Equal(("true", "Show fewer", 120), (
            await page.Page.Locator("#more").GetAttributeAsync("aria-expanded"), await page.TextAsync("#more"), (await page.RowsAsync("#ticks")).Length));
        await page.Page.Keyboard.PressAsync("Enter");
        Assert.Equal(12, (await page.RowsAsync("#ticks")).Length);

        await page.Page.Locator("#pause").FocusAsync();
        await page.Page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page.Page.Locator("#age")).ToContainTextAsync("paused");
        Assert.Equal("true", await page.Page.Locator("#pause").GetAttributeAsync("aria-pressed"));
        await page.Page.RunAndWaitForResponseAsync(() => page.Page.Keyboard.PressAsync("Enter"), response => response.Url.Contains("/api/stats", StringComparison.Ordinal));
        Assert.Equal("false", await page.Page.Locator("#pause").GetAttributeAsync("aria-pressed"));
    }

    [Fact(SkipUnless = nameof(Browser.IsThere), SkipType = typeof(Browser), Skip = Browser.WhyNot)]
    public async Task A_screen_reader_finds_its_way_and_hears_only_what_changes()
    {
        await using var front = await DashboardFront.StartAsync();
        front.Progress = DashboardFront.After(120);
        await using var page = await browser.OpenAsync(front.Url);
        await page.IsAsync("delivering");

        foreach (var landmark in new[] { AriaRole.Banner, AriaRole.Main, AriaRole.Contentinfo, AriaRole.Status })
            await Assertions.Expect(page.Page.GetByRole(landmark)).ToHaveCountAsync(1);
        Assert.Equal(["ShoeFunctions topic js_shoe", "Last failure", "Now ", "Shoes a second", "Latency logarithmic", "Asked and delivered shoes in five minutes, by the time of their ticks", "Totals since 23 Nov, 14:00 UTC", "Where to, and how"],
            await page.Page.EvaluateAsync<string[]>("() => [...document.querySelectorAll('h1, h2')].map(heading => heading.textContent)"));
        Assert.Equal("Delivering – ShoeFunctions", await page.Page.TitleAsync());
        foreach (var name in new[] { "Last ticks newest first, times in UTC", "What the last tick made 10 of 10, tick 14:20:00" })
            await Assertions.Expect(page.Page.GetByRole(AriaRole.Table, new PageGetByRoleOptions { Name = name, Exact = true })).ToHaveCountAsync(1);
        foreach (var name in new[] { "120 runs, at most 1 shoes a second, 0 failed", "120 runs, p99 at most 57.0 ms, logarithmic scale", "since 14:00:00: 1,210 shoes by the settings, 1,200 asked, 1,200 delivered" })
            await Assertions.Expect(page.Page.GetByRole(AriaRole.Img, new PageGetByRoleOptions { Name = name, Exact = true })).ToHaveCountAsync(1);
        Assert.Equal(0, await page.Page.Locator("th:not([scope]), [aria-labelledby='']").CountAsync());

        await page.Page.EvaluateAsync(
            "() => { window.heard = 0; new MutationObserver(changes => window.heard += changes.length).observe(document.querySelector('[role=status]'), { subtree: true, childList: true, characterData: true }); }");
        for (var round = 0; round < 3; round++)
        {
            front.Progress = DashboardFront.After(120, shoes: 11 + round);
            await page.RefreshAsync();
        }

        Assert.Equal("1,560", await page.TextAsync("#total-delivered"));
        Assert.Equal(0, await page.Page.EvaluateAsync<int>("() => window.heard"));
        front.Progress = DashboardFront.After(120, fails: true);
        await page.RefreshAsync();
        await page.IsAsync("failing");
        Assert.NotEqual(0, await page.Page.EvaluateAsync<int>("() => window.heard"));
    }

    [Fact(SkipUnless = nameof(Browser.IsThere), SkipType = typeof(Browser), Skip = Browser.WhyNot)]
    public async Task Brokers_that_a_tick_waits_for_are_said_before_it_ends_and_what_is_over_is_said_to_be()
    {
        await using var front = await DashboardFront.StartAsync();
        var (tick, at) = (Tick.At(DashboardFront.Now.AddSeconds(-3)), DashboardFront.Now.AddSeconds(-1));
        front.Progress = DashboardFront.After(12).Failing(new FailedRun(new Tick(tick.UnixSeconds + 10), at, Unreadable));
        await using var page = await browser.OpenAsync(front.Url);
        await page.IsAsync("failing");
        Assert.Equal("Tick 14:20:10 waits for brokers that cannot be reached since 14:20:02.", await page.TextAsync("#why"));
        Assert.Equal("progress-store: authorization", await page.TextAsync("#cause"));

        front.Progress = front.Progress.Acknowledging(DashboardFront.Now);
        await page.RefreshAsync();
        await page.IsAsync("delivering");
        Assert.Equal(
            ("progress-store: authorization, over", "403, tick 14:20:10 UTC, at 14:20:02. Over since 14:20:03 UTC."),
            (await page.TextAsync("#cause"), await page.TextAsync("#failed-at")));
        await page.AssertStoodStillAsync();
    }

    [Fact(SkipUnless = nameof(Browser.IsThere), SkipType = typeof(Browser), Skip = Browser.WhyNot)]
    public async Task A_gap_in_time_is_a_gap_and_skipped_ticks_have_the_command_that_brings_them_back()
    {
        await using var front = await DashboardFront.StartAsync();
        var state = DashboardFront.After(1, before: TimeSpan.FromMinutes(10));
        var (first, last) = (new Tick(state.HighWater!.Value.UnixSeconds + 10), Tick.At(DashboardFront.Now.AddSeconds(-33)));
        front.Progress = DashboardFront.After(3, on: state.Skipping(new SkippedRange(first, last, 57, 570, DashboardFront.Now)));
        await using var page = await browser.OpenAsync(front.Url);
        await page.IsAsync("delivering");

        // The first run stands alone, at the left end, and the three others at the right.
        Assert.Equal(2, (await page.Page.Locator("#p50-line").GetAttributeAsync("d"))!.Count(c => c == 'M'));
        var lefts = await page.Page.EvaluateAsync<double[]>("() => [...document.querySelectorAll('#rate-chart rect')].map(bar => Number(bar.getAttribute('x'))).slice(-4)");
        Assert.Equal(0, lefts[0]);
        Assert.All(lefts[1..], left => Assert.InRange(left, 900, 1000));
        Assert.StartsWith("57 ticks skipped, 14:10:10 to 14:19:30 UTC", await page.TextAsync("#skipped"), StringComparison.Ordinal);
        Assert.Equal("shoes replay --from 2026-11-23T14:10:10Z --to 2026-11-23T14:19:31Z", await page.TextAsync("#replay"));
        Assert.Equal("of 610 asked", await page.TextAsync("#total-asked"));
        Assert.StartsWith("of 1 asked, ", await page.TextAsync("#rate-overall"), StringComparison.Ordinal);

        await page.Page.Locator("button[data-span='3600']").ClickAsync();
        Assert.Contains("13:20:10 to 14:20:10, kept since 14:10:00", await page.TextAsync("figure .span >> nth=0"), StringComparison.Ordinal);
    }

    [Fact(SkipUnless = nameof(Browser.IsThere), SkipType = typeof(Browser), Skip = Browser.WhyNot)]
    public async Task The_last_hours_show_what_was_asked_and_delivered_beside_what_the_settings_ask_for()
    {
        await using var front = await DashboardFront.StartAsync();
        front.Settings = [("MESSAGE_INTERVAL", "100ms"), ("LOAD_CURVE", "08:00=0.2,11:00=3,14:20=1"), ("LOAD_SPIKES", "2026-11-23T13:00:00Z/20m=1.5")];
        front.Progress = front.Delivered(TimeSpan.FromHours(5), lost: TimeSpan.FromHours(2));
        await using var page = await browser.OpenAsync(front.Url);
        await page.IsAsync("delivering");

        // Before the first run there is no bar; then one a step, but for those of the outage.
        var bars = await page.Page.EvaluateAsync<double[]>("() => [...document.querySelectorAll('#load-chart rect')].map(bar => Number(bar.getAttribute('height')))");
        var steps = (await page.StatsAsync()).GetProperty("load").GetProperty("steps").EnumerateArray().ToArray();
        Assert.Equal(72, bars.Length);
        var top = double.Parse(await page.TextAsync("#load-top"), NumberStyles.AllowThousands, CultureInfo.InvariantCulture);
        Assert.Equal(
            steps.Select(step => step.GetProperty("delivered") is { ValueKind: JsonValueKind.Number } delivered && delivered.GetInt64() > 0 ? Math.Max(0.6, 40 * delivered.GetDouble() / top) : 0),
            bars, (one, other) => Math.Abs(one - other) < 0.001);
        Assert.Equal((11, 5), (bars.TakeWhile(bar => bar == 0).Count(), bars.Skip(12).Count(bar => bar == 0)));
        // One line each, that of what was asked only where it is known.
        foreach (var (line, points) in new[] { ("second", 2 * 61), ("third", 2 * 72) })
        {
            var path = (await page.Page.Locator($"#load-chart path.{line}").GetAttributeAsync("d"))!;
            Assert.Equal((1, points), (path.Count(c => c == 'M'), path.Count(c => c is 'M' or 'L')));
        }

        var titles = await page.Page.Locator("#load-chart title").AllTextContentsAsync();
        Assert.Matches("^08:25:00 to 08:30:00 UTC: [0-9,]+ by the settings, no more is known$", titles[0]);
        Assert.Matches("^12:30:00 to 12:35:00 UTC: ([0-9,]+) by the settings, \\1 asked, 0 delivered$", titles[49]);
        Assert.Matches("^13:00:00 to 13:05:00 UTC: ([0-9,]+) by the settings, \\1 asked, \\1 delivered$", titles[55]);
        Assert.Equal("08:25:00 to 14:20:03", await page.TextAsync("#load-span"));
        await page.KeepPictureAsync("load");
        await page.AssertStoodStillAsync();
        await page.AssertIsCleanAsync();
    }

    [Fact(SkipUnless = nameof(Browser.IsThere), SkipType = typeof(Browser), Skip = Browser.WhyNot)]
    public async Task It_says_where_the_shoes_go_and_how_and_each_ticks_values_where_the_pointer_is()
    {
        await using var front = await DashboardFront.StartAsync();
        front.Progress = DashboardFront.After(3) with { Partitions = [new(0, 41_234), new(5, 987)] };
        await using var page = await browser.OpenAsync(front.Url);
        await page.IsAsync("delivering");
        Assert.Equal(("localhost:9092", "gzip"), (await page.Page.Locator("#brokers").TextContentAsync(), await page.Page.Locator("#compression").TextContentAsync()));
        Assert.NotEqual("–", await page.Page.Locator("#commit").TextContentAsync());
        await page.Page.Locator("#show-partitions").ClickAsync();
        Assert.Equal("2 partitions", await page.Page.Locator("#show-partitions").TextContentAsync());
        Assert.Equal(["041,234", "5987"], await page.Page.Locator("#partitions tr").AllTextContentsAsync());
        await page.Page.Locator("#show-settings").ClickAsync();
        Assert.Equal("js_shoe", await page.Page.Locator("#settings tr:has(th:text-is('KAFKA_TOPIC')) td").TextContentAsync());

        foreach (var chart in new[] { "rate-chart", "latency-chart" })
        {
            var titles = (await page.Page.Locator($"#{chart} .hit title").AllTextContentsAsync()).Where(title => title.Length > 0).ToArray();
            Assert.Equal(3, titles.Length);
            Assert.Equal("14:20:00 UTC: 10 of 10 delivered, 1 a second, p50 4.0 ms, p99 7.0 ms", titles[^1]);
        }

        await page.KeepPictureAsync("settings");
    }

    [Fact(SkipUnless = nameof(Browser.IsThere), SkipType = typeof(Browser), Skip = Browser.WhyNot)]
    public async Task A_function_key_that_opened_it_is_passed_on_and_without_one_it_says_so()
    {
        const string Key = "a+b/c=&d?e";
        await using var front = await DashboardFront.StartAsync(Key);
        front.Progress = DashboardFront.After(3);
        var code = Uri.EscapeDataString(Key);
        await using var page = await browser.OpenAsync(new Uri(front.Url, $"?code={code}"));
        await page.IsAsync("delivering");
        foreach (var (link, path) in new[] { ("#stats-link", "stats"), ("#health-link", "health") })
            Assert.Equal(Key, await page.Page.EvaluateAsync<string>("link => new URL(document.querySelector(link).href).searchParams.get('code')", link));
        await page.AssertIsCleanAsync();
        Assert.All(page.Requests, url => Assert.StartsWith(front.Url.GetLeftPart(UriPartial.Authority), url, StringComparison.Ordinal));

        await using var locked = await browser.OpenAsync(front.Url);
        await locked.IsAsync("locked");
        Assert.Contains("function key", await locked.TextAsync("#why"), StringComparison.Ordinal);
        // The other page goes on asking, with its key.
        Assert.Contains("", front.Asked);
    }

    [Fact(SkipUnless = nameof(Browser.IsThere), SkipType = typeof(Browser), Skip = Browser.WhyNot)]
    public async Task Open_ticks_show_how_many_of_their_chunks_are_done_and_by_how_many_instances()
    {
        await using var front = await DashboardFront.StartAsync();
        front.Progress = DashboardFront.After(7);
        await using var page = await browser.OpenAsync(front.Url);
        await page.IsAsync("delivering");
        Assert.Equal((false, false), (await page.Page.Locator("#open-list").IsVisibleAsync(), (await page.TextAsync("#next")).Contains("chunk", StringComparison.Ordinal)));

        var (opened, now) = (DashboardFront.Now.AddSeconds(-12), DashboardFront.Now);
        front.Progress = new[] { (-2, opened, (DateTimeOffset?)opened), (-1, now, null) }
            .Aggregate(front.Progress, (state, tick) => state.Opening(new OpenTick(Tick.At(now.AddSeconds(tick.Item1)), 1_000_000, 50_000, 0, $"o{tick.Item1}", tick.Item2, tick.Item3)));
        front.Chunks = [[.. Enumerable.Range(0, 13).Select(chunk => new ChunkMark(chunk * 50_000, 50_000, now.AddSeconds(-1), $"shoes/{chunk % 3}"))], []];
        await page.RefreshAsync();
        Assert.Equal("13 of 40 chunks, 3 instances", await page.TextAsync("#next"));
        await page.AssertStoodStillAsync();
        await page.Page.ClickAsync("#show-open");
        Assert.Equal("2 open ticks, 3 instances", await page.TextAsync("#show-open"));
        Assert.Equal<IEnumerable<string>>(
            ["14:20:01 UTC\t13 of 20 chunks, 1,000,000 shoes, open for 12 s", "14:20:02 UTC\t0 of 20 chunks, 1,000,000 shoes, open for 0 s, to be queued again", .. Enumerable.Range(0, 3).Select(number => $"shoes/{number}\tlast chunk at 14:20:02 UTC")],
            await page.Page.EvaluateAsync<string[]>("() => [...document.querySelectorAll('#open-ticks tr')].filter(row => !row.hidden).map(row => [...row.cells].map(cell => cell.textContent).join('\t'))"));
        await page.KeepPictureAsync("open-ticks");

        await page.Page.ClickAsync("#show-open");
        (front.Progress, front.Chunks) = (DashboardFront.After(7), []);
        await page.RefreshAsync();
        Assert.Equal("0 open ticks, 0 instances", await page.TextAsync("#show-open"));
        Assert.DoesNotContain("chunk", await page.TextAsync("#next"), StringComparison.Ordinal);
        await page.AssertIsCleanAsync();
    }

    [Fact(SkipUnless = nameof(Browser.IsThere), SkipType = typeof(Browser), Skip = Browser.WhyNot)]
    public async Task What_stats_cannot_tell_is_said_with_its_advice_as_text()
    {
        await using var front = await DashboardFront.StartAsync();
        front.Failure = Unreadable;
        await using var page = await browser.OpenAsync(front.Url);
        await page.IsAsync("unavailable");
        Assert.Equal(
            ("progress-store: authorization", "403. It needs action.", Unreadable.Advice),
            (await page.TextAsync("#cause"), await page.TextAsync("#failed-at"), await page.TextAsync("#advice")));
        Assert.Equal(0, await page.Page.Locator("b").CountAsync());

        front.Failure = null;
        front.Progress = DashboardFront.After(2);
        await page.RefreshAsync();
        await page.IsAsync("delivering");
        Assert.Equal("None", await page.TextAsync("#cause"));
        await page.AssertIsCleanAsync(expected: "503");
    }

    [Fact(SkipUnless = nameof(Browser.IsThere), SkipType = typeof(Browser), Skip = Browser.WhyNot)]
    public async Task No_script_but_its_own_runs_and_it_talks_to_nobody_else()
    {
        await using var front = await DashboardFront.StartAsync();
        await using var other = await DashboardFront.StartAsync();
        await using var page = await browser.OpenAsync(front.Url);
        await page.AssertIsCleanAsync();
        var came = await page.Page.EvaluateAsync<bool>(
            """
            async url => {
              const script = document.createElement("script");
              script.textContent = "window.ran = true";
              document.body.append(script);
              document.body.setAttribute("style", "color: red");
              return await fetch(url, { mode: "no-cors" }).then(() => true, () => false);
            }
            """,
            other.Url.AbsoluteUri);
        Assert.False(came);
        Assert.False(await page.Page.EvaluateAsync<bool>("() => window.ran === true"));
        Assert.Equal(["script-src-elem", "style-src-attr", "connect-src"], await page.Page.EvaluateAsync<string[]>("() => window.violations"));
    }
}
