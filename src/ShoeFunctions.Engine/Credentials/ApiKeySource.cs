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

    /// <summary>The credentials; the vault is asked once, until it has answered well.</summary>
    /// <exception cref="FailureException">The vault did not answer well, or holds half a pair.</exception>
    public async ValueTask<ApiKeys> GetAsync(CancellationToken cancellation)
    {
        if (_current is { } known)
            return known;

        await _one.WaitAsync(cancellation);
        try
        {
            return _current ??= await ReadAsync(cancellation);
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
            if (time.GetElapsedTime(_readAt) < RereadInterval)
                return false;

            var before = _current;
            _current = await ReadAsync(cancellation);
            if (_current == before)
                return false;

            Volatile.Write(ref _changedAt, time.GetTimestamp());
            Log.Changed(logger);
            return true;
        }
        finally
        {
            _one.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _one.Dispose();

    private async Task<ApiKeys> ReadAsync(CancellationToken cancellation)
    {
        _readAt = time.GetTimestamp();
        using var limit = new CancellationTokenSource(Timeout, time);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation, limit.Token);
        try
        {
            var kafka = PairAsync(options.Kafka, Settings.KafkaApiKey, Settings.KafkaApiSecret, stop.Token);
            var registry = PairAsync(options.SchemaRegistry, Settings.SchemaRegistryApiKey, Settings.SchemaRegistryApiSecret, stop.Token);
            await Task.WhenAll(kafka, registry);
            if (vault is not null && (await kafka is null || await registry is null))
                Log.NotInVault(logger, await kafka is null ? "Kafka" : "the schema registry");
            return new ApiKeys(await kafka, await registry);
        }
        catch (OperationCanceledException late) when (limit.IsCancellationRequested && !cancellation.IsCancellationRequested)
        {
            throw new FailureException(FailureClassifier.OfKeyVault(late, options.VaultUri!), late);
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
        [LoggerMessage(403, LogLevel.Warning, "neither the settings nor Key Vault hold credentials for {Peer}: none are sent")]
        public static partial void NotInVault(ILogger logger, string peer);

        [LoggerMessage(400, LogLevel.Information, "Key Vault has other credentials than before: they are taken from now on")]
        public static partial void Changed(ILogger logger);
    }
}
