using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace ShoeFunctions.Infrastructure.Tests.Scripts;

/// <summary>A deployed app, as far as it answers <c>/api/health</c> and <c>/api/stats</c>.</summary>
internal sealed class AppDouble : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly (int Status, string Body) _health;

    private AppDouble(WebApplication app, (int Status, string Body) health) => (_app, _health) = (app, health);

    public string Url => _app.Urls.First();

    /// <summary>What it answers to all but <c>/api/health</c>.</summary>
    public (int Status, string Body) Stats { get; set; }

    /// <summary>The function key that the last request had.</summary>
    public string? Key { get; private set; }

    /// <summary>What the last request asked for.</summary>
    public string? Path { get; private set; }

    public static async Task<AppDouble> StartAsync((int Status, string Body) health, (int Status, string Body) stats)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var app = new AppDouble(builder.Build(), health) { Stats = stats };
        app._app.Run(app.AnswerAsync);
        await app._app.StartAsync(TestContext.Current.CancellationToken);
        return app;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private Task AnswerAsync(HttpContext context)
    {
        Key = context.Request.Headers["x-functions-key"];
        Path = context.Request.Path;
        var (status, body) = Path == "/api/health" ? _health : Stats;
        context.Response.StatusCode = status;
        return context.Response.WriteAsync(body, context.RequestAborted);
    }
}
