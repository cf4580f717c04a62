using System.Net;
using Microsoft.AspNetCore.Http;

namespace ShoeFunctions.Local.Machine;

/// <summary>
/// The names that a server on this machine answers to. A page from elsewhere can have its own name point here and so
/// read what only this machine may (DNS rebinding); with an address or a name of this machine it cannot.
/// </summary>
internal static class OwnNames
{
    /// <summary>Whether a request's host is an address, this machine's own name for itself, one of those given, or none at all.</summary>
    public static bool Have(HostString host, params IReadOnlyCollection<string> given)
    {
        var name = host.Host.TrimEnd('.');
        return name.Length == 0 || IPAddress.TryParse(name, out _)
            || name.Equals("localhost", StringComparison.OrdinalIgnoreCase) || name.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase)
            || given.Contains(name, StringComparer.OrdinalIgnoreCase);
    }
}
