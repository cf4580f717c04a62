using Microsoft.Extensions.Logging;
using ShoeFunctions.Engine.Configuration;
using ShoeFunctions.Engine.Failures;
using ShoeFunctions.Engine.Network;

namespace ShoeFunctions.Engine.Credentials;

/// <summary>The credentials: from the settings, and what they do not hold from the vault, where there is one.</summary>
public sealed partial class CredentialSource(
    CredentialOptions options, IVault? vault, TimeProvider time, ILogger<CredentialSource> logger, TokenSource? kafkaTokens = null, TokenSource? registryTokens = null) : IDisposable
{
    /// <summary>The vault is asked again no more often.</summary>
    public static readonly TimeSpan RereadInterval = TimeSpan.FromMinutes(1);

    /// <summary>All secrets are there within this time, or it has failed.</summary>
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(15);

    /// <summary>Refusals of the old credentials may still come in for so long after the new ones are taken.</summary>
    private static readonly TimeSpan RefusalLag = TimeSpan.FromSeconds(10);

    private readonly SemaphoreSlim _one = new(1);
    private volatile KnownCredentials? _current;
    private PeerSecrets _kafka = PeerSecrets.None;
    private PeerSecrets _registry = PeerSecrets.None;
    private string? _unfit;
    private long _readAt;
    private long _changedAt;

    /// <summary>What was last read for one peer; texts are compared, since two certificates that are the same are not equal.</summary>
    private sealed record PeerSecrets(ApiKey? Key, TlsTexts Vaulted, TlsTexts Read, TlsMaterial? Tls)
    {
        public static PeerSecrets None { get; } = new(null, TlsTexts.None, TlsTexts.None, null);
    }

    /// <summary>Whether the credentials were exchanged so lately that a refusal may be one of the old ones.</summary>
    public bool ChangedJustNow => Volatile.Read(ref _changedAt) is not 0 and var changed && time.GetElapsedTime(changed) < RefusalLag;

    /// <summary>
    /// The credentials; the vault is asked until it has answered well, and for a pair that it did not hold again, at most
    /// once in <see cref="RereadInterval"/>. Certificates in files are those that are there now.
    /// </summary>
    /// <exception cref="FailureException">The vault did not answer well, or what it or a file holds is no good.</exception>
    public async ValueTask<KnownCredentials> GetAsync(CancellationToken cancellation)
    {
        // In this order: who sees that the vault was just read sees what was read.
        var mayRead = MayRead;
        if (_current is { } known && !(mayRead && IsIncomplete(known)) && !HaveFilesChanged())
            return known;

        await _one.WaitAsync(cancellation);
        try
        {
            if (_current is null)
                await TakeAsync(cancellation);
            else if (MayRead && IsIncomplete(_current))
                await CompleteAsync(cancellation);
            else
                TakeFiles();
            return _current!;
        }
        finally
        {
            _one.Release();
        }
    }

    /// <summary>
    /// Asks for other credentials, because these were refused: the vault for what it holds now, and for another token; each
    /// at most once in a minute.
    /// </summary>
    /// <returns>Whether they are others than before.</returns>
    public async Task<bool> RereadAsync(CancellationToken cancellation)
    {
        var hasNewToken = false;
        foreach (var tokens in new[] { kafkaTokens, registryTokens })
            hasNewToken |= tokens is not null && await tokens.RenewAsync(cancellation);
        if (hasNewToken)
            Changed();
        if (vault is null)
            return hasNewToken;

        await _one.WaitAsync(cancellation);
        try
        {
            return (MayRead && await TakeAsync(cancellation)) || hasNewToken;
        }
        finally
        {
            _one.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _one.Dispose();

    private bool MayRead => time.GetElapsedTime(Volatile.Read(ref _readAt)) >= RereadInterval;

    private bool IsIncomplete(KnownCredentials known) => vault is not null && Missing(known) is not null;

    /// <summary>Asks for what was missing, and goes on with what there is where the vault does not answer well.</summary>
    private async Task CompleteAsync(CancellationToken cancellation)
    {
        try
        {
            await TakeAsync(cancellation);
        }
        catch (FailureException failed)
        {
            Log.NotCompleted(logger, failed.Failure.Kind, failed.Failure.Code, failed.Message);
        }
    }

    /// <summary>Reads the credentials and takes them.</summary>
    /// <returns>Whether they are others than before.</returns>
    private async Task<bool> TakeAsync(CancellationToken cancellation)
    {
        var (before, kafka, registry) = (_current, _kafka, _registry);
        try
        {
            (_kafka, _registry) = await ReadAsync(cancellation);
        }
        finally
        {
            // Only now: until then whoever asks waits for the answer.
            Volatile.Write(ref _readAt, time.GetTimestamp());
        }

        if (before is not null && (kafka, registry) == (_kafka, _registry))
            return false;

        var current = Combine();
        if (vault is not null && Missing(current) is { } missing)
            Log.NotInVault(logger, missing);
        if (before is null)
            return true;

        Changed();
        Log.Changed(logger);
        return true;
    }

    private KnownCredentials Combine() => _current = new KnownCredentials(
        new PeerCredentials(_kafka.Key, _kafka.Tls, kafkaTokens), new PeerCredentials(_registry.Key, _registry.Tls, registryTokens));

    private void Changed() => Volatile.Write(ref _changedAt, time.GetTimestamp());

    /// <summary>What is to come from the vault and is not there.</summary>
    private string? Missing(KnownCredentials known)
    {
        var (kafka, registry) = (options.Kafka.MayHaveKey && known.Kafka.Key is null, options.SchemaRegistry.MayHaveKey && known.SchemaRegistry.Key is null);
        return (kafka, registry) switch
        {
            (true, true) => "Kafka and the schema registry",
            (true, _) => "Kafka",
            (_, true) => "the schema registry",
            _ => null,
        };
    }

    private async Task<(PeerSecrets Kafka, PeerSecrets SchemaRegistry)> ReadAsync(CancellationToken cancellation)
    {
        using var limit = new CancellationTokenSource(Timeout, time);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation, limit.Token);
        try
        {
            var kafka = PeerAsync(options.Kafka, _kafka, Settings.KafkaApiKey, Settings.KafkaApiSecret, stop.Token);
            var registry = PeerAsync(options.SchemaRegistry, _registry, Settings.SchemaRegistryApiKey, Settings.SchemaRegistryApiSecret, stop.Token);
            await Task.WhenAll(kafka, registry);
            return (await kafka, await registry);
        }
        catch (OperationCanceledException late) when (limit.IsCancellationRequested && !cancellation.IsCancellationRequested)
        {
            throw new FailureException(VaultFailures.Of(late, options.VaultUri!), late);
        }
    }

    private async Task<PeerSecrets> PeerAsync(PeerOptions peer, PeerSecrets before, Setting key, Setting secret, CancellationToken cancellation)
    {
        var pair = PairAsync(peer, key, secret, cancellation);
        var vaulted = VaultedAsync(peer, cancellation);
        await Task.WhenAll(pair, vaulted);
        return WithTls(peer, before with { Key = await pair, Vaulted = await vaulted });
    }

    private async Task<ApiKey?> PairAsync(PeerOptions peer, Setting key, Setting secret, CancellationToken cancellation)
    {
        if (peer.Key is not null || vault is null || !peer.MayHaveKey)
            return peer.Key;

        var (keyName, secretName) = (SecretName(key), SecretName(secret));
        var values = await Task.WhenAll(vault.ReadAsync(keyName, cancellation), vault.ReadAsync(secretName, cancellation));
        return values switch
        {
            [null or "", null or ""] => null,
            [{ Length: > 0 } keyValue, { Length: > 0 } secretValue] => new ApiKey(Checked(keyName, keyValue), Checked(secretName, secretValue)),
            [null or "", _] => throw Bad($"Key Vault holds {secretName} but not {keyName}: add it, or remove both."),
            _ => throw Bad($"Key Vault holds {keyName} but not {secretName}: add it, or remove both."),
        };
    }

    /// <summary>The certificates that the vault holds; a text alone, since a path would be one of the vault's.</summary>
    private async Task<TlsTexts> VaultedAsync(PeerOptions peer, CancellationToken cancellation)
    {
        if (vault is null || !peer.MayHaveTls)
            return TlsTexts.None;

        var parts = await Task.WhenAll(Enum.GetValues<TlsPart>().Select(async part =>
            peer.Tls.Has(part) ? null : await vault.ReadAsync(SecretName(peer.Tls.Of(part)), cancellation) is { Length: > 0 } text ? text : null));
        return new TlsTexts(parts[0], parts[1], parts[2], parts[3]);
    }

    /// <summary>With the certificates that the settings, their files and the vault hold now.</summary>
    private PeerSecrets WithTls(PeerOptions peer, PeerSecrets secrets)
    {
        try
        {
            var texts = Texts(peer, secrets);
            return texts == secrets.Read ? secrets : secrets with { Read = texts, Tls = TlsMaterial.Read(texts, time.GetUtcNow()) };
        }
        catch (TlsPartException wrong)
        {
            var setting = peer.Tls.Of(wrong.Part);
            throw vault is null || peer.Tls.Has(wrong.Part)
                ? new FailureException(new Failure(FailureSource.Settings, "read certificates", FailureKind.Invalid, "bad-certificate", false, $"{setting.Name} {wrong.Found}."), wrong)
                : Bad($"Key Vault's {SecretName(setting)} {wrong.Found}.");
        }
    }

    /// <summary>What the settings and their files hold now, and for the rest the vault.</summary>
    /// <exception cref="TlsPartException">A file is not there.</exception>
    private static TlsTexts Texts(PeerOptions peer, PeerSecrets secrets)
    {
        var (own, vaulted) = (peer.Tls.Texts(), secrets.Vaulted);
        return new TlsTexts(own.Ca ?? vaulted.Ca, own.Certificate ?? vaulted.Certificate, own.Key ?? vaulted.Key, own.KeyPassword ?? vaulted.KeyPassword);
    }

    private bool HaveFilesChanged() => HaveFilesChanged(options.Kafka, _kafka) || HaveFilesChanged(options.SchemaRegistry, _registry);

    private static bool HaveFilesChanged(PeerOptions peer, PeerSecrets secrets)
    {
        if (!peer.Tls.IsSet)
            return false;
        try
        {
            return Texts(peer, secrets) != secrets.Read;
        }
        catch (TlsPartException)
        {
            // One that is being exchanged is not there for a moment.
            return false;
        }
    }

    /// <summary>Takes certificates that were exchanged; where they are no good, perhaps not yet whole, goes on with the last.</summary>
    private void TakeFiles()
    {
        if (!HaveFilesChanged())
            return;

        try
        {
            (_kafka, _registry) = (WithTls(options.Kafka, _kafka), WithTls(options.SchemaRegistry, _registry));
            Combine();
            Changed();
            Log.CertificatesChanged(logger);
            _unfit = null;
        }
        catch (FailureException unfit)
        {
            // Once, and not with every tick.
            if (_unfit != unfit.Message)
                Log.CertificatesNotTaken(logger, unfit.Message);
            _unfit = unfit.Message;
        }
    }

    private static string SecretName(Setting setting) => setting.Name.Replace('_', '-').ToLowerInvariant();

    private static string Checked(string name, string value) =>
        SecretText.Fault(value) is { } fault ? throw Bad($"Key Vault's {name}: {fault}.") : value;

    private static FailureException Bad(string advice) =>
        new(new Failure(FailureSource.KeyVault, "read secrets", FailureKind.Invalid, "bad-secret", false, advice));

    private static partial class Log
    {
        [LoggerMessage(403, LogLevel.Warning, "neither the settings nor Key Vault hold credentials for {Peer}: none are sent until the vault has some")]
        public static partial void NotInVault(ILogger logger, string peer);

        [LoggerMessage(404, LogLevel.Warning, "Key Vault cannot be read again for the credentials that it lacked: {Kind} ({Code}): {Advice}")]
        public static partial void NotCompleted(ILogger logger, FailureKind kind, string code, string advice);

        [LoggerMessage(400, LogLevel.Information, "Key Vault has new credentials: they are used from now on")]
        public static partial void Changed(ILogger logger);

        [LoggerMessage(406, LogLevel.Information, "certificates were exchanged: the new ones are used from now on")]
        public static partial void CertificatesChanged(ILogger logger);

        [LoggerMessage(407, LogLevel.Warning, "certificates were exchanged for others that are no good, so the last ones stay in use: {Advice}")]
        public static partial void CertificatesNotTaken(ILogger logger, string advice);
    }
}
