using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using ShoeFunctions.Engine;
using ShoeFunctions.Engine.Configuration;
using ShoeFunctions.Engine.Dashboard;
using ShoeFunctions.Engine.Failures;
using ShoeFunctions.Engine.Progress;
using ShoeFunctions.Engine.Setup;
using ShoeFunctions.Engine.Statistics;
using ShoeFunctions.Engine.Ticks;

namespace ShoeFunctions.Local.Tests.Dashboard;

/// <summary>The page and statistics of any state of progress, behind a function key where it has one.</summary>
internal sealed class DashboardFront : IAsyncDisposable
{
    public static readonly DateTimeOffset Now = new(2026, 11, 23, 14, 20, 3, TimeSpan.Zero);

    private static readonly Failure Refused = new(
        FailureSource.Kafka, "produce", FailureKind.Authorization, "TopicAuthorizationFailed", false,
        "The API key may not write to topic js_shoe: grant DeveloperWrite on it to the key's service account, and IdempotentWrite on the cluster where it has neither of them yet. It takes a minute or so to be in force.");

    private readonly WebApplication _app;

    private DashboardFront(WebApplication app) => _app = app;

    /// <summary>What stats answers.</summary>
    public ProgressState Progress { get; set; } = ProgressState.Empty;

    /// <summary>The chunks of its open ticks that are done.</summary>
    public IReadOnlyList<IReadOnlyList<ChunkMark>> Chunks { get; set; } = [];

    /// <summary>The settings that differ from their defaults.</summary>
    public IReadOnlyList<(string Name, string Value)> Settings { get; set; } = [];

    /// <summary>What it answers instead, with status 503.</summary>
    public Failure? Failure { get; set; }

    /// <summary>The key to be told as <c>code</c>.</summary>
    public string? Key { get; init; }

    /// <summary>The queries that stats was asked with.</summary>
    public ConcurrentQueue<string> Asked { get; } = [];

    public Uri Url => new($"{_app.Urls.First()}/api/dashboard");

    public static async Task<DashboardFront> StartAsync(string? key = null)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Services.AddRoutingCore();
        var front = new DashboardFront(builder.Build()) { Key = key };
        front._app.MapGet("/api/dashboard", front.AnswerPageAsync);
        front._app.MapGet("/api/stats", front.AnswerStatsAsync);
        await front._app.StartAsync(TestContext.Current.CancellationToken);
        return front;
    }

    /// <summary>A state after so many ticks of ten seconds, the last of them now, or so long before, on top of another.</summary>
    public static ProgressState After(int ticks, int shoes = 10, bool fails = false, TimeSpan before = default, ProgressState? on = null)
    {
        var state = on ?? ProgressState.Empty;
        for (var back = ticks - 1; back >= 0; back--)
            state = state.With(Report(Now.AddSeconds(-3 - 10 * back) - before, shoes, fails && back == 0 ? Refused : null));
        return state;
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private static TickReport Report(DateTimeOffset tick, int shoes, Failure? failure) => new()
    {
        Tick = Tick.At(tick),
        StartedAt = tick.AddMilliseconds(3),
        Duration = TimeSpan.FromMilliseconds(8 + tick.Second),
        Shoes = shoes,
        Delivered = failure is null ? shoes : 0,
        Bytes = failure is null ? 53L * shoes : 0,
        LatencyP50 = TimeSpan.FromMilliseconds(4 + tick.Second / 10.0),
        LatencyP99 = TimeSpan.FromMilliseconds(7 + tick.Second),
        LatencyMax = TimeSpan.FromMilliseconds(8 + tick.Second),
        Failure = failure,
    };

    /// <summary>A state after so long with these settings, of which half an hour that began so long ago was skipped.</summary>
    public ProgressState Delivered(TimeSpan since, TimeSpan lost)
    {
        var schedule = ShoeSettings.Read(Configuration(), Now).Ticks.Schedule;
        var (from, to) = (Tick.At(Now - lost), Tick.At(Now - lost + TimeSpan.FromMinutes(30)));
        var state = ProgressState.Empty;
        foreach (var (tick, shoes) in schedule.BatchesBetween(Tick.At(Now - since), Tick.At(Now)).Where(batch => batch.Tick < from || batch.Tick > to))
        {
            if (state.HighWater < from && tick > from)
                state = state.Skipping(new SkippedRange(schedule.Next(state.HighWater!.Value)!.Value, schedule.Latest(new Tick(tick.UnixSeconds - 1).Time)!.Value, 180, schedule.ShoesBetween(from, to), Now));
            state = state.With(Report(tick.Time, (int)shoes, null));
        }

        return state;
    }

    private IConfiguration Configuration() => new ConfigurationBuilder().AddInMemoryCollection(
        Settings.Select(setting => new KeyValuePair<string, string?>(setting.Name, setting.Value)).Append(new("KAFKA_BOOTSTRAP_SERVERS", "localhost:9092")).Append(new("SCHEMA_REGISTRY_URL", "http://localhost:8081"))).Build();

    private async Task AnswerPageAsync(HttpContext context)
    {
        foreach (var (name, value) in DashboardPage.Headers)
            context.Response.Headers[name] = value;
        await context.Response.BodyWriter.WriteAsync(DashboardPage.Html);
    }

    private async Task AnswerStatsAsync(HttpContext context)
    {
        Asked.Enqueue(context.Request.QueryString.Value!);
        if (Key is { } key && context.Request.Query["code"] != key)
        {
            context.Response.StatusCode = StatusCodes.Status401Unauthorized;
            return;
        }

        if (Failure is { } failure)
        {
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            await context.Response.WriteAsync(JsonSerializer.Serialize(failure, ShoeJson.Default.Failure));
            return;
        }

        var configuration = Configuration();
        await context.Response.WriteAsJsonAsync(StatsAnswer.Of(Progress, ShoeSettings.Read(configuration, Now), [.. SettingInForce.Of(configuration)], Now, Chunks), ShoeJson.Default.StatsAnswer);
    }
}
