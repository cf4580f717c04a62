using Microsoft.Extensions.Logging;
using ShoeFunctions.Engine.Credentials;
using ShoeFunctions.Engine.Failures;
using ShoeFunctions.Engine.Kafka;
using ShoeFunctions.Engine.SchemaRegistry;

namespace ShoeFunctions.Engine.Connections;

/// <summary>Opens the producer to the brokers.</summary>
public delegate IMessageSender OpenSender(PeerCredentials credentials);

/// <summary>Opens the client of the schema registry.</summary>
public delegate RegistryClient OpenRegistry(PeerCredentials credentials);

/// <summary>
/// The process's one producer and one registry client: opened when they are first asked for, and given new credentials
/// when the old ones are refused and the vault has others.
/// </summary>
public sealed partial class ShoeConnections(CredentialSource keys, OpenSender openSender, OpenRegistry openRegistry, ILogger<ShoeConnections> logger) : IDisposable
{
    /// <summary>Each has its own, since to open either takes a while at the start.</summary>
    private readonly Lock _senderLock = new(), _registryLock = new();
    private IMessageSender? _sender;
    private RegistryClient? _registry;
    private PeerCredentials? _senderCredentials;
    private PeerCredentials? _registryCredentials;
    private int _renewing;

    /// <summary>The brokers refused the credentials, and there are no others.</summary>
    public event Action? Refused;

    /// <summary>The producer can reach none of the brokers; raised again at every try, on a thread of the client's.</summary>
    public event Action<IMessageSender>? BrokersDown;

    /// <summary>The producer.</summary>
    /// <exception cref="FailureException">The credentials could not be read.</exception>
    public async ValueTask<IMessageSender> SenderAsync(CancellationToken cancellation)
    {
        var credentials = (await keys.GetAsync(cancellation)).Kafka;
        await credentials.HaveTokenAsync(cancellation);

        IMessageSender? outdated = null;
        try
        {
            lock (_senderLock)
            {
                // Certificates are a client's for its life. Whoever asks is about to send: nothing waits in the old one.
                if (_sender is not null && _senderCredentials!.Tls != credentials.Tls)
                    (outdated, _sender) = (_sender, null);

                if (_sender is null)
                {
                    _sender = openSender(credentials);
                    _sender.CredentialsRefused += OnCredentialsRefused;
                    var opened = _sender;
                    opened.BrokersDown += () => BrokersDown?.Invoke(opened);
                    _senderCredentials = credentials;
                }

                if (credentials.Key is not null && _senderCredentials != credentials)
                    Use(credentials);
                return _sender;
            }
        }
        finally
        {
            outdated?.Dispose();
        }
    }

    /// <summary>The registry's client.</summary>
    /// <exception cref="FailureException">The credentials could not be read.</exception>
    public async ValueTask<RegistryClient> RegistryAsync(CancellationToken cancellation)
    {
        var credentials = (await keys.GetAsync(cancellation)).SchemaRegistry;
        lock (_registryLock)
        {
            // Between reading and opening they may have been renewed: whoever comes next finds that it is open with others.
            if (_registry is null || _registryCredentials != credentials)
                (_registry, _registryCredentials) = (openRegistry(credentials), credentials);
            return _registry;
        }
    }

    /// <summary>
    /// Reads the credentials again, because they were refused. Where they have changed, the producer goes on with the
    /// new ones, what it still has to send included, and the registry's client is opened anew.
    /// </summary>
    /// <returns>Whether they have changed, now or so lately that the refusal may be one of the old ones.</returns>
    public async Task<bool> RenewAsync(CancellationToken cancellation)
    {
        if (!await keys.RereadAsync(cancellation))
            return keys.ChangedJustNow;

        var credentials = await keys.GetAsync(cancellation);
        lock (_senderLock)
        {
            // Other certificates are for the next tick's sender; what waits in this one may still go its way.
            if (credentials.Kafka.AreSecret && _sender is not null && _senderCredentials!.Tls == credentials.Kafka.Tls)
                Use(credentials.Kafka);
        }

        lock (_registryLock)
        {
            // Others may be asking with the old one, so it is not disposed: its connections close when they are idle.
            _registry = null;
        }

        return true;
    }

    /// <summary>The same for whoever comes next: certificates may have been exchanged for those that no longer do.</summary>
    public async Task RenewForNextAsync()
    {
        try
        {
            await RenewAsync(CancellationToken.None);
        }
        catch (FailureException failure)
        {
            Log.NotRenewed(logger, failure.Failure.Kind, failure.Failure.Code, failure.Message);
        }
    }

    /// <summary>Gives up a producer, with all that it has not delivered: the next tick begins with a new one.</summary>
    public void Drop(IMessageSender sender)
    {
        lock (_senderLock)
        {
            if (_sender != sender)
                return;
            _sender = null;
        }

        // The tick's own line says why.
        Log.Dropped(logger);
        sender.Dispose();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _sender?.Dispose();
        _registry?.Dispose();
    }

    private void Use(PeerCredentials credentials)
    {
        _sender!.UseCredentials(credentials);
        _senderCredentials = credentials;
    }

    /// <summary>Comes dozens of times a second, on the client's own thread, for as long as they are refused.</summary>
    private void OnCredentialsRefused()
    {
        if (Interlocked.Exchange(ref _renewing, 1) == 0)
            _ = Task.Run(RenewOrSayRefusedAsync);
    }

    private async Task RenewOrSayRefusedAsync()
    {
        try
        {
            if (!await RenewAsync(CancellationToken.None))
                Refused?.Invoke();
        }
        catch (FailureException failure)
        {
            Log.NotRenewed(logger, failure.Failure.Kind, failure.Failure.Code, failure.Message);
            Refused?.Invoke();
        }
        finally
        {
            Interlocked.Exchange(ref _renewing, 0);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(402, LogLevel.Debug, "the producer is closed; the next tick opens a new one")]
        public static partial void Dropped(ILogger logger);

        [LoggerMessage(401, LogLevel.Error, "the credentials were rejected and cannot be read again: {Kind} ({Code}): {Advice}")]
        public static partial void NotRenewed(ILogger logger, FailureKind kind, string code, string advice);
    }
}
