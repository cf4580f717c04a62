using System.Net;

namespace ShoeFunctions.Engine.Network;

/// <summary>Tells this machine from others, by name alone.</summary>
internal static class Loopback
{
    /// <summary>Whether a host is this machine.</summary>
    public static bool IsHost(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));

    /// <summary>Whether the host of <c>host:port</c> is this machine.</summary>
    public static bool IsHostAndPort(string server) => IsHost(server.Trim()[..server.Trim().LastIndexOf(':')]);
}
