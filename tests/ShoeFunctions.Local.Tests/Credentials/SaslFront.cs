using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Text;
using ShoeFunctions.Engine.Credentials;
using ShoeFunctions.Local.EmbeddedKafka;

namespace ShoeFunctions.Local.Tests.Credentials;

/// <summary>
/// Stands before each broker of an embedded cluster, lets in who says the right words, over TLS where it has a certificate,
/// and hands on the rest unchanged. Source of the formats: Apache Kafka's protocol guide, messages 17, 18 and 36; RFC 4616
/// (PLAIN), 5802 and 7677 (SCRAM), 7628 (OAUTHBEARER).
/// </summary>
internal sealed class SaslFront : IAsyncDisposable
{
    private const short Produce = 0, SaslHandshake = 17, ApiVersions = 18, SaslAuthenticate = 36;
    private const short UnsupportedSaslMechanism = 33, SaslAuthenticationFailed = 58;

    /// <summary>Handshake 1 is what makes clients send their credentials as message 36.</summary>
    private static readonly (short Key, short From, short To)[] OwnVersions = [(SaslHandshake, 0, 1), (SaslAuthenticate, 0, 1)];

    private readonly CancellationTokenSource _ended = new();
    private readonly TcpListener[] _listeners;
    private readonly Task[] _accepting;
    private readonly ConcurrentDictionary<Connection, Task> _connections = new();
    private readonly EmbeddedCluster _cluster;
    private readonly IPEndPoint[] _brokers;
    private volatile ApiKey _accepted;
    private readonly ConcurrentQueue<byte[]> _produced = new();
    private int _produceRequests;
    private int _logins;
    private int _refusals;

    /// <param name="cluster">The brokers.</param>
    /// <param name="accepted">The pair that is let in by PLAIN and SCRAM.</param>
    public SaslFront(EmbeddedCluster cluster, ApiKey accepted)
    {
        (_cluster, _accepted) = (cluster, accepted);
        _brokers = [.. cluster.BootstrapServers.Split(',').Select(IPEndPoint.Parse)];
        _listeners = [.. _brokers.Select(_ => new TcpListener(IPAddress.Loopback, 0))];
        _accepting = [.. _listeners.Zip(_brokers, AcceptAsync)];
        foreach (var (index, listener) in _listeners.Index())
            cluster.Advertise(index + 1, "127.0.0.1", ((IPEndPoint)listener.LocalEndpoint).Port);
        BootstrapServers = string.Join(',', _listeners.Select(listener => listener.LocalEndpoint));
    }

    /// <summary>Where clients find it: <c>127.0.0.1:port,…</c>.</summary>
    public string BootstrapServers { get; }

    /// <summary>The mechanisms that it offers; none where a certificate is enough.</summary>
    public string[] Mechanisms { get; set; } = ["PLAIN"];

    /// <summary>Whether it says what it offers to those too who ask for one of them; some brokers do not.</summary>
    public bool ListsWhatIsAgreed { get; set; } = true;

    /// <summary>Whether a token is let in, with the extensions that come with it.</summary>
    public Func<string, IReadOnlyDictionary<string, string>, bool> AcceptsToken { get; set; } = (_, _) => false;

    /// <summary>The tokens that were shown, in order.</summary>
    public ConcurrentQueue<string> Tokens { get; } = new();

    /// <summary>How it speaks TLS, from the next connection on; null where it does not.</summary>
    public ServerTls? Tls { get; set; }

    /// <summary>The pair that is let in.</summary>
    public ApiKey Accepted { get => _accepted; set => _accepted = value; }

    /// <summary>What happens to the nth request that produces records, counted from 1.</summary>
    public Func<int, Cut> OnProduce { get; set; } = _ => Cut.None;

    /// <summary>What the nth refusal waits for before it is told, counted from 1.</summary>
    public Func<int, Task> BeforeRefusal { get; set; } = _ => Task.CompletedTask;

    /// <summary>Is told of the nth login.</summary>
    public Action<int> OnLogin { get; set; } = _ => { };

    public int Logins => _logins;

    public int Refusals => _refusals;

    public int ProduceRequests => _produceRequests;

    /// <summary>The batches of records that were handed on to the brokers, those among them that were sent again.</summary>
    public IEnumerable<RecordBatch> Produced => _produced.SelectMany(RecordBatch.In);

    /// <summary>Where a request ends together with all connections.</summary>
    public enum Cut
    {
        /// <summary>It does not.</summary>
        None,

        /// <summary>Before the broker has seen it.</summary>
        BeforeTheBroker,

        /// <summary>When the broker has answered, before the client has seen that.</summary>
        BeforeTheAnswer,
    }

    /// <summary>Closes all connections: whoever comes again has to log in again.</summary>
    public void DropAll()
    {
        foreach (var connection in _connections.Keys)
            connection.Close();
    }

    /// <summary>Lets the brokers tell their own addresses again, so that a client that asks them directly stays with them.</summary>
    public void StandAside()
    {
        foreach (var (index, broker) in _brokers.Index())
            _cluster.Advertise(index + 1, "127.0.0.1", broker.Port);
    }

