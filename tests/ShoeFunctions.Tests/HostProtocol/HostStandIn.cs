using System.Collections.Concurrent;
using System.Net;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace ShoeFunctions.Tests.HostProtocol;

/// <summary>Stands in for the Functions host: serves its end of the protocol to one worker, on loopback.</summary>
internal sealed class HostStandIn : IAsyncDisposable
{
    private readonly WebApplication _server;
    private readonly Channel<StreamingMessage> _toWorker = Channel.CreateUnbounded<StreamingMessage>();
    private readonly Channel<StreamingMessage> _answers = Channel.CreateUnbounded<StreamingMessage>();
    private readonly ConcurrentQueue<StreamingMessage> _received = new();
    private readonly ConcurrentQueue<RpcLog> _logs = new();
    private readonly ConcurrentDictionary<string, TaskCompletionSource<InvocationResponse>> _invocations = new();
    private readonly TaskCompletionSource _left = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _requests;

    private HostStandIn()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton(this);
        builder.Services.AddRoutingCore();
        builder.Services.AddGrpc(options => options.MaxReceiveMessageSize = null);
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = TimeSpan.FromSeconds(1));
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2));
        _server = builder.Build();
        _server.MapGrpcService<EventStreamService>();
    }

    /// <summary>Where a worker finds it.</summary>
    public Uri Url => new(_server.Urls.First());

    /// <summary>Everything that the worker has sent so far, in order.</summary>
    public IReadOnlyCollection<StreamingMessage> Received => _received;

    /// <summary>What reaches the host's log of that: lines of invocations that run. The host drops all others.</summary>
    public IReadOnlyCollection<RpcLog> Logs => _logs;

    /// <summary>Completes when the worker's stream has ended; what it sent before is received by then.</summary>
    public Task Left => _left.Task;

    internal ChannelReader<StreamingMessage> ToWorker => _toWorker.Reader;

    public static async Task<HostStandIn> StartAsync()
    {
        var host = new HostStandIn();
        await host._server.StartAsync(TestContext.Current.CancellationToken);
        return host;
    }

    /// <summary>Sends a message and does not wait.</summary>
    public void Send(StreamingMessage message)
    {
        message.RequestId = $"request-{Interlocked.Increment(ref _requests)}";
        Assert.True(_toWorker.Writer.TryWrite(message));
    }

    /// <summary>The worker's next message, which must be of a kind; logs and invocations' responses are not among them.</summary>
    public async Task<StreamingMessage> NextAsync(StreamingMessage.ContentOneofCase kind)
    {
        var message = await _answers.Reader.ReadAsync(TestContext.Current.CancellationToken);
        Assert.Equal(kind, message.ContentCase);
        return message;
    }

    /// <summary>Sends a message that has an answer, and waits for it.</summary>
    public Task<StreamingMessage> AskAsync(StreamingMessage message, StreamingMessage.ContentOneofCase answer)
    {
        Send(message);
        return NextAsync(answer);
    }

    /// <summary>Starts an invocation; it fails where the worker leaves without a response.</summary>
    /// <param name="functionId">The function.</param>
    /// <param name="parameter">The trigger's name.</param>
    /// <param name="input">What triggered it.</param>
    /// <param name="metadata">What the host tells of it besides.</param>
    /// <param name="traceParent">The host's own span, or null where it does not trace.</param>
    public Task<InvocationResponse> InvokeAsync(string functionId, string parameter, TypedData input, IDictionary<string, TypedData> metadata, string? traceParent)
    {
        var id = $"invocation-{Interlocked.Increment(ref _requests)}";
        var response = _invocations.GetOrAdd(id, _ => new TaskCompletionSource<InvocationResponse>(TaskCreationOptions.RunContinuationsAsynchronously));
        Send(new StreamingMessage
        {
            InvocationRequest = new InvocationRequest
            {
                InvocationId = id,
                FunctionId = functionId,
                InputData = { new ParameterBinding { Name = parameter, Data = input } },
                TriggerMetadata = { metadata },
                TraceContext = new RpcTraceContext { TraceParent = traceParent ?? "" },
            },
        });
        if (_left.Task.IsCompleted)
            FailAsLeft(response);
        return response.Task;
    }

    public async ValueTask DisposeAsync() => await _server.DisposeAsync();

    internal void Receive(StreamingMessage message)
    {
        _received.Enqueue(message);
        switch (message.ContentCase)
        {
            case StreamingMessage.ContentOneofCase.RpcLog:
                if (_invocations.TryGetValue(message.RpcLog.InvocationId, out var running) && !running.Task.IsCompleted)
                    _logs.Enqueue(message.RpcLog);
                break;
            case StreamingMessage.ContentOneofCase.InvocationResponse:
                _invocations[message.InvocationResponse.InvocationId].TrySetResult(message.InvocationResponse);
                break;
            default:
                _answers.Writer.TryWrite(message);
                break;
        }
    }

    internal void WorkerLeft()
    {
        _answers.Writer.TryComplete();
        // First, so that none comes between that waits for ever, and whoever sees one fail knows why.
        _left.TrySetResult();
        foreach (var invocation in _invocations.Values)
            FailAsLeft(invocation);
    }

    private static void FailAsLeft(TaskCompletionSource<InvocationResponse> invocation) =>
        invocation.TrySetException(new InvalidOperationException("The worker left before it answered."));
}
