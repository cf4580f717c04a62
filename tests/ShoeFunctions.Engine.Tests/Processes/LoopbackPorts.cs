using System.Net;
using System.Net.Sockets;

namespace ShoeFunctions.Engine.Tests.Processes;

/// <summary>
/// Ports on this machine for processes that must be told theirs. They lie below those that systems give to whoever asks for a free one
/// (from 32768 on Linux, from 49152 elsewhere), so that nobody gets one between the choice and the start, or between two starts.
/// Who can tell the port afterwards listens on port 0 instead.
/// </summary>
internal static class LoopbackPorts
{
    private const int First = 20_000;
    private const int Last = 32_000;

    /// <summary>Each process of tests begins elsewhere, and takes none twice before it has had all.</summary>
    private static int s_taken = Environment.ProcessId % 1000 * 12;

    /// <summary>A port that nobody has.</summary>
    public static int Take() => Take(1);

    /// <summary>The first of so many ports in a row that nobody has.</summary>
    public static int Take(int count)
    {
        for (var attempt = 0; attempt < Last - First; attempt++)
        {
            var port = First + (Interlocked.Add(ref s_taken, count) - count) % (Last - First - count);
            if (Enumerable.Range(port, count).All(IsFree))
                return port;
        }

        throw new InvalidOperationException($"Of the ports from {First} to {Last}, no {count} in a row are free.");
    }

    private static bool IsFree(int port)
    {
        using var listener = new TcpListener(IPAddress.Loopback, port);
        try
        {
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