    public async ValueTask DisposeAsync()
    {
        await _ended.CancelAsync();
        await Task.WhenAll(_accepting);
        foreach (var listener in _listeners)
            listener.Dispose();
        DropAll();
        await Task.WhenAll(_connections.Values);
        _ended.Dispose();
    }

    private async Task AcceptAsync(TcpListener listener, IPEndPoint broker)
    {
        listener.Start();
        try
        {
            while (true)
            {
                var connection = new Connection(await listener.AcceptTcpClientAsync(_ended.Token));
                _connections[connection] = ServeAsync(connection, broker);
            }
        }
        catch (OperationCanceledException)
        {
        }
    }

    private async Task ServeAsync(Connection connection, IPEndPoint broker)
    {
        try
        {
            if (Tls is { } tls)
                connection.ClientStream = await tls.SecureAsync(connection.ClientStream, _ended.Token);
            await connection.Broker.ConnectAsync(broker);
            connection.BrokerStream = connection.Broker.GetStream();
            if (Mechanisms.Length == 0 || await LogInAsync(connection))
                await Task.WhenAny(RequestsAsync(connection), AnswersAsync(connection));
        }
        catch (Exception gone) when (IsGone(gone))
        {
        }
        finally
        {
            connection.Close();
        }
    }

    /// <summary>What comes before the first request proper; false where the client is not let in.</summary>
    private async Task<bool> LogInAsync(Connection connection)
    {
        Login? login = null;
        while (true)
        {
            var request = await ReadAsync(connection.ClientStream);
            switch (ApiKeyOf(request))
            {
                case ApiVersions:
                    await WriteAsync(connection.BrokerStream, request);
                    await WriteAsync(connection.ClientStream, WithOwnVersions(await ReadAsync(connection.BrokerStream), VersionOf(request)));
                    break;
                case SaslHandshake:
                    var asked = Encoding.UTF8.GetString(Body(request)[sizeof(short)..]);
                    var isOffered = Mechanisms.Contains(asked);
                    login = isOffered ? LoginBy(asked) : null;
                    var listed = isOffered && !ListsWhatIsAgreed ? [] : Mechanisms;
                    await WriteAsync(connection.ClientStream, [
                        .. Correlation(request), .. Int16(isOffered ? (short)0 : UnsupportedSaslMechanism), .. Int32(listed.Length), .. listed.SelectMany(Text)]);
                    break;
                case SaslAuthenticate when login is not null:
                    // Of the bytes' length the message is the rest.
                    var (answer, isLetIn) = login(Encoding.UTF8.GetString(Body(request)[sizeof(int)..]));
                    await AnswerAsync(connection, request, answer, isLetIn);
                    if (isLetIn is { } known)
                        return known;
                    break;
                default:
                    // As a broker does who is asked for something before he knows by whom.
                    return false;
            }
        }
    }

    /// <summary>One message of a client's: the answer, and whether it is let in, or null where there is more to say.</summary>
    private delegate (string Answer, bool? IsLetIn) Login(string message);

    private Login LoginBy(string mechanism) => mechanism switch
    {
        "PLAIN" => ByPassword,
        "OAUTHBEARER" => ByToken,
        _ => ByScram(mechanism == "SCRAM-SHA-512" ? HashAlgorithmName.SHA512 : HashAlgorithmName.SHA256),
    };

    /// <summary>Who speaks for whom (nobody), user and password, after a 0 each.</summary>
    private (string Answer, bool? IsLetIn) ByPassword(string message) =>
        ("", message.Split('\0') is ["", var user, var password] && new ApiKey(user, password).Equals(_accepted));

    private Login ByScram(HashAlgorithmName hash)
    {
        var server = new ScramServer(hash, _accepted.Key, _accepted.Secret, RandomNumberGenerator.GetBytes(16), 4096, Convert.ToHexString(RandomNumberGenerator.GetBytes(12)));
        var isFirst = true;
        return message =>
        {
            if (isFirst)
            {
                isFirst = false;
                return (server.First(message), null);
            }

            var final = server.Final(message);
            return (final ?? "", final is not null);
        };
    }

    /// <summary>A token that is not let in is answered with why, and when the client has taken note of that it is refused.</summary>
    private (string Answer, bool? IsLetIn) ByToken(string message)
    {
        if (message == "\u0001")
            return ("", false);
        var pairs = message.Split('\u0001', StringSplitOptions.RemoveEmptyEntries)[1..].Select(pair => pair.Split('=', 2)).ToDictionary(pair => pair[0], pair => pair[1]);
        var token = pairs["auth"]["Bearer ".Length..];
        pairs.Remove("auth");
        Tokens.Enqueue(token);
        return AcceptsToken(token, pairs) ? ("", true) : ("""{"status":"invalid_token"}""", null);
    }

