using System.Buffers.Binary;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;
using ShoeFunctions.Engine.Credentials;
using ShoeFunctions.Engine.Network;

namespace ShoeFunctions.Engine.Kafka;

/// <summary>Asks a broker, over a connection of its own, which SASL mechanisms it offers. No credentials are sent.</summary>
/// <remarks>Source: Apache Kafka's protocol guide, message 17 (SaslHandshake), version 1.</remarks>
internal static class MechanismLook
{
    private const int Correlation = 0x53484F45, LongestAnswer = 1 << 16;
    private const short NoError = 0, UnsupportedMechanism = 33, IllegalState = 34;

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(3);

    /// <summary>What it offers, nothing where it asks for no SASL; null where that cannot be told.</summary>
    /// <param name="server">The broker's address: <c>host:port</c>.</param>
    /// <param name="tls">How TLS is spoken, or null where it is not.</param>
    /// <param name="mechanism">The mechanism to ask for. Without one a broker is asked for one that all know of.</param>
    public static async Task<IReadOnlyCollection<string>?> LookAsync(string server, SslClientAuthenticationOptions? tls, KafkaMechanism mechanism)
    {
        using var stop = new CancellationTokenSource(Timeout, TimeProvider.System);
        try
        {
            var (host, port) = HostAndPort.Of(server);
            using var socket = new TcpClient();
            await socket.ConnectAsync(host, port, stop.Token);
            await using Stream stream = tls is null ? socket.GetStream() : new SslStream(socket.GetStream());
            if (tls is not null)
            {
                tls.TargetHost = host;
                await ((SslStream)stream).AuthenticateAsClientAsync(tls, stop.Token);
            }

            var asked = mechanism == KafkaMechanism.None ? KafkaMechanism.Plain.Name() : mechanism.Name();
            await stream.WriteAsync(Question(asked), stop.Token);
            var length = new byte[sizeof(int)];
            await stream.ReadExactlyAsync(length, stop.Token);
            var answer = new byte[Math.Clamp(BinaryPrimitives.ReadInt32BigEndian(length), 0, LongestAnswer)];
            await stream.ReadExactlyAsync(answer, stop.Token);
            return Mechanisms(answer, asked);
        }
        catch (Exception silent) when (silent is SocketException or IOException or AuthenticationException or OperationCanceledException or ArgumentException)
        {
            // There is nothing that could be told of it: what the client said stands.
            return null;
        }
    }

    private static byte[] Question(string mechanism)
    {
        var name = Encoding.UTF8.GetBytes(mechanism);
        // Length; key, version, correlation, no client's name; the mechanism.
        byte[] request = [0, 0, 0, (byte)(12 + name.Length), 0, 17, 0, 1, 0x53, 0x48, 0x4F, 0x45, 0xFF, 0xFF, 0, (byte)name.Length, .. name];
        return request;
    }

    /// <summary>What the answer lists, where it is one to our question.</summary>
    /// <exception cref="ArgumentException">It is shorter than it says.</exception>
    private static List<string>? Mechanisms(ReadOnlySpan<byte> answer, string asked)
    {
        if (BinaryPrimitives.ReadInt32BigEndian(answer) != Correlation)
            return null;
        var error = BinaryPrimitives.ReadInt16BigEndian(answer[4..]);
        switch (error)
        {
            case IllegalState:
                return [];
            case not (NoError or UnsupportedMechanism):
                return null;
        }

        var mechanisms = new List<string>();
        var rest = answer[10..];
        for (var left = BinaryPrimitives.ReadInt32BigEndian(answer[6..]); left > 0; left--)
        {
            var length = BinaryPrimitives.ReadUInt16BigEndian(rest);
            mechanisms.Add(Encoding.UTF8.GetString(rest.Slice(2, length)));
            rest = rest[(2 + length)..];
        }

        // Some do not list what they have just agreed to.
        if (error == NoError && !mechanisms.Contains(asked))
            mechanisms.Add(asked);
        return mechanisms;
    }
}
