using Azure.Core;
using Microsoft.Extensions.Logging;
using ShoeFunctions.Engine.Failures;

namespace ShoeFunctions.Engine.Credentials;

/// <summary>Opens the identity that the program runs under.</summary>
public delegate TokenCredential OpenIdentity();

/// <summary>Tokens of the program's identity for one peer, kept until it is time for the next one, in memory alone.</summary>
public sealed partial class TokenSource(string scope, TokenPeer peer, TokenCredential identity, TimeProvider time, ILogger<TokenSource> logger) : IDisposable
{
    /// <summary>A token is there within this time, or it has failed.</summary>
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(15);

    /// <summary>One that is refused is asked for anew no more often.</summary>
    public static readonly TimeSpan RenewInterval = TimeSpan.FromMinutes(1);

    /// <summary>One that is valid for less is none to begin with: it would end on its way.</summary>
    private static readonly TimeSpan ShortestLife = TimeSpan.FromSeconds(10);

    /// <summary>More than that a token is not valid ahead: clocks are allowed to differ by some minutes.</summary>
    private static readonly TimeSpan MostSkew = TimeSpan.FromMinutes(5);

    private readonly SemaphoreSlim _one = new(1);
    private volatile BearerToken? _current;
    private long _askedAt;

    /// <summary>What the tokens are for.</summary>
    public string Scope { get; } = scope;

    /// <summary>A token that is valid.</summary>
    /// <exception cref="FailureException">There is none to be had.</exception>
    public async ValueTask<BearerToken> GetAsync(CancellationToken cancellation)
    {
        if (_current is { } fresh && time.GetUtcNow() < fresh.RefreshAt)
            return fresh;

        await _one.WaitAsync(cancellation);
        try
        {
            if (_current is not { } known || time.GetUtcNow() >= known.RefreshAt)
                await TakeAsync(cancellation);
            return _current!;
        }
        finally
        {
            _one.Release();
        }
    }

    /// <summary>Asks for another one because the last was refused; at most once in <see cref="RenewInterval"/>.</summary>
    /// <returns>Whether it is another.</returns>
    /// <exception cref="FailureException">There is none to be had.</exception>
    public async Task<bool> RenewAsync(CancellationToken cancellation)
    {
        await _one.WaitAsync(cancellation);
        try
        {
            if (_current is not { } refused || time.GetElapsedTime(_askedAt) < RenewInterval)
                return false;
            await AskAsync(cancellation);
            return _current!.Text != refused.Text;
        }
        finally
        {
            _one.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _one.Dispose();

    /// <summary>Asks, and goes on with what there is for as long as it is valid where no other can be had.</summary>
    private async Task TakeAsync(CancellationToken cancellation)
    {
        try
        {
            await AskAsync(cancellation);
        }
        catch (FailureException failed) when (_current is { } last && last.Expires - time.GetUtcNow() > ShortestLife)
        {
            // Not at every use.
            var wait = TimeSpan.FromTicks(Math.Min(RenewInterval.Ticks, (last.Expires - time.GetUtcNow()).Ticks / 2));
            _current = new BearerToken(last.Text, last.Expires, time.GetUtcNow() + wait);
            Log.NotRefreshed(logger, Scope, last.Expires, failed.Failure.Kind, failed.Failure.Code, failed.Message);
        }
    }

    private async Task AskAsync(CancellationToken cancellation)
    {
        using var limit = new CancellationTokenSource(Timeout, time);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation, limit.Token);
        try
        {
            var told = await identity.GetTokenAsync(new TokenRequestContext([Scope]), stop.Token);
            var now = time.GetUtcNow();
            // The clients ask again at four fifths of its life.
            var token = new BearerToken(told.Token, told.ExpiresOn, told.RefreshOn ?? now + ((told.ExpiresOn - now) * 0.75));
            if (TokenFailures.OfToken(token, peer, now, ShortestLife, MostSkew) is { } unfit)
                throw new FailureException(unfit);
            _current = token;
        }
        catch (Exception error) when (error is not FailureException && !cancellation.IsCancellationRequested)
        {
            throw new FailureException(TokenFailures.Of(error, peer, Scope), error);
        }
        finally
        {
            _askedAt = time.GetTimestamp();
        }
    }

    private static partial class Log
    {
        [LoggerMessage(405, LogLevel.Warning, "no newer token for {Scope} can be had; the one in use expires at {Expires:O}: {Kind} ({Code}): {Advice}")]
        public static partial void NotRefreshed(ILogger logger, string scope, DateTimeOffset expires, FailureKind kind, string code, string advice);
    }
}