    private async Task AnswerAsync(Connection connection, byte[] request, string answer, bool? isLetIn)
    {
        if (isLetIn == true)
            OnLogin(Interlocked.Increment(ref _logins));
        if (isLetIn == false)
            await BeforeRefusal(Interlocked.Increment(ref _refusals)).WaitAsync(_ended.Token);
        byte[] lifetime = VersionOf(request) >= 1 ? new byte[sizeof(long)] : [];
        byte[] error = isLetIn == false ? [.. Int16(SaslAuthenticationFailed), .. Text("Authentication failed")] : [.. Int16(0), .. Int16(-1)];
        await WriteAsync(connection.ClientStream, [.. Correlation(request), .. error, .. Int32(Encoding.UTF8.GetByteCount(answer)), .. Encoding.UTF8.GetBytes(answer), .. lifetime]);
    }

    private async Task RequestsAsync(Connection connection)
    {
        try
        {
            while (true)
            {
                var request = await ReadAsync(connection.ClientStream);
                var isProduce = ApiKeyOf(request) == Produce;
                var cut = isProduce ? OnProduce(Interlocked.Increment(ref _produceRequests)) : Cut.None;
                if (cut == Cut.BeforeTheBroker)
                {
                    DropAll();
                    return;
                }

                if (isProduce)
                    _produced.Enqueue(request);
                connection.LosesAnswers |= cut == Cut.BeforeTheAnswer;
                await WriteAsync(connection.BrokerStream, request);
            }
        }
        catch (Exception gone) when (IsGone(gone))
        {
        }
    }

    private async Task AnswersAsync(Connection connection)
    {
        try
        {
            while (true)
            {
                var answer = await ReadAsync(connection.BrokerStream);
                if (connection.LosesAnswers)
                {
                    DropAll();
                    return;
                }

                await WriteAsync(connection.ClientStream, answer);
            }
        }
        catch (Exception gone) when (IsGone(gone))
        {
        }
    }

    /// <summary>The broker's answer with our two messages in the list, where it is one that holds the list.</summary>
    private static byte[] WithOwnVersions(byte[] answer, short version)
    {
        // Correlation, error, count. From version 3 on the format is another: librdkafka's broker only declines that one.
        const int error = sizeof(int), count = error + sizeof(short), list = count + sizeof(int);
        if (version >= 3 || BinaryPrimitives.ReadInt16BigEndian(answer.AsSpan(error)) != 0)
            return answer;

        var all = BinaryPrimitives.ReadInt32BigEndian(answer.AsSpan(count)) + OwnVersions.Length;
        return [.. answer[..count], .. Int32(all), .. OwnVersions.SelectMany(own => (byte[])[.. Int16(own.Key), .. Int16(own.From), .. Int16(own.To)]), .. answer[list..]];
    }

    private static short ApiKeyOf(byte[] request) => BinaryPrimitives.ReadInt16BigEndian(request);

    private static short VersionOf(byte[] request) => BinaryPrimitives.ReadInt16BigEndian(request.AsSpan(sizeof(short)));

    private static byte[] Correlation(byte[] request) => request[4..8];

    /// <summary>What comes after the header: key, version, correlation, the client's id.</summary>
    private static byte[] Body(byte[] request) => request[(10 + Math.Max((short)0, BinaryPrimitives.ReadInt16BigEndian(request.AsSpan(8))))..];

    private static byte[] Int16(short value)
    {
        var bytes = new byte[sizeof(short)];
        BinaryPrimitives.WriteInt16BigEndian(bytes, value);
        return bytes;
    }

    private static byte[] Int32(int value)
    {
        var bytes = new byte[sizeof(int)];
        BinaryPrimitives.WriteInt32BigEndian(bytes, value);
        return bytes;
    }

    private static byte[] Text(string text) => [.. Int16((short)Encoding.UTF8.GetByteCount(text)), .. Encoding.UTF8.GetBytes(text)];

    private async Task<byte[]> ReadAsync(Stream from)
    {
        var length = new byte[sizeof(int)];
        await from.ReadExactlyAsync(length, _ended.Token);
        var message = new byte[Math.Clamp(BinaryPrimitives.ReadInt32BigEndian(length), 0, 100_000_000)];
        await from.ReadExactlyAsync(message, _ended.Token);
        return message;
    }

    private async Task WriteAsync(Stream to, byte[] message) =>
        await to.WriteAsync((byte[])[.. Int32(message.Length), .. message], _ended.Token);

    private static bool IsGone(Exception error) =>
        error is IOException or AuthenticationException or SocketException or ObjectDisposedException or InvalidOperationException or OperationCanceledException;

    /// <summary>A client and the broker that it wants to speak with.</summary>
    private sealed class Connection(TcpClient client)
    {
        private volatile bool _losesAnswers;

        /// <summary>What is spoken over with the client: TLS, or the connection as it is.</summary>
        public Stream ClientStream { get; set; } = client.GetStream();

        public Stream BrokerStream { get; set; } = Stream.Null;

        public TcpClient Broker { get; } = new();

        public bool LosesAnswers { get => _losesAnswers; set => _losesAnswers = value; }

        public void Close()
        {
            client.Dispose();
            Broker.Dispose();
        }
    }
}
