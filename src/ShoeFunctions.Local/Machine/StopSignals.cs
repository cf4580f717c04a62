using System.Runtime.InteropServices;

namespace ShoeFunctions.Local.Machine;

/// <summary>Turns SIGTERM and Ctrl+C into a token, for verbs that have no host to do it.</summary>
internal sealed class StopSignals : IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource _told = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly PosixSignalRegistration[] _registrations;

    public StopSignals() => _registrations = [PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop), PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop)];

    public CancellationToken Token => _stop.Token;

    /// <summary>Whether it was Ctrl+C.</summary>
    public bool IsInterrupt { get; private set; }

    /// <summary>Completes when the program is told to stop.</summary>
    public Task Told => _told.Task;

    public void Dispose()
    {
        foreach (var registration in _registrations)
            registration.Dispose();
        _stop.Dispose();
    }

    private void Stop(PosixSignalContext context)
    {
        // A second one ends it at once.
        context.Cancel |= !_stop.IsCancellationRequested;
        IsInterrupt |= context.Signal == PosixSignal.SIGINT;
        _stop.Cancel();
        _told.TrySetResult();
    }
}
