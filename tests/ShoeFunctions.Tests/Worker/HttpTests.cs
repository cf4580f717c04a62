using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using ShoeFunctions.Engine.Dashboard;
using ShoeFunctions.Engine.Tests.Processes;
using ShoeFunctions.Tests.HostProtocol;

namespace ShoeFunctions.Tests.Worker;

public sealed class HttpTests
{
    private const string Api = "http://localhost/api/";
    private const string Json = "application/json; charset=utf-8";

    [Fact]
    public async Task Live_health_and_stats_answer_before_and_after_a_tick()
    {
        await using var cluster = await TestCluster.StartAsync();
        await using var worker = await WorkerProcess.StartAsync(cluster.Settings());

        var live = await worker.InvokeHttpAsync("GetHealthLive", "GET", Api + "health/live");
        Assert.Equal((200, Json, """{"status":"live"}"""), (live.Status, live.ContentType, JsonSerializer.Serialize(live.Json)));

        var health = await HealthyAsync(worker);
        Assert.Equal((200, Json), (health.Status, health.ContentType));
        Assert.NotEmpty(health.Json.GetProperty("commit").GetString()!);
        var checks = health.Json.GetProperty("checks").EnumerateArray().ToArray();
        Assert.Superset(new HashSet<string?> { "settings", "schema-registry", "kafka", "last-tick" }, checks.Select(check => check.GetProperty("name").GetString()).ToHashSet());
        Assert.All(checks, check => Assert.Equal(
            ("healthy", JsonValueKind.Null), (check.GetProperty("status").GetString(), check.GetProperty("failure").ValueKind)));

        var before = await worker.InvokeHttpAsync("GetStats", "GET", Api + "stats");
        Assert.Equal((200, Json, TestCluster.Topic), (before.Status, before.ContentType, before.Json.GetProperty("topic").GetString()));
        Assert.Equal((0, 0), Totals(before));

        Assert.Equal(StatusResult.Types.Status.Success, (await worker.InvokeTimerAsync()).Status);

        var after = await worker.InvokeHttpAsync("GetStats", "GET", Api + "stats");
        Assert.Equal((1, 25), Totals(after));
        Assert.Equal(TestCluster.CurrentTick.Time, after.Json.GetProperty("highWater").GetDateTimeOffset());
        Assert.Equal(0, after.Json.GetProperty("pendingTicks").GetInt32());
        await HealthyAsync(worker);
    }

    [Fact]
    public async Task The_dashboard_is_the_engines_page_with_its_headers_even_where_settings_are_missing()
    {
        await using var worker = await WorkerProcess.StartAsync();
        var page = await worker.InvokeHttpAsync("GetDashboard", "GET", Api + "dashboard?code=key");
        Assert.Equal((200, "text/html; charset=utf-8"), (page.Status, page.ContentType));
        Assert.Equal(Encoding.UTF8.GetString(DashboardPage.Html.Span), page.Body);
        Assert.All(DashboardPage.Headers, header => Assert.Equal(header.Value, page.Headers[header.Name]));
    }

    [Fact]
    public async Task Stats_without_its_progress_store_answers_503_and_says_why()
    {
        await using var cluster = await TestCluster.StartAsync();
        await using var worker = await WorkerProcess.StartAsync(
            cluster.Settings(("AzureWebJobsStorage", "AccountName=shoes;AccountKey=bm90IGEga2V5;TableEndpoint=http://127.0.0.1:1/shoes")));
        var stats = await worker.InvokeHttpAsync("GetStats", "GET", Api + "stats");
        Assert.Equal((503, Json), (stats.Status, stats.ContentType));
        Assert.Equal(("progress-store", "network", "unreachable"), (
            stats.Json.GetProperty("source").GetString(), stats.Json.GetProperty("kind").GetString(), stats.Json.GetProperty("code").GetString()));
    }

    [Fact]
    public async Task With_a_missing_setting_health_and_stats_answer_503_and_name_it()
    {
        await using var cluster = await TestCluster.StartAsync();
        await using var worker = await WorkerProcess.StartAsync(cluster.Settings(("KAFKA_BOOTSTRAP_SERVERS", "")));

        var health = await worker.InvokeHttpAsync("GetHealth", "GET", Api + "health");
        Assert.Equal((503, Json, "unhealthy"), (health.Status, health.ContentType, health.Json.GetProperty("status").GetString()));
        var settings = Assert.Single(health.Json.GetProperty("checks").EnumerateArray(), check => check.GetProperty("name").GetString() == "settings");
        Assert.Equal("unhealthy", settings.GetProperty("status").GetString());
        AssertNamesTheSetting(settings.GetProperty("failure"));

        var stats = await worker.InvokeHttpAsync("GetStats", "GET", Api + "stats");
        Assert.Equal((503, Json), (stats.Status, stats.ContentType));
        AssertNamesTheSetting(stats.Json);
    }

