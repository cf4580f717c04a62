using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using ShoeFunctions.Engine.Tests.Processes;
using ShoeFunctions.Local.EmbeddedKafka;
using ShoeFunctions.Local.EmbeddedSchemaRegistry;
using ShoeFunctions.Local.Tests.EndToEnd;

namespace ShoeFunctions.Local.Tests.Dashboard;

/// <summary>The page as the command serves it, over brokers that come and go.</summary>
[Collection(BrowserTests.Name)]
public sealed class DashboardTests(Browser browser)
{
    private static readonly (string, string) EverySecond = ("PRODUCE_SCHEDULE", "* * * * * *");

    [Fact(SkipUnless = nameof(Browser.IsThere), SkipType = typeof(Browser), Skip = Browser.WhyNot)]
    public async Task What_it_shows_is_what_stats_answers()
    {
        await using var process = ShoesProcess.Start("", EverySecond, ("BATCH_SIZE", "1234"), ("SHOE_SEED", "42"));
        var url = new Uri(new Uri((await process.ReadyAsync()).Http), "/api/dashboard");
        await using var page = await browser.OpenAsync(url);
        await Assertions.Expect(page.Page.Locator("#ticks tbody tr").Nth(2)).ToContainTextAsync("1,234");
        await page.IsAsync("delivering");
        var stats = await page.PauseAsync();

        Assert.Equal(("Delivering", "topic js_shoe"), (await page.TextAsync("#state"), await page.TextAsync("#topic")));
        foreach (var (selector, path) in new[]
        {
            ("#rate", "rate.lastMinutePerSecond"), ("#p50", "latency.p50Ms"), ("#p99", "latency.p99Ms"), ("#pending", "pendingTicks"),
            ("#total-ticks", "totals.ticks"), ("#total-delivered", "totals.delivered"), ("#total-failed", "totals.failed"),
            ("#total-skipped", "totals.skippedTicks"), ("#total-bytes", "totals.bytes"),
        })
            Assert.Equal((path, path.Split('.').Aggregate(stats, (json, name) => json.GetProperty(name)).GetDouble()), (path, await page.ValueAsync(selector)));
        Assert.Equal($"{stats.GetProperty("totals").GetProperty("delivered").GetInt64():N0}", await page.TextAsync("#total-delivered"));
        Assert.Equal("None", await page.TextAsync("#cause"));

        var ticks = stats.GetProperty("lastTicks").EnumerateArray().ToArray();
        var rows = await page.RowsAsync("#ticks");
        Assert.Equal(12, rows.Length);
        Assert.Equal(
            ticks.Take(12).Select(tick => $"{tick.GetProperty("tick").GetDateTimeOffset():HH:mm:ss} 1,234 1,234 0 {Ms(tick, "p50Ms")} {Ms(tick, "p99Ms")} {Ms(tick, "durationMs")}"),
            rows.Take(ticks.Length).Select(cells => string.Join(' ', cells)));

        var sample = stats.GetProperty("sample").GetProperty("shoes").EnumerateArray().ToArray();
        Assert.Equal(10, sample.Length);
        Assert.Equal(
            sample.Select(shoe => $"{shoe.GetProperty("brand")} {shoe.GetProperty("name")}|${shoe.GetProperty("salePrice").GetDouble():0.00}|{shoe.GetProperty("rating").GetDouble():0.0}"),
            (await page.RowsAsync("#sample")).Select(cells => string.Join('|', cells)));

        // A bar a tick, newest to the right, as high as its rate in 1500.
        var bars = await page.Page.EvaluateAsync<double[]>("() => [...document.querySelectorAll('#rate-chart rect')].map(bar => Number(bar.getAttribute('height')))");
        Assert.Equal(Enumerable.Repeat(0.0, 120 - ticks.Length).Concat(ticks.Select(_ => 40 * 1234 / 1500.0)), bars);
        Assert.Equal("1,500", await page.TextAsync("#rate-top"));
        foreach (var line in new[] { "#p50-line", "#p99-line" })
            Assert.Equal(ticks.Length, (await page.Page.Locator(line).GetAttributeAsync("d"))!.Count(c => c is 'M' or 'L'));

        await page.AssertIsCleanAsync();
        await page.AssertStoodStillAsync();
        await page.KeepPictureAsync("delivering");
    }

