using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ShoeFunctions.Engine.Tests.Progress.Stores;

/// <summary>A storage account over real HTTP that answers as it is told to.</summary>
internal sealed class StorageDouble : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly HttpClient _client = new();

    private StorageDouble(WebApplication app, RequestDelegate answer)
    {
        _app = app;
        Answer = answer;
        app.Run(context =>
        {
            Requests.Add($"{context.Request.Method} {context.Request.Path}");
            return Answer(context);
        });
    }

    /// <summary>How it answers.</summary>
    public RequestDelegate Answer { get; set; }

    /// <summary>What was asked.</summary>
    public List<string> Requests { get; } = [];

    public Uri Endpoint => new(_app.Urls.First());

    public static async Task<StorageDouble> StartAsync(RequestDelegate answer)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var account = new StorageDouble(builder.Build(), answer);
        await account._app.StartAsync(TestContext.Current.CancellationToken);
        return account;
    }

    /// <summary>An error in the form that tables have.</summary>
    public static RequestDelegate Error(int status, string code) => async context =>
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        context.Response.Headers.RetryAfter = "60";
        await context.Response.WriteAsync("{\"odata.error\":{\"code\":\"" + code + "\",\"message\":{\"lang\":\"en-US\",\"value\":\"told to\"}}}");
    };

    /// <summary>No answer until the client gives up.</summary>
    public static Task Never(HttpContext context) => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted);

    /// <summary>The same, and whoever asks is told to stop.</summary>
    public static RequestDelegate NeverAndStop(CancellationTokenSource stop) => context =>
    {
        stop.Cancel();
        return Never(context);
    };

    /// <summary>Hands a request on to another account and answers as that does.</summary>
    public RequestDelegate Forward(Uri account) => async context =>
    {
        using var answer = await SendOnAsync(context, account);
        context.Response.StatusCode = (int)answer.StatusCode;
        foreach (var (name, values) in answer.Headers.Concat(answer.Content.Headers).Where(header => header.Key is not "Transfer-Encoding" and not "Connection" and not "Keep-Alive"))
            context.Response.Headers[name] = values.ToArray();
        await answer.Content.CopyToAsync(context.Response.Body);
    };

    /// <summary>Hands a request on and never tells how it went.</summary>
    public RequestDelegate ForwardAndHangUp(Uri account) => async context =>
    {
        using var answer = await SendOnAsync(context, account);
        Assert.True(answer.IsSuccessStatusCode);
        context.Abort();
    };

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _client.Dispose();
    }

    private async Task<HttpResponseMessage> SendOnAsync(HttpContext context, Uri account)
    {
        using var request = new HttpRequestMessage(new HttpMethod(context.Request.Method), new Uri(account, context.Request.Path + context.Request.QueryString.ToUriComponent()));
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        request.Content = new ByteArrayContent(body.ToArray());
        foreach (var (name, values) in context.Request.Headers.Where(header => header.Key is not "Host" and not "Content-Length"))
        {
            if (!request.Headers.TryAddWithoutValidation(name, values.ToArray()))
                request.Content.Headers.TryAddWithoutValidation(name, values.ToArray());
        }

        return await _client.SendAsync(request);
    }
}
