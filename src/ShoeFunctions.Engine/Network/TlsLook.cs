using System.Buffers.Binary;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace ShoeFunctions.Engine.Network;

/// <summary>
/// Looks, over a connection of its own, why a connection failed: the clients only say that it did. Nothing is ever
/// trusted for it that would not be otherwise, and no credentials are sent.
/// </summary>
internal sealed class TlsLook
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(6);
    private static readonly TimeSpan RefusalTime = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(2);

    /// <summary>The shortest question that any broker answers, ApiVersions 0, with a correlation of ours.</summary>
    private static readonly byte[] KafkaQuestion = [0, 0, 0, 10, 0, 18, 0, 0, 0x53, 0x48, 0x4F, 0x45, 0xFF, 0xFF];

    private static readonly byte[] HttpQuestion = "HEAD / HTTP/1.0\r\n\r\n"u8.ToArray();

    private readonly byte[] _question;
    private readonly Func<byte[], bool> _isAnswer;
    private readonly bool _isProof;

    private TlsLook(byte[] question, Func<byte[], bool> isAnswer, bool isProof) => (_question, _isAnswer, _isProof) = (question, isAnswer, isProof);

    /// <summary>For brokers. One of plaintext may wait for the rest of a handshake that it takes for a question, and say nothing.</summary>
    public static TlsLook Kafka { get; } = new(KafkaQuestion, static answer => BinaryPrimitives.ReadInt32BigEndian(answer.AsSpan(4)) == 0x53484F45, isProof: true);

    /// <summary>For servers of HTTP. Some of TLS tell a client that speaks plaintext so, in plaintext.</summary>
    public static TlsLook Http { get; } = new(HttpQuestion, static answer => answer.AsSpan().StartsWith("HTTP/"u8), isProof: false);

    /// <summary>What is the matter with a peer; null where it is well, or cannot be told.</summary>
    /// <param name="host">The peer's name or address.</param>
    /// <param name="port">Its port.</param>
    /// <param name="expectsTls">Whether TLS is to be spoken with it.</param>
    /// <param name="material">Whom to trust, and what to show.</param>
    /// <param name="cancellation">Gives up.</param>
    public async Task<TlsFault?> LookAsync(string host, int port, bool expectsTls, TlsMaterial? material, CancellationToken cancellation)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        stop.CancelAfter(Timeout);
        try
        {
            if (expectsTls && _isProof && await SpeaksPlaintextAsync(host, port, stop.Token))
                return TlsFault.PlaintextPeer;
            var (speaksTls, fault) = await ShakeHandsAsync(host, port, expectsTls, material, stop.Token);
            if (!expectsTls)
                return speaksTls ? TlsFault.TlsPeer : null;
            return speaksTls ? fault : !_isProof && await SpeaksPlaintextAsync(host, port, stop.Token) ? TlsFault.PlaintextPeer : null;
        }
        catch (Exception silent) when (silent is SocketException or IOException or OperationCanceledException)
        {
            // There is nothing that could be told of it: what the client said stands.
            return null;
        }
    }

    private async Task<(bool SpeaksTls, TlsFault? Fault)> ShakeHandsAsync(string host, int port, bool asks, TlsMaterial? material, CancellationToken stop)
    {
        var (hasCertificate, isAsked, fault) = (false, false, (TlsFault?)null);
        using var socket = new TcpClient();
        await socket.ConnectAsync(host, port, stop);
        await using var stream = new SslStream(socket.GetStream());
        var options = TlsMaterial.Options(material);
        options.TargetHost = host;
        options.RemoteCertificateValidationCallback = (_, _, chain, errors) =>
        {
            (hasCertificate, fault) = (true, FaultOf(chain, errors));
            return errors == SslPolicyErrors.None;
        };
        if (material?.Own is null)
            // Called once to begin with, and again where the peer asks for one.
            options.LocalCertificateSelectionCallback = (_, _, _, remote, issuers) =>
            {
                isAsked |= remote is not null || issuers.Length > 0;
                return null!;
            };
        try
        {
            await stream.AuthenticateAsClientAsync(options, stop);
            if (asks && !await IsAnsweredAsync(stream, stop))
                fault = TlsFault.Closed;
        }
        catch (Exception refused) when (refused is AuthenticationException or IOException { InnerException: not SocketException })
        {
            // We trust the peer, so it is the peer who does not trust us; with TLS 1.2 it says so before we have looked at its own.
            if ((hasCertificate && fault is null) || isAsked)
                (hasCertificate, fault) = (true, fault ?? (material?.Own is null ? TlsFault.CertificateWanted : TlsFault.CertificateRefused));
        }
        catch (IOException)
        {
            // Broken after all was well: that is a refusal, too.
            if (stream.IsAuthenticated && fault is null)
                fault = TlsFault.Closed;
        }

        return (hasCertificate, fault);
    }

    /// <summary>With TLS 1.3 a peer looks at our certificate only when it is asked something, and says what it thinks of it to whoever reads.</summary>
    private async Task<bool> IsAnsweredAsync(SslStream stream, CancellationToken stop)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        limit.CancelAfter(AnswerTimeout);
        try
        {
            // What is on its way to a peer that refuses us makes the connection break before its reason is here.
            var answer = stream.ReadAsync(new byte[1], limit.Token).AsTask();
            using var quiet = CancellationTokenSource.CreateLinkedTokenSource(limit.Token);
            quiet.CancelAfter(RefusalTime);
            await ((Task)answer.WaitAsync(quiet.Token)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (!answer.IsCompleted)
                await stream.WriteAsync(_question, limit.Token);
            return await answer > 0;
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            // One that is silent does not refuse.
            return true;
        }
    }

    private static TlsFault? FaultOf(X509Chain? chain, SslPolicyErrors errors)
    {
        const X509ChainStatusFlags distrust = X509ChainStatusFlags.UntrustedRoot | X509ChainStatusFlags.PartialChain;
        var status = chain?.ChainStatus.Aggregate(X509ChainStatusFlags.NoError, (all, one) => all | one.Status) ?? X509ChainStatusFlags.NoError;
        return errors switch
        {
            SslPolicyErrors.None => null,
            _ when (status & distrust) != 0 => TlsFault.UnknownAuthority,
            _ when (status & X509ChainStatusFlags.NotTimeValid) != 0 => TlsFault.Expired,
            _ when errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch) => TlsFault.WrongHost,
            _ => TlsFault.UnknownAuthority,
        };
    }

    private async Task<bool> SpeaksPlaintextAsync(string host, int port, CancellationToken stop)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        limit.CancelAfter(AnswerTimeout);
        try
        {
            using var socket = new TcpClient();
            await socket.ConnectAsync(host, port, limit.Token);
            await socket.GetStream().WriteAsync(_question, limit.Token);
            var answer = new byte[8];
            return await socket.GetStream().ReadAtLeastAsync(answer, answer.Length, throwOnEndOfStream: false, limit.Token) == answer.Length && _isAnswer(answer);
        }
        catch (Exception silent) when (silent is SocketException or IOException || (silent is OperationCanceledException && !stop.IsCancellationRequested))
        {
            return false;
        }
    }
}
