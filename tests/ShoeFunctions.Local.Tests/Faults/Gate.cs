using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using ShoeFunctions.Local.Tests.Credentials;

namespace ShoeFunctions.Local.Tests.Faults;

/// <summary>A port before another one: hands everything on, or does to its guests what it is told to.</summary>
internal sealed class Gate : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _ended = new();
    private readonly IPEndPoint _behind;
    private readonly List<Task> _guests = [];
    private readonly Task _accepting;
    private int _came;

    public Gate(IPEndPoint behind)
    {
        _behind = behind;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    /// <summary>What is done with a connection instead of handing on what comes.</summary>
    public delegate Task Treatment(Stream guest, CancellationToken cancellation);

    public Treatment? Fault { get; set; }

    public string Address => $"{_listener.LocalEndpoint}";

    /// <summary>How many have come.</summary>
    public int Guests => Volatile.Read(ref _came);

    /// <summary>Made once: a key takes its time, and whoever connects waits for it.</summary>
    private static readonly Lazy<X509Certificate2> Untrusted = new(() =>
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=127.0.0.1", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        return request.CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(200));
    });

    /// <summary>Takes everything and says nothing.</summary>
    public static Task SilenceAsync(Stream guest, CancellationToken cancellation) => guest.CopyToAsync(Stream.Null, cancellation);

    /// <summary>Closes the connection at once.</summary>
    public static Task CloseAsync(Stream guest, CancellationToken cancellation) => Task.CompletedTask;

    /// <summary>Answers whatever comes as a web server does that does not understand it.</summary>
    public static async Task SpeakHttpAsync(Stream guest, CancellationToken cancellation)
    {
        await guest.ReadAtLeastAsync(new byte[1], 1, throwOnEndOfStream: false, cancellation);
        await guest.WriteAsync("HTTP/1.1 400 Bad Request\r\nContent-Type: text/html\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"u8.ToArray(), cancellation);
    }

    /// <summary>Answers whatever comes with what no protocol knows.</summary>
    public static async Task SpeakNonsenseAsync(Stream guest, CancellationToken cancellation)
    {
        await guest.ReadAtLeastAsync(new byte[1], 1, throwOnEndOfStream: false, cancellation);
        await guest.WriteAsync("220 mail.example.com ESMTP\r\n"u8.ToArray(), cancellation);
        await SilenceAsync(guest, cancellation);
    }

    /// <summary>Hands on what comes, but of a handshake of TLS, which it takes for the beginning of something long, it waits for the rest.</summary>
    public Treatment WaitForTheRestOfTls => async (guest, cancellation) =>
    {
        var first = new byte[1];
        await guest.ReadExactlyAsync(first, cancellation);
        if (first[0] == 0x16)
            await SilenceAsync(guest, cancellation);
        else
            await HandOnAsync(guest, first, cancellation);
    };

    /// <summary>Speaks TLS with a certificate that nobody trusts.</summary>
    public static Task SpeakUntrustedTlsAsync(Stream guest, CancellationToken cancellation) => SpeakTls(Untrusted.Value)(guest, cancellation);

    /// <summary>Speaks TLS with a certificate, and nothing more.</summary>
    public static Treatment SpeakTls(X509Certificate2 certificate) => async (guest, cancellation) =>
    {
        await using var secured = new SslStream(guest);
        await secured.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = certificate }, cancellation);
        await SilenceAsync(secured, cancellation);
    };

    /// <summary>Speaks TLS, and hands on what comes over it.</summary>
    public Treatment HandOnOver(ServerTls tls) => async (guest, cancellation) =>
    {
        await using var secured = await tls.SecureAsync(guest, cancellation);
        await HandOnAsync(secured, cancellation);
    };

    public async ValueTask DisposeAsync()
    {
        await _ended.CancelAsync();
        await _accepting;
        _listener.Stop();
        await Task.WhenAll(_guests);
        _ended.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var guest = await _listener.AcceptTcpClientAsync(_ended.Token);
                // Before it is treated, which may be over for the guest before it is for us.
                Interlocked.Increment(ref _came);
                _guests.Add(TreatAsync(guest));
            }
        }
        catch (OperationCanceledException)
        {
        }
    }

    private async Task TreatAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                await (Fault ?? HandOnAsync)(client.GetStream(), _ended.Token);
            }
            catch (Exception gone) when (gone is IOException or SocketException or OperationCanceledException or System.Security.Authentication.AuthenticationException)
            {
            }
        }
    }

    private Task HandOnAsync(Stream guest, CancellationToken cancellation) => HandOnAsync(guest, [], cancellation);

    private async Task HandOnAsync(Stream guest, byte[] first, CancellationToken cancellation)
    {
        using var host = new TcpClient();
        await host.ConnectAsync(_behind, cancellation);
        await host.GetStream().WriteAsync(first, cancellation);
        await Task.WhenAny(guest.CopyToAsync(host.GetStream(), cancellation), host.GetStream().CopyToAsync(guest, cancellation));
    }
}
