using System.Runtime.InteropServices;
using Microsoft.Extensions.Hosting;

namespace ShoeFunctions.Hosting;

/// <summary>
/// The worker's end. The host's own terminate request ends it with 0. A signal is somebody else's: the host does not notice
/// a worker that ends with 0 and starts no other, so then it ends with a code that makes the host start one at once.
/// </summary>
/// <remarks>Source: WorkerProcess.OnProcessExited of Azure/azure-functions-host.</remarks>
internal sealed class WorkerLifetime(IHostApplicationLifetime application) : IHostLifetime, IDisposable
{
    /// <summary>"Intentional restart" to the host: it starts another worker and does not count an error; after some errors it gives up.</summary>
    public const int Restart = 200;

    private static readonly PosixSignal[] Signals = [PosixSignal.SIGTERM, PosixSignal.SIGINT, PosixSignal.SIGQUIT];

    private PosixSignalRegistration[] _registrations = [];

    public Task WaitForStartAsync(CancellationToken cancellationToken)
    {
        _registrations = [.. Signals.Select(signal => PosixSignalRegistration.Create(signal, End))];
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose()
    {
        foreach (var registration in _registrations)
            registration.Dispose();
    }

    private void End(PosixSignalContext signal)
    {
        signal.Cancel = true;
        if (!application.ApplicationStopping.IsCancellationRequested)
            Environment.ExitCode = Restart;
        application.StopApplication();
    }
}