    [Fact(SkipUnless = nameof(Browser.IsThere), SkipType = typeof(Browser), Skip = Browser.WhyNot)]
    public async Task An_outage_of_the_brokers_shows_with_what_to_do_and_so_does_its_end()
    {
        using var cluster = new EmbeddedCluster();
        await using var registry = await EmbeddedRegistry.StartAsync(cancellation: TestContext.Current.CancellationToken);
        cluster.CreateTopic("js_shoe", 6);
        await using var process = ShoesProcess.Start("", EverySecond, ("BATCH_SIZE", "10"), ("KAFKA_TIMEOUT", "1s"),
            ("KAFKA_BOOTSTRAP_SERVERS", cluster.BootstrapServers), ("SCHEMA_REGISTRY_URL", registry.Url.AbsoluteUri));
        await using var page = await browser.OpenAsync(new Uri(new Uri((await process.ReadyAsync()).Http), "/api/dashboard"));
        await page.IsAsync("delivering");

        cluster.TakeDown();
        await page.IsAsync("failing");
        await page.KeepPictureAsync("failing");
        var stats = await page.PauseAsync();
        var failure = stats.GetProperty("lastFailure").GetProperty("failure");
        var kind = failure.GetProperty("kind").GetString();

        // The client may not have noticed yet that nobody is there: then it is the answer that is late.
        Assert.Contains(kind, new[] { "network", "timeout" });
        Assert.Equal(
            ("Failing", $"kafka: {kind}", failure.GetProperty("advice").GetString()),
            (await page.TextAsync("#state"), await page.TextAsync("#cause"), await page.TextAsync("#advice")));
        Assert.StartsWith(failure.GetProperty("code").GetString()!, await page.TextAsync("#failed-at"), StringComparison.Ordinal);
        Assert.Contains(kind == "network" ? "check KAFKA_BOOTSTRAP_SERVERS" : "raise KAFKA_TIMEOUT", failure.GetProperty("advice").GetString(), StringComparison.Ordinal);
        var failed = stats.GetProperty("lastTicks").EnumerateArray().Count(tick => tick.GetProperty("failed").GetInt32() > 0);
        Assert.Equal((failed, failed), (await page.Page.Locator("#rate-chart rect.bad").CountAsync(), await page.Page.Locator("#ticks tr.bad").CountAsync()));

        cluster.BringUp();
        await page.Page.Locator("#pause").ClickAsync();
        await page.IsAsync("delivering");
        Assert.Matches("^kafka: [a-z]+, over$", await page.TextAsync("#cause"));
        Assert.Matches(@" Over since [0-9:]{8} UTC\.$", await page.TextAsync("#failed-at"));
        await page.AssertIsCleanAsync();
        await page.AssertStoodStillAsync();
    }

    [Fact(SkipUnless = nameof(Browser.IsThere), SkipType = typeof(Browser), Skip = Browser.WhyNot)]
    public async Task A_command_that_is_gone_is_said_with_its_last_figures_and_how_old_they_are_until_it_is_back()
    {
        var port = LoopbackPorts.Take();
        var url = new Uri($"http://127.0.0.1:{port}/api/dashboard");
        OpenPage page;
        await using (var process = ShoesProcess.Start($"--port {port}", EverySecond, ("BATCH_SIZE", "10")))
        {
            await process.ReadyAsync();
            page = await browser.OpenAsync(url);
            await page.IsAsync("delivering");
        }

        await using var opened = page;
        await page.IsAsync("unreachable");
        Assert.Equal("Unreachable", await page.TextAsync("#state"));
        Assert.True(await page.ValueAsync("#total-delivered") > 0);
        await Assertions.Expect(page.Page.Locator("#age")).ToHaveTextAsync(new Regex(@"^as of [0-9:]{8} UTC, ([2-9]|\d\d) s ago$"));
        await page.AssertStoodStillAsync();
        await page.KeepPictureAsync("unreachable");

        await using var again = ShoesProcess.Start($"--port {port}", EverySecond, ("BATCH_SIZE", "10"));
        await page.IsAsync("delivering");
        await page.AssertIsCleanAsync(expected: "net::ERR_");
    }

    [Fact]
    public async Task It_is_sent_with_a_policy_that_allows_its_own_script_and_style_only_and_is_not_kept()
    {
        await using var process = ShoesProcess.Start("", ("PRODUCE_SCHEDULE", "0 0 0 1 1 *"), ("BATCH_SIZE", "1"));
        using var http = new HttpClient { BaseAddress = new Uri((await process.ReadyAsync()).Http) };
        using var answer = await http.GetAsync("/api/dashboard", TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("text/html; charset=utf-8", answer.Content.Headers.ContentType!.ToString());
        Assert.Matches(
            "^default-src 'none'; script-src 'sha256-[A-Za-z0-9+/]{43}='; style-src 'sha256-[A-Za-z0-9+/]{43}='; img-src data:; connect-src 'self'; "
            + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'$",
            Assert.Single(answer.Headers.GetValues("Content-Security-Policy")));
        Assert.Equal(("nosniff", "no-referrer", "no-store"), (
            Assert.Single(answer.Headers.GetValues("X-Content-Type-Options")), Assert.Single(answer.Headers.GetValues("Referrer-Policy")), answer.Headers.CacheControl!.ToString()));
        Assert.DoesNotContain("http://", (await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).Replace("http://www.w3.org/2000/svg", ""), StringComparison.Ordinal);

        var stats = await http.GetFromJsonAsync<JsonElement>("/api/stats", TestContext.Current.CancellationToken);
        Assert.Equal(("waiting", JsonValueKind.Null), (stats.GetProperty("state").GetString(), stats.GetProperty("sample").ValueKind));
    }

    private static string Ms(JsonElement tick, string name)
    {
        var ms = tick.GetProperty(name).GetDouble();
        return ms >= 1000 ? $"{Rounded(ms / 1000, 1)} s" : $"{Rounded(ms, ms < 100 ? 1 : 0)} ms";
    }

    /// <summary>As JavaScript rounds: halves away from zero, of the number as it is written.</summary>
    private static string Rounded(double value, int digits) => decimal.Round((decimal)value, digits, MidpointRounding.AwayFromZero).ToString($"N{digits}", CultureInfo.InvariantCulture);
}