    [Fact]
    public async Task An_instance_that_only_serves_live_and_stats_connects_to_nobody()
    {
        using var kafka = Listen();
        using var registry = Listen();
        await using var worker = await WorkerProcess.StartAsync(
            ("KAFKA_BOOTSTRAP_SERVERS", $"{kafka.LocalEndpoint}"), ("SCHEMA_REGISTRY_URL", $"http://{registry.LocalEndpoint}"));
        for (var round = 0; round < 3; round++)
        {
            Assert.Equal(200, (await worker.InvokeHttpAsync("GetHealthLive", "GET", Api + "health/live")).Status);
            Assert.Equal(200, (await worker.InvokeHttpAsync("GetStats", "GET", Api + "stats")).Status);
        }

        Assert.Equal((false, false), (kafka.Pending(), registry.Pending()));

        // The first tick does connect: the listeners would have told.
        var tick = worker.InvokeTimerAsync();
        using var connection = await registry.AcceptTcpClientAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(Wait.Patience, TestContext.Current.CancellationToken);
        registry.Stop();
        connection.Close();
        Assert.Equal(StatusResult.Types.Status.Failure, (await tick).Status);
    }

    [Theory]
    [InlineData("GetHealthLive", "health/live")]
    [InlineData("GetHealth", "health")]
    [InlineData("GetStats", "stats")]
    [InlineData("GetMetrics", "metrics")]
    [InlineData("GetDashboard", "dashboard")]
    public async Task HEAD_is_answered_as_GET_without_a_body_and_nothing_is_kept(string function, string path)
    {
        await using var cluster = await TestCluster.StartAsync();
        await using var worker = await WorkerProcess.StartAsync(cluster.Settings());
        var get = await worker.InvokeHttpAsync(function, "GET", Api + path);
        var head = await worker.InvokeHttpAsync(function, "HEAD", Api + path);
        Assert.Equal((200, get.ContentType, "no-store"), (head.Status, head.ContentType, head.Headers["cache-control"]));
        Assert.Equal("no-store", get.Headers["cache-control"]);
        Assert.NotEqual("", get.Body);
        Assert.Equal("", head.Body);
    }

    [Fact]
    public async Task A_wrong_settings_value_is_in_neither_health_nor_stats()
    {
        await using var cluster = await TestCluster.StartAsync();
        await using var worker = await WorkerProcess.StartAsync(cluster.Settings(("KAFKA_BOOTSTRAP_SERVERS", "hush-broker.example"), ("AzureWebJobsStorage", "hush")));
        foreach (var (function, path) in new[] { ("GetHealth", "health"), ("GetStats", "stats") })
        {
            var answer = await worker.InvokeHttpAsync(function, "GET", Api + path);
            Assert.Equal(503, answer.Status);
            Assert.Contains("KAFKA_BOOTSTRAP_SERVERS: what it holds is not accepted; accepted is brokers as host:port", answer.Body, StringComparison.Ordinal);
            Assert.DoesNotContain("hush", answer.Body, StringComparison.Ordinal);
        }
    }

    /// <summary>The health once it is well: a check may have found the machine too slow for it.</summary>
    private static async Task<WorkerProcess.HttpAnswer> HealthyAsync(WorkerProcess worker)
    {
        WorkerProcess.HttpAnswer? health = null;
        await Wait.UntilAsync(async () =>
        {
            health = await worker.InvokeHttpAsync("GetHealth", "GET", Api + "health");
            return health.Json.GetProperty("status").GetString() == "healthy";
        });
        return health!;
    }

    private static (long Ticks, long Delivered) Totals(WorkerProcess.HttpAnswer stats) =>
        (stats.Json.GetProperty("totals").GetProperty("ticks").GetInt64(), stats.Json.GetProperty("totals").GetProperty("delivered").GetInt64());

    private static void AssertNamesTheSetting(JsonElement failure)
    {
        Assert.Equal(("settings", "wrong-settings"), (failure.GetProperty("source").GetString(), failure.GetProperty("code").GetString()));
        Assert.Contains("KAFKA_BOOTSTRAP_SERVERS: it is not set", failure.GetProperty("advice").GetString(), StringComparison.Ordinal);
    }

    private static TcpListener Listen()
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return listener;
    }
}
