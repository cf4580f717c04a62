using ShoeFunctions.Engine.Tests.Processes;

namespace ShoeFunctions.Infrastructure.Tests.Scripts;

public sealed class AwaitDeploymentTests
{
    private const string Commit = "0123456789abcdef0123456789abcdef01234567";
    private const string Healthy = $$"""{"status":"healthy","commit":"{{Commit}}","checks":[]}""";

    [Fact]
    public async Task It_ends_once_the_commit_answers_and_a_tick_since_then_is_delivered()
    {
        await using var app = await AppDouble.StartAsync((200, Healthy), (200, Stats(DateTimeOffset.MaxValue, 10, 10)));
        var ran = await WaitAsync(app.Url, "300s", ("FUNCTION_KEY", "hush-key"));
        Assert.Equal((0, ""), (ran.ExitCode, ran.Errors));
        Assert.Contains($"runs {Commit}: tick", ran.Output, StringComparison.Ordinal);
        Assert.Equal("hush-key", app.Key);
        Assert.DoesNotContain("hush", ran.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(200, """{"status":"healthy","commit":"another","checks":[]}""", "/api/health names commit another, not " + Commit)]
    [InlineData(503, $$"""{"status":"unhealthy","commit":"{{Commit}}","checks":[{"name":"kafka","status":"unhealthy"},{"name":"settings","status":"healthy"}]}""", "/api/health says unhealthy: kafka")]
    [InlineData(401, "", "/api/health answers HTTP 401")]
    [InlineData(503, "Function host is not running.", "/api/health answers HTTP 503 without JSON")]
    [InlineData(200, Healthy, "is delivered whole")]
    public async Task It_fails_with_what_is_still_missing(int status, string health, string missing)
    {
        await using var app = await AppDouble.StartAsync((status, health), (200, Stats(DateTimeOffset.UnixEpoch, 10, 10)));
        var ran = await WaitAsync(app.Url, "1s");
        Assert.Equal(1, ran.ExitCode);
        Assert.StartsWith("script/await-deployment: not within 1s: ", ran.Errors, StringComparison.Ordinal);
        Assert.Contains(missing, Assert.Single(ran.Errors.TrimEnd().Split('\n')), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_tick_that_was_delivered_in_part_is_not_enough()
    {
        await using var app = await AppDouble.StartAsync((200, Healthy), (200, Stats(DateTimeOffset.MaxValue, 10, 9)));
        Assert.Equal(1, (await WaitAsync(app.Url, "1s")).ExitCode);
    }

    [Fact]
    public async Task Where_nobody_answers_it_says_so()
    {
        var ran = await WaitAsync($"http://127.0.0.1:{LoopbackPorts.Take()}", "1s");
        Assert.Equal(1, ran.ExitCode);
        Assert.Contains("ECONNREFUSED", ran.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--url: ''")]
    [InlineData("--url: 'shoes.example.com'", "--url", "shoes.example.com")]
    [InlineData("--url: 'https://…@shoes.example.com'", "--url", "https://me:hush@shoes.example.com")]
    [InlineData("--commit: 'main'", "--url", "https://shoes.example.com", "--commit", "main")]
    [InlineData("--timeout: '10'", "--url", "https://shoes.example.com", "--commit", Commit, "--timeout", "10")]
    [InlineData("--timeout: '0s'", "--url", "https://shoes.example.com", "--commit", Commit, "--timeout", "0s")]
    [InlineData("--url needs a value", "--url")]
    [InlineData("'--frob' is not known", "--frob", "x")]
    public async Task Wrong_usage_is_said_in_one_line(string text, params string[] arguments) =>
        Script.AssertIsWrongUsage(await Node.RunAsync([Repository.PathOf("script/await-deployment"), .. arguments]), text);

    private static Task<Ran> WaitAsync(string url, string timeout, params IEnumerable<(string Name, string? Value)> environment) =>
        Node.RunAsync([Repository.PathOf("script/await-deployment"), "--url", url, "--commit", Commit, "--timeout", timeout], environment);

    private static string Stats(DateTimeOffset tick, int shoes, int delivered) =>
        $$"""{"lastTicks":[{"tick":"{{tick:yyyy-MM-ddTHH:mm:ssZ}}","shoes":{{shoes}},"delivered":{{delivered}},"failed":{{shoes - delivered}}}]}""";
}
