using System.Diagnostics;
using Microsoft.Playwright;

namespace ShoeFunctions.Local.Tests.Dashboard;

/// <summary>One Chromium for all tests of the page: the machine's own, none is downloaded.</summary>
public sealed class Browser : IAsyncLifetime
{
    public const string WhyNot = "The dashboard is not tested: Chromium is missing; install it (Debian: apt-get install chromium), or put a chromium or google-chrome on the PATH.";

    /// <summary>Longer than anything takes on a machine that has much to do besides.</summary>
    private const float PatienceMs = 300_000;

    private static readonly string? Executable = (
        from name in new[] { "chromium", "chromium-browser", "google-chrome" }
        from folder in (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
        let path = Path.Combine(folder, OperatingSystem.IsWindows() ? name + ".exe" : name)
        where File.Exists(path)
        select path).FirstOrDefault();

    private IPlaywright? _playwright;
    private IBrowser? _browser;

    /// <summary>Whether there is one.</summary>
    public static bool IsThere => Executable is not null;

    private static readonly string? Kept = Environment.GetEnvironmentVariable("DASHBOARD_SCREENSHOTS") is { Length: > 0 } folder ? folder : null;

    /// <summary>Where the pictures go that tests take: <c>DASHBOARD_SCREENSHOTS</c>, or a folder that goes with the last test.</summary>
    public static string Screenshots { get; } = Kept ?? Directory.CreateTempSubdirectory("shoes-dashboard-").FullName;

    public async ValueTask InitializeAsync()
    {
        if (!IsThere)
            return;

        // As in Child: it starts a process.
        Task<IPlaywright> starting;
        lock (typeof(Process))
            starting = Playwright.CreateAsync();
        _playwright = await starting;
        // What is expected of a page has a patience of its own: five seconds, unless it is told another.
        Assertions.SetDefaultExpectTimeout(PatienceMs);
        // The sandbox of Chromium's does not start for root, as whom CI runs.
        _browser = await _playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions { ExecutablePath = Executable, ChromiumSandbox = false });
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null)
            await _browser.DisposeAsync();
        _playwright?.Dispose();
        if (Kept is null)
            Directory.Delete(Screenshots, recursive: true);
    }

    /// <summary>Opens a page that keeps what goes wrong in it.</summary>
    public async Task<OpenPage> OpenAsync(Uri url, int width = 1200, ColorScheme scheme = ColorScheme.Light)
    {
        var context = await _browser!.NewContextAsync(new BrowserNewContextOptions { ViewportSize = new ViewportSize { Width = width, Height = 900 }, ColorScheme = scheme });
        context.SetDefaultTimeout(PatienceMs);
        var page = new OpenPage(await context.NewPageAsync());
        await page.GoAsync(url);
        return page;
    }
}

/// <summary>The tests that share it.</summary>
[CollectionDefinition(Name)]
public sealed class BrowserTests : ICollectionFixture<Browser>
{
    public const string Name = "Chromium";
}
