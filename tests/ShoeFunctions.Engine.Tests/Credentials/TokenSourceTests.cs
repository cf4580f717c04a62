using System.Buffers.Text;
using System.Text;
using Azure.Core;
using Azure.Identity;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using ShoeFunctions.Engine.Credentials;
using ShoeFunctions.Engine.Failures;
using ShoeFunctions.Engine.Tests.Doubles;
using ShoeFunctions.Engine.Tests.Processes;

namespace ShoeFunctions.Engine.Tests.Credentials;

/// <summary>When a token is asked for, and which ones are of no use.</summary>
public sealed class TokenSourceTests : IDisposable
{
    private const string Scope = "api://brokers/.default";

    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 11, 23, 14, 0, 0, TimeSpan.Zero));
    private readonly Identity _identity = new();
    private readonly CollectingLog _log = new();
    private readonly TokenSource _tokens;

    public TokenSourceTests()
    {
        _identity.Next = () => new AccessToken($"hush-{_identity.Asked}", _time.GetUtcNow().AddHours(1));
        _tokens = new TokenSource(Scope, TokenPeer.Kafka, _identity, _time, new LoggerFactory([_log]).CreateLogger<TokenSource>());
    }

    public void Dispose() => _tokens.Dispose();

    [Fact]
    public async Task One_is_kept_until_three_quarters_of_its_life_are_over()
    {
        Assert.Equal("hush-1", (await GetAsync()).Text);
        _time.Advance(TimeSpan.FromMinutes(45) - TimeSpan.FromTicks(1));
        Assert.Equal("hush-1", (await GetAsync()).Text);
        _time.Advance(TimeSpan.FromTicks(1));
        Assert.Equal("hush-2", (await GetAsync()).Text);
        Assert.Equal(Scope, _identity.Scope);
    }

    [Fact]
    public async Task It_is_refreshed_when_whoever_gave_it_says_so()
    {
        _identity.Next = () => new AccessToken($"hush-{_identity.Asked}", _time.GetUtcNow().AddHours(24), _time.GetUtcNow().AddHours(12));
        await GetAsync();
        _time.Advance(TimeSpan.FromHours(12));
        Assert.Equal("hush-2", (await GetAsync()).Text);
    }

    [Fact]
    public async Task Many_who_ask_at_once_ask_once()
    {
        await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => Task.Run(GetAsync, TestContext.Current.CancellationToken)));
        Assert.Equal(1, _identity.Asked);
    }

    [Fact]
    public async Task Where_no_other_can_be_had_the_last_one_is_used_for_as_long_as_it_is_valid_and_that_is_said()
    {
        await GetAsync();
        _time.Advance(TimeSpan.FromMinutes(50));
        _identity.Next = () => throw new AuthenticationFailedException("hush");
        Assert.Equal("hush-1", (await GetAsync()).Text);
        Assert.Equal("hush-1", (await GetAsync()).Text);
        Assert.Equal(2, _identity.Asked);
        Assert.Single(_log.Lines, line => line.Event == 405);

        _time.Advance(TimeSpan.FromMinutes(10));
        Assert.Equal("no-token", (await FailureAsync()).Code);
    }

    [Fact]
    public async Task A_refused_one_is_asked_for_anew_once_a_minute()
    {
        await GetAsync();
        Assert.False(await RenewAsync());
        _time.Advance(TokenSource.RenewInterval);
        Assert.True(await RenewAsync());
        Assert.False(await RenewAsync());
        Assert.Equal("hush-2", (await GetAsync()).Text);

        _identity.Next = () => new AccessToken("hush-2", _time.GetUtcNow().AddHours(1));
        _time.Advance(TokenSource.RenewInterval);
        Assert.False(await RenewAsync());
    }

    [Fact]
    public async Task What_the_token_says_of_itself_holds()
    {
        var expires = _time.GetUtcNow().AddMinutes(30);
        _identity.Next = () => new AccessToken(Jwt($$"""{"exp":{{expires.ToUnixTimeSeconds()}},"appid":"shoes-app"}"""), _time.GetUtcNow().AddHours(1));
        var token = await GetAsync();
        Assert.Equal((expires, "shoes-app"), (token.Expires, token.Identity));
        Assert.Equal("***", $"{token}");
    }

    [Theory]
    [InlineData("hush")]
    [InlineData("hush.hush.hush")]
    [InlineData("a.W10.c")]
    [InlineData("a.eyJleHAiOiJzb29uIiwib2lkIjo3fQ.c")]
    public async Task One_that_says_nothing_of_itself_is_used_as_it_is(string text)
    {
        _identity.Next = () => new AccessToken(text, _time.GetUtcNow().AddHours(1));
        var token = await GetAsync();
        Assert.Equal((text, _time.GetUtcNow().AddHours(1), null), (token.Text, token.Expires, token.Identity));
    }

    [Theory]
    [InlineData(-7200, null, FailureKind.Clock, "expired", "expired at 2026-11-23T12:00:00Z, and this machine's clock says 2026-11-23T14:00:00Z: set the clock")]
    [InlineData(10800, 7200, FailureKind.Clock, "not-yet-valid", "is valid from 2026-11-23T16:00:00Z on, and this machine's clock says 2026-11-23T14:00:00Z: set the clock")]
    [InlineData(9, null, FailureKind.Authentication, "nearly-expired", "expires in 9 s")]
    public async Task One_that_is_of_no_use_is_said(int expires, int? from, FailureKind kind, string code, string words)
    {
        var now = _time.GetUtcNow();
        var begins = from is { } seconds ? $""","nbf":{now.AddSeconds(seconds).ToUnixTimeSeconds()}""" : "";
        _identity.Next = () => new AccessToken(Jwt($$"""{"exp":{{now.AddSeconds(expires).ToUnixTimeSeconds()}}{{begins}}}"""), now.AddHours(1));
        var failure = await FailureAsync();
        Assert.Equal((FailureSource.Identity, kind, code), (failure.Source, failure.Kind, failure.Code));
        Assert.Contains(words, failure.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Clocks_may_differ_by_minutes()
    {
        var from = _time.GetUtcNow().AddMinutes(4).ToUnixTimeSeconds();
        _identity.Next = () => new AccessToken(Jwt($$"""{"nbf":{{from}}}"""), _time.GetUtcNow().AddHours(1));
        await GetAsync();
    }

    [Fact]
    public async Task One_that_does_not_come_is_given_up()
    {
        _identity.Silence = new TaskCompletionSource();
        var asked = GetAsync();
        var failure = (await Assert.ThrowsAsync<FailureException>(() => Wait.PassingAsync(() => _time.Advance(TimeSpan.FromSeconds(1)), asked))).Failure;
        Assert.Equal((FailureSource.Identity, FailureKind.Timeout, true), (failure.Source, failure.Kind, failure.Recoverable));
    }

    private static string Jwt(string claims) => $"eyJhbGciOiJub25lIn0.{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(claims))}.hush";

    private Task<BearerToken> GetAsync() => _tokens.GetAsync(TestContext.Current.CancellationToken).AsTask();

    private Task<bool> RenewAsync() => _tokens.RenewAsync(TestContext.Current.CancellationToken);

    private async Task<Failure> FailureAsync() => (await Assert.ThrowsAsync<FailureException>(GetAsync)).Failure;

    private sealed class Identity : TokenCredential
    {
        private int _asked;

        public Func<AccessToken> Next { get; set; } = () => default;

        public TaskCompletionSource? Silence { get; set; }

        public int Asked => _asked;

        public string? Scope { get; private set; }

        public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken) => throw new NotSupportedException();

        public override async ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken)
        {
            Scope = requestContext.Scopes.Single();
            Interlocked.Increment(ref _asked);
            if (Silence is { } silence)
                await silence.Task.WaitAsync(cancellationToken);
            return Next();
        }
    }
}
