using System.Net;

namespace ShoeFunctions.Engine.Network;

/// <summary>The proxy that the environment names, for other machines alone: what runs on this one is never behind it.</summary>
internal sealed class DirectLoopback(IWebProxy proxy) : IWebProxy
{
    /// <inheritdoc/>
    public ICredentials? Credentials { get => proxy.Credentials; set => proxy.Credentials = value; }

    /// <summary>Lets every client of this process keep to it.</summary>
    public static void Install()
    {
        if (HttpClient.DefaultProxy is not DirectLoopback)
            HttpClient.DefaultProxy = new DirectLoopback(HttpClient.DefaultProxy);
    }

    /// <summary>The proxy that is asked for an address, as a user may read it; null where none is.</summary>
    public static string? Between(Uri address)
    {
        var proxies = HttpClient.DefaultProxy;
        return !Loopback.IsHost(address.Host) && !proxies.IsBypassed(address) && proxies.GetProxy(address) is { } proxy && proxy != address
            ? $"{proxy.Scheme}://{proxy.Authority}" : null;
    }

    /// <summary>Words for a message about what is at an address: that a proxy is in between, or nothing.</summary>
    public static string Mention(Uri address) => Between(address) is { } proxy ? $" (through the proxy {proxy})" : "";

    /// <inheritdoc/>
    public Uri? GetProxy(Uri destination) => proxy.GetProxy(destination);

    /// <inheritdoc/>
    public bool IsBypassed(Uri host) => Loopback.IsHost(host.Host) || proxy.IsBypassed(host);
}
