using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace ShoeFunctions.Engine.Tests.Credentials;

/// <summary>
/// The endpoint at which App Service and Functions give an app the tokens of its managed identity, on loopback.
/// </summary>
/// <remarks>Source: Microsoft, "How to use managed identities for App Service and Azure Functions", REST endpoint reference.</remarks>
internal sealed class IdentityServer : IAsyncDisposable
{
    /// <summary>What callers have to show in X-IDENTITY-HEADER.</summary>
    public const string Header = "hush-identity-header";

    private readonly WebApplication _server;

    private IdentityServer()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddRoutingCore();
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = TimeSpan.FromSeconds(1));
        builder.WebHost.UseKestrelCore().ConfigureKestrel(options => options.Listen(IPAddress.Loopback, 0));
        _server = builder.Build();
        _server.UseRouting();
        _server.MapGet("/msi/token", AnswerAsync);
    }

    /// <summary>What to set for an app to find it.</summary>
    public (string, string)[] Settings => [("IDENTITY_ENDPOINT", $"{_server.Urls.First()}/msi/token"), ("IDENTITY_HEADER", Header)];

    /// <summary>Status and message instead of a token.</summary>
    public (int Status, string Message)? Fault { get; set; }

    /// <summary>How long its tokens are valid.</summary>
    public TimeSpan Life { get; set; } = TimeSpan.FromHours(8);

    /// <summary>What was asked for: resource and client id.</summary>
    public ConcurrentQueue<string> Asked { get; } = new();

    /// <summary>The token for a resource.</summary>
    public static string Token(string resource) => IdentityDouble.Token(1, resource);

    public static async Task<IdentityServer> StartAsync()
    {
        var server = new IdentityServer();
        await server._server.StartAsync(TestContext.Current.CancellationToken);
        return server;
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        var query = context.Request.Query;
        var resource = query["resource"].ToString();
        Asked.Enqueue($"{resource} {query["client_id"]} {query["api-version"]}");
        if (context.Request.Headers["X-IDENTITY-HEADER"] != Header)
            await SayAsync(context, 401, """{"statusCode":401,"message":"Unauthorized"}""");
        else if (Fault is { } fault)
            await SayAsync(context, fault.Status, JsonSerializer.Serialize(new { statusCode = fault.Status, message = fault.Message, correlationId = Guid.Empty }));
        else
            await SayAsync(context, 200, JsonSerializer.Serialize(new
            {
                access_token = Token(resource),
                expires_on = $"{(TimeProvider.System.GetUtcNow() + Life).ToUnixTimeSeconds()}",
                resource,
                token_type = "Bearer",
                client_id = query["client_id"].ToString(),
            }));
    }

    private static Task SayAsync(HttpContext context, int status, string json)
    {
        (context.Response.StatusCode, context.Response.ContentType) = (status, "application/json");
        return context.Response.WriteAsync(json, context.RequestAborted);
    }
}
