using System.Net;
using System.Net.Sockets;
using System.Text;

namespace ShoeFunctions.Infrastructure.Tests.Scripts;

/// <summary>A deployed app, as far as it answers <c>/api/health</c> and <c>/api/stats</c>.</summary>
internal sealed class AppDouble : IAsyncDisposable
{
    private readonly HttpListener _listener = new();
    private readonly Task _answering;

    public AppDouble()
    {
        using (var port = new TcpListener(IPAddress.Loopback, 0))
        {
            port.Start();
            Url = $"http://127.0.0.1:{((IPEndPoint)port.LocalEndpoint).Port}";
        }

        _listener.Prefixes.Add($"{Url}/");
        _listener.Prefixes.Add($"http://localhost:{new Uri(Url).Port}/");
        _listener.Start();
        _answering = AnswerAsync();
    }

    public string Url { get; }

    public (int Status, string Body) Health { get; set; } = (200, "{}");

    public (int Status, string Body) Stats { get; set; } = (200, "{}");

    /// <summary>The function key that the last request had.</summary>
    public string? Key { get; private set; }

    /// <summary>What the last request asked for.</summary>
    public string? Path { get; private set; }

    public async ValueTask DisposeAsync()
    {
        // Not stopped first: a listener that is closed after that opens its port once more, which somebody else may have by then.
        _listener.Close();
        await _answering;
    }

    private async Task AnswerAsync()
    {
        try
        {
            while (true)
            {
                var context = await _listener.GetContextAsync();
                Key = context.Request.Headers["x-functions-key"];
                Path = context.Request.Url!.AbsolutePath;
                var (status, body) = Path == "/api/health" ? Health : Stats;
                context.Response.StatusCode = status;
                context.Response.Close(Encoding.UTF8.GetBytes(body), willBlock: false);
            }
        }
        catch (Exception stopped) when (stopped is HttpListenerException or ObjectDisposedException)
        {
        }
    }
}
