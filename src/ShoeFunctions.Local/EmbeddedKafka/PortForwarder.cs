using System.Net;
using System.Net.Sockets;

namespace ShoeFunctions.Local.EmbeddedKafka;

/// <summary>A port in front of another one: librdkafka's brokers take free ports, and cannot be told which.</summary>
internal sealed class PortForwarder : IDisposable
{
    /// <summary>How long nobody is let in after that has failed: where the process may open no more, it fails again at once.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private readonly TcpListener _listener;
    private readonly IPEndPoint _behind;
    private readonly CancellationTokenSource _ended = new();

    /// <summary>Hands on whatever comes.</summary>
    /// <param name="listener">Listens already; it is stopped with the forwarder.</param>
    /// <param name="behind">Where to.</param>
    public PortForwarder(TcpListener listener, IPEndPoint behind)
    {
        (_listener, _behind) = (listener, behind);
        _ = AcceptAsync(_ended.Token);
    }

    /// <summary>Stops listening and closes all connections.</summary>
    public void Dispose()
    {
        _ended.Cancel();
        _listener.Stop();
        _ended.Dispose();
    }

    private async Task AcceptAsync(CancellationToken ended)
    {
        while (true)
        {
            try
            {
                _ = ServeAsync(await _listener.AcceptSocketAsync(ended), ended);
            }
            catch (SocketException)
            {
                await Task.Delay(Pause, TimeProvider.System, CancellationToken.None);
            }
            catch (Exception over) when (over is OperationCanceledException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private async Task ServeAsync(Socket guest, CancellationToken ended)
    {
        using var host = new Socket(_behind.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        using (guest)
        {
            try
            {
                // The brokers' answers are not held back for more to send, and neither are they here.
                guest.NoDelay = host.NoDelay = true;
                await host.ConnectAsync(_behind, ended);
                await using var here = new NetworkStream(guest);
                await using var there = new NetworkStream(host);
                await Task.WhenAny(here.CopyToAsync(there, ended), there.CopyToAsync(here, ended));
            }
            catch (Exception gone) when (gone is SocketException or IOException or OperationCanceledException or ObjectDisposedException)
            {
                // The broker is down and takes no connection, or the guest has left already: the other is told by the connection's end.
            }
        }
    }
}
