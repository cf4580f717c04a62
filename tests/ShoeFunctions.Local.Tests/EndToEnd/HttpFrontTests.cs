using System.Net;

namespace ShoeFunctions.Local.Tests.EndToEnd;

public sealed class HttpFrontTests
{
    [Fact]
    public async Task The_front_leads_to_the_dashboard_answers_HEAD_and_only_to_its_own_names()
    {
        await using var process = ShoesProcess.Start("--host shoes.example --host other.example");
        using var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = new Uri((await process.ReadyAsync()).Http) };

        using (var root = await SendAsync(HttpMethod.Get, "/", "localhost"))
            Assert.Equal((HttpStatusCode.Redirect, "/api/dashboard"), (root.StatusCode, root.Headers.Location?.OriginalString));
        foreach (var path in new[] { "/", "/api/dashboard", "/api/stats", "/api/metrics", "/api/health", "/api/health/live" })
        {
            using var get = await SendAsync(HttpMethod.Get, path, "localhost");
            using var head = await SendAsync(HttpMethod.Head, path, "localhost");
            Assert.Equal((get.StatusCode, get.Content.Headers.ContentType, ""), (head.StatusCode, head.Content.Headers.ContentType, await head.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)));
        }

        foreach (var name in new[] { "localhost", "LOCALHOST:80", "shoes.localhost", "127.0.0.1:7071", "[::1]:7071", "192.0.2.7", "shoes.example", "Other.Example:7071" })
        {
            using var own = await SendAsync(HttpMethod.Get, "/api/health/live", name);
            Assert.Equal(HttpStatusCode.OK, own.StatusCode);
        }

        foreach (var name in new[] { "rebound.example", "localhost.rebound.example", "127.0.0.1.rebound.example:7071", "notlocalhost" })
        {
            using var foreign = await SendAsync(HttpMethod.Get, "/api/stats", name);
            Assert.Equal(HttpStatusCode.MisdirectedRequest, foreign.StatusCode);
            Assert.Contains("--host", await foreign.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        }

        async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, string host)
        {
            using var request = new HttpRequestMessage(method, path) { Headers = { Host = host } };
            return await http.SendAsync(request, TestContext.Current.CancellationToken);
        }
    }
}
