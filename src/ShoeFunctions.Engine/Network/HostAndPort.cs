using System.Globalization;

namespace ShoeFunctions.Engine.Network;

/// <summary>A server's address in its two parts.</summary>
internal static class HostAndPort
{
    /// <summary>The parts of <c>host:port</c>; an IPv6 address is without its brackets then.</summary>
    public static (string Host, int Port) Of(string server)
    {
        var colon = server.LastIndexOf(':');
        return (server[..colon].Trim('[', ']'), int.Parse(server[(colon + 1)..], CultureInfo.InvariantCulture));
    }
}
