using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using Confluent.Kafka;
using ShoeFunctions.Engine.Credentials;
using ShoeFunctions.Engine.Failures;
using ShoeFunctions.Engine.Network;

namespace ShoeFunctions.Engine.Kafka;

/// <summary>
/// What one Kafka client says of its connections. Its calls and reports only say that time ran out; the cause it says
/// here, and where that is TLS, a look at the address says which.
/// </summary>
internal sealed partial class KafkaTrouble(KafkaOptions options, PeerCredentials credentials, SecurityProtocol protocol, TimeProvider time)
{
    private static readonly TimeSpan FirstTry = TimeSpan.FromMilliseconds(250);

    /// <summary>After so long, brokers none of which can be reached are taken to be away: one address of a name may have been tried before another.</summary>
    private static readonly TimeSpan UntilAway = TimeSpan.FromSeconds(3);

    private readonly ConcurrentDictionary<KafkaCause, long> _causes = new();
    private readonly ConcurrentDictionary<string, Task<KafkaCause?>> _looks = new();
    private readonly bool _isTls = protocol is SecurityProtocol.Ssl or SecurityProtocol.SaslSsl;

    /// <summary>Takes what the error handler is told; it comes dozens of times a second.</summary>
    public void Heard(Error error)
    {
        _causes[error.Code] = time.GetTimestamp();
        if (error.Code is not (ErrorCode.Local_Ssl or ErrorCode.Local_Transport or ErrorCode.Local_AllBrokersDown) && !KafkaFailures.IsRefusal(error.Code))
            return;

        if (Endpoint.Match(error.Reason) is { Success: true } named)
            Look($"{named.Groups["host"].ValueSpan}:{named.Groups["port"].ValueSpan}");
        else
            LookAround();
    }

    /// <summary>Looks at the addresses to begin with: brokers that wait for more of what they do not understand say nothing, nor does the client.</summary>
    public void LookAround()
    {
        foreach (var server in options.BootstrapServers.Split(',', StringSplitOptions.TrimEntries))
            Look(server);
    }

    /// <summary>Takes what was found out otherwise.</summary>
    public void Found(KafkaCause cause) => _causes[cause] = time.GetTimestamp();

    /// <summary>Ends when everything that is being looked at has been seen.</summary>
    public Task LookedAsync() => Task.WhenAll(_looks.Values);

    /// <summary>What was said since a time.</summary>
    public IReadOnlyCollection<KafkaCause> Since(long timestamp) => [.. _causes.Where(cause => cause.Value >= timestamp).Select(cause => cause.Key)];

    /// <summary>What all of it comes to, when everything that is being looked at has been seen.</summary>
    /// <param name="code">How the client's call ended.</param>
    /// <param name="operation">What was being done.</param>
    public async Task<Failure> FailureAsync(ErrorCode code, string operation)
    {
        // What was looked for in silence alone ends the call itself where it is found.
        if (!_causes.IsEmpty)
            await LookedAsync();
        var causes = Since(0);
        // Of brokers that take a connection and then say nothing, the client's calls say the same as of none; it alone hears of no trouble.
        return KafkaFailures.Of(code == ErrorCode.Local_Transport && causes.Count == 0 ? ErrorCode.Local_TimedOut : code, causes, options, operation);
    }

    /// <summary>
    /// Asks the cluster something, with a time limit that grows: so a call that nothing can come of ends soon after its
    /// cause is known, which the client's own calls do not, and a refused login is not tried for as long as they wait.
    /// </summary>
    /// <exception cref="KafkaException">The cluster did not answer well.</exception>
    public T Ask<T>(Func<TimeSpan, T> ask, TimeSpan timeout, CancellationToken cancellation)
    {
        // The client waits by the machine's clock, whatever ours says.
        var started = TimeProvider.System.GetTimestamp();
        for (var limit = FirstTry; ; limit *= 2)
        {
            cancellation.ThrowIfCancellationRequested();
            var (began, left) = (TimeProvider.System.GetTimestamp(), timeout - TimeProvider.System.GetElapsedTime(started));
            try
            {
                return ask(limit < left ? limit : left > FirstTry ? left : FirstTry);
            }
            catch (KafkaException late) when (
                late.Error.Code is ErrorCode.Local_TimedOut or ErrorCode.Local_Transport or ErrorCode.Local_AllBrokersDown
                && TimeProvider.System.GetElapsedTime(began) >= limit / 2
                && TimeProvider.System.GetElapsedTime(started) is var waited && waited < timeout && !IsHopeless(waited))
            {
                // Asked again, and longer.
                if (limit > FirstTry && _causes.IsEmpty)
                    LookAround();
            }
        }
    }

    /// <summary>Whether waiting on, after some waiting, is of no use.</summary>
    public bool IsHopeless(TimeSpan waited) =>
        _causes.Keys.Any(cause => cause.IsFinal || KafkaFailures.IsRefusal(cause.Code))
        || (waited >= UntilAway && _causes.ContainsKey(ErrorCode.Local_AllBrokersDown));

    /// <summary>An address is looked at once; what was found there holds again with every further error.</summary>
    private void Look(string server)
    {
        if (_looks.GetOrAdd(server, static (server, trouble) => Task.Run(() => trouble.LookAsync(server)), this) is { IsCompletedSuccessfully: true, Result: { } cause })
            Found(cause);
    }

    private async Task<KafkaCause?> LookAsync(string server)
    {
        var (host, port) = HostAndPort.Of(server);
        var tls = TlsLook.Kafka.LookAsync(host, port, _isTls, credentials.Tls, CancellationToken.None);
        // Who answers this is spoken with as it should be: the other look may take long, with a peer that waits for more.
        var offered = await MechanismLook.LookAsync(server, _isTls ? TlsMaterial.Options(credentials.Tls) : null, options.Mechanism);
        KafkaCause? cause = offered is null
            ? await tls is { } fault ? new KafkaCause(ErrorCode.Local_Ssl, fault) : null
            : KafkaFailures.OfMechanisms(offered, options.Mechanism) is { } failure ? new KafkaCause(ErrorCode.UnsupportedSaslMechanism, Found: failure) : null;
        if (cause is { } found)
            Found(found);
        return cause;
    }

    /// <summary>The broker that the client's sentence begins with: <c>ssl://host:9093/bootstrap: …</c></summary>
    [GeneratedRegex(@"^(?:[a-z_]+://)?(?<host>[^/ ]+):(?<port>[0-9]+)/", RegexOptions.CultureInvariant)]
    private static partial Regex Endpoint { get; }
}
