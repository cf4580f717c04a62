using Microsoft.Extensions.Logging;
using ShoeFunctions.Engine.Configuration;
using ShoeFunctions.Engine.Failures;

namespace ShoeFunctions.Engine.Credentials;

/// <summary>The credentials: from the settings, and what they do not hold from the vault, where there is one.</summary>
public sealed partial class ApiKeySource(CredentialOptions options, IVault? vault, TimeProvider time, ILogger<ApiKeySource> logger) : IDisposable
{
    /// <summary>The vault is asked again no more often.</summary>
    public static readonly TimeSpan RereadInterval = TimeSpan.FromMinutes(1);

    /// <summary>All secrets are there within this time, or it has failed.</summary>
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(15);

    /// <summary>Refusals of the old credentials may still come in for so long after the new ones are taken.</summary>
    private static readonly TimeSpan RefusalLag = TimeSpan.FromSeconds(10);

    private readonly SemaphoreSlim _one = new(1);
    private ApiKeys? _current;
    private long _readAt;
    private long _changedAt;

    /// <summary>Whether the credentials were exchanged so lately that a refusal may be one of the old ones.</summary>
    public bool ChangedJustNow => Volatile.Read(ref _changedAt) is not 0 and var changed && time.GetElapsedTime(changed) < RefusalLag;

    /// <summary>
    /// The credentials; the vault is asked until it has answered well, and for a pair that it did not hold again, at most
    /// once in <see cref="RereadInterval"/>.
    /// </summary>
    /// <exception cref="FailureException">The vault did not answer well, or holds half a pair.</exception>
    public async ValueTask<ApiKeys> GetAsync(CancellationToken cancellation)
    {
        // In this order: who sees that the vault was just read sees what was read.
        var mayRead = MayRead;
        if (_current is { } known && !(mayRead && IsIncomplete(known)))
            return known;

        await _one.WaitAsync(cancellation);
        try
        {
            if (_current is null)
                await TakeAsync(cancellation);
            else if (MayRead && IsIncomplete(_current))
                await CompleteAsync(cancellation);
            return _current!;
        }
        finally
        {
            _one.Release();
        }
    }

    /// <summary>
    /// Asks the vault again, because the credentials were refused; at most once in <see cref="RereadInterval"/>.
    /// </summary>
    /// <returns>Whether they are others than before.</returns>
    public async Task<bool> RereadAsync(CancellationToken cancellation)
    {
        if (vault is null)
            return false;

        await _one.WaitAsync(cancellation);
        try
        {
            return MayRead && await TakeAsync(cancellation);
        }
        finally
        {
            _one.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _one.Dispose();

    private bool MayRead => time.GetElapsedTime(Volatile.Read(ref _readAt)) >= RereadInterval;

    private bool IsIncomplete(ApiKeys known) => vault is not null && (known.Kafka is null || known.SchemaRegistry is null);

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
        var before = _current;
        try
        {
            _current = await ReadAsync(cancellation);
        }
        finally
        {
            // Only now: until then whoever asks waits for the answer.
            Volatile.Write(ref _readAt, time.GetTimestamp());
        }

        if (_current == before)
            return false;

        if (vault is not null && Missing(_current) is { } missing)
            Log.NotInVault(logger, missing);
        if (before is null)
            return true;

        Volatile.Write(ref _changedAt, time.GetTimestamp());
        Log.Changed(logger);
        return true;
    }

    private static string? Missing(ApiKeys keys) => (keys.Kafka, keys.SchemaRegistry) switch
    {
        (null, null) => "Kafka and the schema registry",
        (null, _) => "Kafka",
        (_, null) => "the schema registry",
        _ => null,
    };

    private async Task<ApiKeys> ReadAsync(CancellationToken cancellation)
    {
        using var limit = new CancellationTokenSource(Timeout, time);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation, limit.Token);
        try
        {
            var kafka = PairAsync(options.Kafka, Settings.KafkaApiKey, Settings.KafkaApiSecret, stop.Token);
            var registry = PairAsync(options.SchemaRegistry, Settings.SchemaRegistryApiKey, Settings.SchemaRegistryApiSecret, stop.Token);
            await Task.WhenAll(kafka, registry);
            return new ApiKeys(await kafka, await registry);
        }
        catch (OperationCanceledException late) when (limit.IsCancellationRequested && !cancellation.IsCancellationRequested)
        {
            throw new FailureException(VaultFailures.Of(late, options.VaultUri!), late);
        }
    }

    private async Task<ApiKey?> PairAsync(ApiKey? configured, Setting key, Setting secret, CancellationToken cancellation)
    {
        if (configured is not null || vault is null)
            return configured;

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
    }
}
