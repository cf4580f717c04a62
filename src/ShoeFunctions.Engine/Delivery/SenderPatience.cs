using ShoeFunctions.Engine.Connections;
using ShoeFunctions.Engine.Kafka;

namespace ShoeFunctions.Engine.Delivery;

/// <summary>
/// How long a sender is waited for: until the time is over or the caller gives up, and no longer than there is hope. There is none where the brokers refuse
/// the credentials and there are no others, nor where nothing comes back and a fault is found that does not pass.
/// </summary>
internal sealed class SenderPatience : IDisposable
{
    /// <summary>Where nothing has come back after so long, it is looked why, and from then on so often whether that is known.</summary>
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(2), SilenceInterval = TimeSpan.FromSeconds(1);

    private readonly ShoeConnections _connections;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _late;

    // Not disposed: they may be cancelled by a thread that comes too late, and hold nothing.
    private readonly CancellationTokenSource _refused = new();
    private readonly CancellationTokenSource _hopeless = new();
    private readonly CancellationTokenSource _end;

    /// <summary>Begins to wait.</summary>
    public SenderPatience(ShoeConnections connections, TimeSpan limit, TimeProvider time, CancellationToken cancellation)
    {
        (_connections, _time, Started) = (connections, time, time.GetTimestamp());
        _late = new CancellationTokenSource(limit, time);
        _end = CancellationTokenSource.CreateLinkedTokenSource(cancellation, _late.Token, _refused.Token, _hopeless.Token);
        connections.Refused += OnRefused;
    }

    /// <summary>When the wait began, as the time provider's timestamp.</summary>
    public long Started { get; }

    /// <summary>Ends with the wait.</summary>
    public CancellationToken End => _end.Token;

    /// <summary>Ends with the time alone.</summary>
    public CancellationToken Late => _late.Token;

    /// <summary>Whether the credentials are refused.</summary>
    public bool IsRefused => _refused.IsCancellationRequested;

    /// <summary>Looks, for as long as what is returned is not disposed, whether a fault keeps a sender silent.</summary>
    public ITimer Watch(IMessageSender sender, Func<bool> isSilent) => _time.CreateTimer(
        _ =>
        {
            if (!isSilent())
                return;
            sender.LookAround();
            if (sender.ErrorsSince(Started).Any(cause => cause.IsFinal))
                _hopeless.Cancel();
        },
        null, Silence, SilenceInterval);

    /// <inheritdoc/>
    public void Dispose()
    {
        _connections.Refused -= OnRefused;
        _end.Dispose();
        _late.Dispose();
    }

    private void OnRefused() => _refused.Cancel();
}
