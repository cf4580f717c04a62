using Grpc.Core;

namespace ShoeFunctions.Tests.HostProtocol;

/// <summary>The one call that a worker makes: a stream of messages in each direction.</summary>
internal sealed class EventStreamService(HostStandIn host) : FunctionRpc.FunctionRpcBase
{
    public override async Task EventStream(
        IAsyncStreamReader<StreamingMessage> requestStream, IServerStreamWriter<StreamingMessage> responseStream, ServerCallContext context)
    {
        using var left = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken);
        var writing = WriteAsync(responseStream, left.Token);
        try
        {
            await foreach (var message in requestStream.ReadAllAsync(context.CancellationToken))
                host.Receive(message);
        }
        catch (Exception error) when (error is IOException or OperationCanceledException or Grpc.Core.RpcException or InvalidOperationException)
        {
            // The worker left, as its process ends.
        }
        finally
        {
            host.WorkerLeft();
            await left.CancelAsync();
            await writing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task WriteAsync(IServerStreamWriter<StreamingMessage> stream, CancellationToken left)
    {
        await foreach (var message in host.ToWorker.ReadAllAsync(left))
            await stream.WriteAsync(message, left);
    }
}
