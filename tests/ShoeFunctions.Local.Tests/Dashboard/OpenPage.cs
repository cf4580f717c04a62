using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using Microsoft.Playwright;
using ShoeFunctions.Engine.Tests.Processes;

namespace ShoeFunctions.Local.Tests.Dashboard;

/// <summary>The dashboard, open in the browser.</summary>
public sealed class OpenPage : IAsyncDisposable
{
    /// <summary>From the beginning it notes what the policy forbids, and what moves without being touched.</summary>
    private const string Witness = """
        window.violations = [];
        addEventListener("securitypolicyviolation", event => window.violations.push(event.effectiveDirective));
        window.shifts = [];
        new PerformanceObserver(list => {
          // A page of which the rest is still on its way grows as it comes, on a slow machine in several steps.
          const parsed = performance.getEntriesByType("navigation")[0].domInteractive;
          for (const shift of list.getEntries().filter(shift => parsed > 0 && shift.startTime > parsed))
            window.shifts.push(shift.sources.map(source => `${((source.node instanceof Element ? source.node : source.node?.parentElement)?.outerHTML ?? "a node that is gone").slice(0, 120)} from ${JSON.stringify(source.previousRect)} to ${JSON.stringify(source.currentRect)}`).join("; "));
        }).observe({ type: "layout-shift", buffered: true });
        """;

    private const string NextFrame = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))";

    private readonly ConcurrentQueue<string> _complaints = [];
    private readonly ConcurrentQueue<Task<string>> _stats = [];

    public OpenPage(IPage page)
    {
        Page = page;
        page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning")
                _complaints.Enqueue($"{message.Type}: {message.Text}");
        };
        page.PageError += (_, error) => _complaints.Enqueue(error);
        page.Request += (_, request) => Requests.Enqueue(request.Url);
        page.Response += (_, response) =>
        {
            if (response.Ok && response.Url.Contains("/api/stats", StringComparison.Ordinal))
                _stats.Enqueue(response.TextAsync());
        };
    }

    public IPage Page { get; }

    /// <summary>All that it has asked for.</summary>
    public ConcurrentQueue<string> Requests { get; } = [];

    public async Task GoAsync(Uri url)
    {
        await Page.AddInitScriptAsync(Witness);
        await Page.GotoAsync(url.AbsoluteUri);
        await Page.Locator("body:not([data-state=asking])").WaitForAsync();
    }

    /// <summary>Waits until the page shows a state.</summary>
    public Task IsAsync(string state) => Page.Locator($"body[data-state={state}]").WaitForAsync();

    /// <summary>Has it ask for the statistics now, as it does when it comes to the front, and show them.</summary>
    public async Task RefreshAsync()
    {
        await Page.RunAndWaitForResponseAsync(
            () => Page.EvaluateAsync("() => document.dispatchEvent(new Event('visibilitychange'))"), response => response.Url.Contains("/api/stats", StringComparison.Ordinal));
        // What is shown is shown by the next frame but one, and layout shifts are told with it.
        await Page.EvaluateAsync(NextFrame);
    }

    /// <summary>Stops it asking, and gives what it was answered last.</summary>
    public async Task<JsonElement> PauseAsync()
    {
        await Page.Locator("#pause").ClickAsync();
        Assert.Equal("true", await Page.Locator("#pause").GetAttributeAsync("aria-pressed"));
        await Page.WaitForLoadStateAsync(LoadState.NetworkIdle);
        JsonElement last = default;
        // An answer may be on its way: it is shown all the same, and perhaps before it is known here.
        await Wait.UntilAsync(async () =>
        {
            last = JsonElement.Parse(await _stats.Last());
            return (await TextAsync("#age")).Contains($"{last.GetProperty("asOf").GetDateTimeOffset():HH:mm:ss}", StringComparison.Ordinal);
        });
        return last;
    }

    /// <summary>What it was answered last.</summary>
    public async Task<JsonElement> StatsAsync() => JsonElement.Parse(await _stats.Last());

    public async Task<string> TextAsync(string selector) => (await Page.Locator(selector).TextContentAsync())!;

    /// <summary>The number behind what is shown.</summary>
    public async Task<double> ValueAsync(string selector) =>
        double.Parse((await Page.Locator(selector).GetAttributeAsync("value"))!, CultureInfo.InvariantCulture);

    /// <summary>The texts of a table's cells that can be seen, row by row.</summary>
    public async Task<string[][]> RowsAsync(string table) => await Page.EvaluateAsync<string[][]>(
        "table => [...document.querySelectorAll(`${table} tbody tr`)].filter(row => row.checkVisibility()).map(row => [...row.cells].filter(cell => cell.checkVisibility()).map(cell => cell.textContent))", table);

    /// <summary>Takes a picture and keeps it outside the repository.</summary>
    public async Task KeepPictureAsync(string name)
    {
        var path = Path.Combine(Browser.Screenshots, name + ".png");
        // For a picture of the whole page its window is made as high, which moves things: that is not the page's doing.
        var shifts = await Page.EvaluateAsync<string[]>("() => window.shifts");
        await Page.ScreenshotAsync(new PageScreenshotOptions { Path = path, FullPage = true });
        await Page.EvaluateAsync(NextFrame);
        await Page.EvaluateAsync("shifts => { window.shifts = shifts; }", shifts);
        TestContext.Current.TestOutputHelper!.WriteLine(path);
        Assert.True(new FileInfo(path).Length > 10_000);
    }

    /// <summary>Asserts that nothing went wrong in it.</summary>
    /// <param name="expected">What the browser itself must say, of a server that it cannot reach or that refuses it.</param>
    public async Task AssertIsCleanAsync(string? expected = null)
    {
        Assert.DoesNotContain(_complaints, complaint => expected is null || !complaint.Contains(expected, StringComparison.Ordinal));
        Assert.Empty(await Page.EvaluateAsync<string[]>("() => window.violations"));
    }

    /// <summary>Asserts that nothing has moved since it was opened.</summary>
    public async Task AssertStoodStillAsync()
    {
        var shifts = await Page.EvaluateAsync<string[]>("() => window.shifts");
        Assert.True(shifts.Length == 0, string.Join('\n', shifts));
    }

    public async ValueTask DisposeAsync() => await Page.Context.DisposeAsync();
}
