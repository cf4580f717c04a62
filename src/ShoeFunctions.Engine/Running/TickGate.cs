using Microsoft.Extensions.Hosting;

namespace ShoeFunctions.Engine.Running;

/// <summary>
/// Lets one run of ticks through at a time, and ends it in order when the host stops: hosts do not wait for it, and
/// Azure's does not even cancel it.
/// </summary>
public sealed class TickGate : IHostedService, IDisposable
{
    private readonly SemaphoreSlim _one = new(1);
    private readonly CancellationTokenSource _stopping = new();

    /// <summary>Runs when no other run is under way.</summary>
    /// <param name="run">The run; its token tells it to stop, for whichever reason.</param>
    /// <param name="cancellation">The caller's reason to stop.</param>
    public async Task<T> RunAsync<T>(Func<CancellationToken, Task<T>> run, CancellationToken cancellation)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation, _stopping.Token);
        await _one.WaitAsync(stop.Token);
        try
        {
            return await run(stop.Token);
        }
        finally
        {
            _one.Release();
        }
    }

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Tells the run that is under way to stop, and waits for its end.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        // All at once, so that what comes next is the wait alone.
        _stopping.Cancel();
        await _one.WaitAsync(cancellationToken);
        _one.Release();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _stopping.Dispose();
        _one.Dispose();
    }
}
