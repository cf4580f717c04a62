using System.Collections.Concurrent;
using System.IO.Compression;
using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using ShoeFunctions.Local.Tests.Telemetry.Otlp;

namespace ShoeFunctions.Local.Tests.Telemetry;

/// <summary>A collector on loopback: takes OTLP over HTTP and over gRPC, and what goes to Azure Monitor, and keeps it.</summary>
internal sealed class OtlpReceiver : IAsyncDisposable
{
    private const int GrpcPrefix = 5;

    private readonly WebApplication _server;
    private readonly ConcurrentQueue<string> _requests = new();
    private readonly ConcurrentQueue<Metric> _metrics = new();
    private readonly ConcurrentQueue<Span> _spans = new();
    private readonly ConcurrentQueue<LogRecord> _logs = new();
    private readonly ConcurrentQueue<Resource> _resources = new();
    private readonly ConcurrentQueue<JsonElement> _items = new();

    private OtlpReceiver()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddRoutingCore();
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = TimeSpan.Zero);
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http1);
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2);
        });
        _server = builder.Build();
        _server.MapPost("/v1/metrics", context => TakeAsync(context, Metrics));
        _server.MapPost("/v1/traces", context => TakeAsync(context, Traces));
        _server.MapPost("/v1/logs", context => TakeAsync(context, TakeLogs));
        _server.MapPost("/v2.1/track", TakeItemsAsync);
        _server.MapPost("/opentelemetry.proto.collector.metrics.v1.MetricsService/Export", context => TakeAsync(context, Metrics));
        _server.MapPost("/opentelemetry.proto.collector.trace.v1.TraceService/Export", context => TakeAsync(context, Traces));
        _server.MapPost("/opentelemetry.proto.collector.logs.v1.LogsService/Export", context => TakeAsync(context, TakeLogs));
    }

    /// <summary>Where http/protobuf goes.</summary>
    public string HttpUrl => _server.Urls.First();

    /// <summary>Where grpc goes.</summary>
    public string GrpcUrl => _server.Urls.Last();

    /// <summary>Whether requests wait for an answer that does not come.</summary>
    public bool IsSilent { get; init; }

    /// <summary>The paths of all requests.</summary>
    public IReadOnlyCollection<string> Requests => _requests;

    public IReadOnlyCollection<Span> Spans => _spans;

    /// <summary>The log lines that have come, as they read.</summary>
    public IEnumerable<string> Lines => _logs.Select(log => log.Body.StringValue);

    public IReadOnlyCollection<LogRecord> Logs => _logs;

    public IReadOnlyCollection<Resource> Resources => _resources;

    /// <summary>What Azure Monitor would have got.</summary>
    public IReadOnlyCollection<JsonElement> Items => _items;

    /// <summary>The names of the metrics that have come.</summary>
    public IEnumerable<string> Names => _metrics.Select(metric => metric.Name).Distinct();

    public static async Task<OtlpReceiver> StartAsync(bool isSilent = false)
    {
        var receiver = new OtlpReceiver { IsSilent = isSilent };
        await receiver._server.StartAsync(TestContext.Current.CancellationToken);
        return receiver;
    }

    /// <summary>A metric as it came last; they are cumulative.</summary>
    public Metric Last(string name) => _metrics.Last(metric => metric.Name == name);

    /// <summary>The value of a metric's one point, as it came last.</summary>
    public double Value(string name)
    {
        var metric = Last(name);
        return Number(Assert.Single((metric.Sum ?? metric.Gauge).DataPoints));
    }

    /// <summary>Whether the machine was too slow for the last metrics, traces and logs to be taken, so that nothing can be said of them.</summary>
    public static bool WasLate(string errors) => errors.Contains("logs were not taken in time", StringComparison.Ordinal);

    public static double Number(Point point) => point.ValueCase == Point.ValueOneofCase.AsInt ? point.AsInt : point.AsDouble;

    /// <summary>Attributes as a dictionary, of strings and numbers as they are written.</summary>
    public static Dictionary<string, string> Tags(IEnumerable<KeyValue> attributes) => attributes.ToDictionary(tag => tag.Key, tag => tag.Value.ValueCase switch
    {
        AnyValue.ValueOneofCase.StringValue => tag.Value.StringValue,
        AnyValue.ValueOneofCase.IntValue => $"{tag.Value.IntValue}",
        _ => tag.Value.ToString(),
    });

    public async ValueTask DisposeAsync() => await _server.DisposeAsync();

    private void Metrics(byte[] body)
    {
        foreach (var resource in ExportMetrics.Parser.ParseFrom(body).ResourceMetrics)
        {
            _resources.Enqueue(resource.Resource);
            foreach (var metric in resource.ScopeMetrics.SelectMany(scope => scope.Metrics))
                _metrics.Enqueue(metric);
        }
    }

    private void Traces(byte[] body)
    {
        foreach (var resource in ExportTraces.Parser.ParseFrom(body).ResourceSpans)
        {
            _resources.Enqueue(resource.Resource);
            foreach (var span in resource.ScopeSpans.SelectMany(scope => scope.Spans))
                _spans.Enqueue(span);
        }
    }

    private void TakeLogs(byte[] body)
    {
        foreach (var resource in ExportLogs.Parser.ParseFrom(body).ResourceLogs)
        {
            _resources.Enqueue(resource.Resource);
            foreach (var log in resource.ScopeLogs.SelectMany(scope => scope.LogRecords))
                _logs.Enqueue(log);
        }
    }

    private async Task TakeAsync(HttpContext context, Action<byte[]> take)
    {
        _requests.Enqueue(context.Request.Path);
        if (IsSilent)
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return;
        }

        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        var isGrpc = context.Request.ContentType == "application/grpc";
        take(isGrpc ? body.ToArray()[GrpcPrefix..] : body.ToArray());
        context.Response.ContentType = context.Request.ContentType;
        if (isGrpc)
        {
            await context.Response.Body.WriteAsync(new byte[GrpcPrefix], context.RequestAborted);
            context.Response.AppendTrailer("grpc-status", "0");
        }
    }

    /// <summary>A JSON object a line, compressed.</summary>
    private async Task TakeItemsAsync(HttpContext context)
    {
        _requests.Enqueue(context.Request.Path);
        await using var body = context.Request.Headers.ContentEncoding == "gzip" ? new GZipStream(context.Request.Body, CompressionMode.Decompress) : context.Request.Body;
        using var reader = new StreamReader(body);
        var count = 0;
        while (await reader.ReadLineAsync(context.RequestAborted) is { } line)
        {
            if (line.Length == 0)
                continue;
            _items.Enqueue(JsonElement.Parse(line));
            count++;
        }

        await context.Response.WriteAsync($$"""{"itemsReceived":{{count}},"itemsAccepted":{{count}},"errors":[]}""", context.RequestAborted);
    }
}
