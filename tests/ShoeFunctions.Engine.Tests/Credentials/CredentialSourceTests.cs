using Azure.Identity;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using ShoeFunctions.Engine.Credentials;
using ShoeFunctions.Engine.Failures;
using ShoeFunctions.Engine.Tests.Processes;

namespace ShoeFunctions.Engine.Tests.Credentials;

/// <summary>The credentials as they come from a real client of a vault on loopback.</summary>
public sealed class CredentialSourceTests
{
    private static readonly ApiKey Kafka = new("hush-k1", "hush-k2");
    private static readonly ApiKey Registry = new("hush-r1", "hush-r2");
    private static readonly string[] Names = ["kafka-api-key", "kafka-api-secret", "schema-registry-api-key", "schema-registry-api-secret"];

    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 11, 23, 14, 0, 0, TimeSpan.Zero));

    [Fact]
    public async Task The_four_secrets_come_from_the_vault_under_their_names_in_kebab_case()
    {
        await using var vault = await WithKeysAsync();
        using var source = Source(vault);
        Assert.Equal(Keys(Kafka, Registry), await GetAsync(source));
        Assert.Equal(Names, vault.Asked.Order());
        Assert.Equal("https://vault.azure.net/.default", vault.Identity.Scope);
        Assert.NotEqual(0, vault.Challenges);
    }

    [Fact]
    public async Task The_four_secrets_are_asked_for_side_by_side()
    {
        await using var vault = await WithKeysAsync();
        var allAsked = vault.HoldUntilAsked(4);
        using var source = Source(vault);
        var getting = GetAsync(source);
        await Within(allAsked);
        Assert.Equal(Keys(Kafka, Registry), await getting);
        Assert.Equal(4, vault.Asked.Count);
    }

    [Fact]
    public async Task The_vault_is_asked_once_however_many_callers_there_are()
    {
        await using var vault = await WithKeysAsync();
        var allAsked = vault.HoldUntilAsked(4);
        using var source = Source(vault);
        var callers = Enumerable.Range(0, 100).Select(_ => Task.Run(() => GetAsync(source))).ToArray();
        await Within(allAsked);
        Assert.All(await Within(Task.WhenAll(callers)), keys => Assert.Equal(Keys(Kafka, Registry), keys));
        await GetAsync(source);
        Assert.Equal(4, vault.Asked.Count);
    }

    [Fact]
    public async Task What_the_settings_hold_is_not_asked_for()
    {
        await using var vault = await WithKeysAsync();
        using var half = Source(vault, new CredentialOptions { Kafka = PeerOptions.Of(new ApiKey("k", "s")) });
        Assert.Equal(Keys(new ApiKey("k", "s"), Registry), await GetAsync(half));
        Assert.Equal(Names[2..], vault.Asked.Order());

        using var whole = Source(vault, new CredentialOptions { Kafka = PeerOptions.Of(new ApiKey("k", "s")), SchemaRegistry = PeerOptions.Of(new ApiKey("k", "s")) });
        await GetAsync(whole);
        Assert.Equal(2, vault.Asked.Count);
    }

    [Fact]
    public async Task Without_a_vault_there_is_what_the_settings_hold()
    {
        using var source = new CredentialSource(new CredentialOptions { Kafka = PeerOptions.Of(Kafka) }, null, _time, NullLogger<CredentialSource>.Instance);
        Assert.Equal(Keys(Kafka, null), await GetAsync(source));
        _time.Advance(CredentialSource.RereadInterval);
        Assert.False(await source.RereadAsync(TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_pair_that_the_vault_does_not_hold_is_no_credentials(bool empty)
    {
        await using var vault = await WithKeysAsync();
        foreach (var name in Names[..2])
        {
            vault.Remove(name);
            if (empty)
                vault.Set(name, "");
        }

        using var source = Source(vault);
        Assert.Equal(Keys(null, Registry), await GetAsync(source));
    }

    [Fact]
    public async Task Who_asks_while_the_vault_is_read_again_waits_for_what_it_holds()
    {
        var vault = new VaultDouble { Secrets = { [Names[2]] = Registry.Key, [Names[3]] = Registry.Secret } };
        using var source = new CredentialSource(new CredentialOptions { VaultUri = new Uri("https://shoes.vault.azure.net") }, vault, _time, NullLogger<CredentialSource>.Instance);
        Assert.Null((await GetAsync(source)).Kafka.Key);

        (vault.Secrets[Names[0]], vault.Secrets[Names[1]]) = (Kafka.Key, Kafka.Secret);
        _time.Advance(CredentialSource.RereadInterval);
        var answer = new TaskCompletionSource();
        vault.Answering = answer.Task;
        var (one, other) = (GetAsync(source), GetAsync(source));
        answer.SetResult();
        Assert.Equal((Kafka, Kafka), ((await one).Kafka.Key, (await other).Kafka.Key));
    }

    [Fact]
    public async Task A_pair_that_is_added_later_is_found_within_a_minute_and_asked_for_once_a_minute_until_then()
    {
        await using var vault = await WithKeysAsync();
        vault.Remove(Names[0]);
        vault.Remove(Names[1]);
        using var source = Source(vault);
        Assert.Equal(Keys(null, Registry), await GetAsync(source));

        _time.Advance(CredentialSource.RereadInterval - TimeSpan.FromTicks(1));
        await GetAsync(source);
        Assert.Equal(4, vault.Asked.Count);

        _time.Advance(TimeSpan.FromTicks(1));
        await Within(Task.WhenAll(Enumerable.Range(0, 50).Select(_ => Task.Run(() => GetAsync(source)))));
        Assert.Equal(8, vault.Asked.Count);
        Assert.False(source.ChangedJustNow);

        vault.Set(Names[0], Kafka.Key);
        vault.Set(Names[1], Kafka.Secret);
        Assert.Null((await GetAsync(source)).Kafka.Key);
        _time.Advance(CredentialSource.RereadInterval);
        Assert.Equal(Keys(Kafka, Registry), await GetAsync(source));
        Assert.True(source.ChangedJustNow);

        // From then on there is nothing to look for.
        _time.Advance(CredentialSource.RereadInterval);
        await GetAsync(source);
        Assert.Equal(12, vault.Asked.Count);
    }

    [Fact]
    public async Task While_what_is_missing_cannot_be_asked_for_what_there_is_goes_on()
    {
        await using var vault = await WithKeysAsync();
        vault.Remove(Names[2]);
        vault.Remove(Names[3]);
        using var source = Source(vault);
        await GetAsync(source);
        _time.Advance(CredentialSource.RereadInterval);
        vault.Fault = VaultFault.Forbidden;
        Assert.Equal(Keys(Kafka, null), await GetAsync(source));

        vault.Fault = null;
        vault.Set(Names[2], Registry.Key);
        vault.Set(Names[3], Registry.Secret);
        _time.Advance(CredentialSource.RereadInterval);
        Assert.Equal(Keys(Kafka, Registry), await GetAsync(source));
    }

    [Theory]
    [InlineData("kafka-api-key", "kafka-api-secret")]
    [InlineData("kafka-api-secret", "kafka-api-key")]
    [InlineData("schema-registry-api-key", "schema-registry-api-secret")]
    [InlineData("schema-registry-api-secret", "schema-registry-api-key")]
    public async Task Half_a_pair_is_said_with_the_name_of_what_is_missing(string missing, string there)
    {
        await using var vault = await WithKeysAsync();
        vault.Remove(missing);
        using var source = Source(vault);
        var failure = await FailureAsync(source);
        Assert.Equal((FailureSource.KeyVault, FailureKind.Invalid, "bad-secret"), (failure.Source, failure.Kind, failure.Code));
        Assert.Equal($"Key Vault holds {there} but not {missing}: add it, or remove both.", failure.Advice);

        vault.Set(missing, "hush");
        Assert.NotNull((await GetAsync(source)).Kafka.Key);
    }

    [Theory]
    [InlineData(" hush-it", "a value of 8 to 31 characters with white space around it")]
    [InlineData("hush\n", "a value of less than 8 characters with white space around it")]
    [InlineData("\"hush-hush-hush-hush-hush-hush-hush\"", "a value of 32 to 127 characters with quotes around it")]
    [InlineData("hush\u0000hush", "a value of 8 to 31 characters with control characters in it")]
    [InlineData("@Microsoft.KeyVault(SecretUri=https://hush/secrets/hush)", "a Key Vault reference that was not resolved")]
    public async Task A_secret_that_is_plainly_none_is_named_by_its_length_alone(string value, string found)
    {
        await using var vault = await WithKeysAsync();
        vault.Set("schema-registry-api-secret", value);
        using var source = Source(vault);
        var failure = await FailureAsync(source);
        Assert.Equal((FailureSource.KeyVault, FailureKind.Invalid, "bad-secret"), (failure.Source, failure.Kind, failure.Code));
        Assert.StartsWith($"Key Vault's schema-registry-api-secret: {found}", failure.Advice, StringComparison.Ordinal);
        Assert.DoesNotContain("hush", failure.Advice, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(VaultFault.Unauthorized, FailureKind.Authentication, "401", false)]
    [InlineData(VaultFault.Forbidden, FailureKind.Authorization, "403", false)]
    [InlineData(VaultFault.Throttled, FailureKind.RateLimited, "429", true)]
    [InlineData(VaultFault.ServerError, FailureKind.ServerError, "500", true)]
    [InlineData(VaultFault.Garbled, FailureKind.Unknown, "JsonReaderException", false)]
    internal async Task What_the_vault_refuses_is_a_failure_of_its_kind_until_it_recovers(VaultFault fault, FailureKind kind, string code, bool recoverable)
    {
        await using var vault = await WithKeysAsync();
        vault.Fault = fault;
        using var source = Source(vault);
        var failure = await FailureAsync(source);
        Assert.Equal(
            (FailureSource.KeyVault, "read secrets", kind, code, recoverable),
            (failure.Source, failure.Operation, failure.Kind, failure.Code, failure.Recoverable));
        Assert.Contains("Key Vault 127.0.0.1", failure.Advice, StringComparison.Ordinal);

        vault.Fault = null;
        Assert.Equal(Keys(Kafka, Registry), await GetAsync(source));
    }

    [Fact]
    public async Task A_vault_that_cannot_be_reached_is_a_failure_of_the_network_until_it_is_there()
    {
        var gone = await WithKeysAsync();
        await gone.DisposeAsync();
        using var source = Source(gone);
        var failure = await FailureAsync(source);
        Assert.Equal((FailureSource.KeyVault, FailureKind.Network, "unreachable", true), (failure.Source, failure.Kind, failure.Code, failure.Recoverable));

        await using var back = await WithKeysAsync(gone.Uri.Port);
        Assert.Equal(Keys(Kafka, Registry), await GetAsync(source));
    }

    [Fact]
    public async Task A_vault_that_never_answers_is_waited_for_no_longer_than_the_limit()
    {
        await using var vault = await WithKeysAsync();
        vault.Fault = VaultFault.Silent;
        var allAsked = vault.HoldUntilAsked(4);
        using var source = Source(vault);
        var getting = GetAsync(source);
        await Within(allAsked);
        _time.Advance(CredentialSource.Timeout - TimeSpan.FromSeconds(1));
        Assert.False(getting.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(1));
        var failure = (await Assert.ThrowsAsync<FailureException>(() => getting)).Failure;
        Assert.Equal((FailureSource.KeyVault, FailureKind.Timeout, "timeout", true), (failure.Source, failure.Kind, failure.Code, failure.Recoverable));
        // Each was asked for once: it was this limit that ended it, not the client's own.
        Assert.Equal(4, vault.Asked.Count);

        vault.Fault = null;
        Assert.Equal(Keys(Kafka, Registry), await GetAsync(source));
    }

    [Fact]
    public async Task A_vault_that_says_to_wait_long_is_not_waited_for_longer_than_the_limit()
    {
        await using var vault = await WithKeysAsync();
        (vault.Fault, vault.RetryAfter) = (VaultFault.Throttled, 3600);
        var allAsked = vault.HoldUntilAsked(4);
        using var source = Source(vault);
        var getting = GetAsync(source);
        await Within(allAsked);
        _time.Advance(CredentialSource.Timeout);
        Assert.True((await Assert.ThrowsAsync<FailureException>(() => getting)).Failure.Recoverable);
    }

    [Fact]
    public async Task Told_to_stop_it_stops_and_can_be_asked_again()
    {
        await using var vault = await WithKeysAsync();
        vault.Fault = VaultFault.Silent;
        var allAsked = vault.HoldUntilAsked(4);
        using var source = Source(vault);
        using var stop = new CancellationTokenSource();
        var getting = source.GetAsync(stop.Token).AsTask();
        await Within(allAsked);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Within(getting));

        vault.Fault = null;
        Assert.Equal(Keys(Kafka, Registry), await GetAsync(source));
    }

    [Fact]
    public async Task Without_an_identity_or_a_token_the_failure_says_so()
    {
        await using var vault = await WithKeysAsync();
        using var source = Source(vault);
        vault.Identity.Fault = new CredentialUnavailableException("none here");
        Assert.Equal((FailureKind.Authentication, "no-identity"), KindAndCode(await FailureAsync(source)));
        vault.Identity.Fault = new AuthenticationFailedException("no");
        Assert.Equal((FailureKind.Authentication, "no-token"), KindAndCode(await FailureAsync(source)));
        vault.Identity.Fault = null;
        Assert.Equal(Keys(Kafka, Registry), await GetAsync(source));

        static (FailureKind, string) KindAndCode(Failure failure) => (failure.Kind, failure.Code);
    }

    [Fact]
    public async Task The_vault_is_asked_again_once_a_minute_at_most_and_the_answer_says_whether_something_changed()
    {
        await using var vault = await WithKeysAsync();
        using var source = Source(vault);
        await GetAsync(source);
        vault.Set("kafka-api-secret", "hush-k3");

        _time.Advance(CredentialSource.RereadInterval - TimeSpan.FromTicks(1));
        Assert.False(await RereadAsync(source));
        Assert.Equal(4, vault.Asked.Count);

        _time.Advance(TimeSpan.FromTicks(1));
        Assert.True(await RereadAsync(source));
        Assert.Equal(Keys(new ApiKey("hush-k1", "hush-k3"), Registry), await GetAsync(source));
        Assert.False(await RereadAsync(source));
        Assert.Equal(8, vault.Asked.Count);

        _time.Advance(CredentialSource.RereadInterval);
        Assert.False(await RereadAsync(source));
        Assert.Equal(12, vault.Asked.Count);
    }

    [Fact]
    public async Task Of_many_who_ask_for_a_second_reading_at_once_one_reads()
    {
        await using var vault = await WithKeysAsync();
        using var source = Source(vault);
        await GetAsync(source);
        _time.Advance(CredentialSource.RereadInterval);
        vault.Set("kafka-api-secret", "hush-k3");
        await Within(Task.WhenAll(Enumerable.Range(0, 50).Select(_ => Task.Run(() => RereadAsync(source)))));
        Assert.Equal(8, vault.Asked.Count);
        Assert.Equal("hush-k3", (await GetAsync(source)).Kafka.Key!.Secret);
    }

    [Fact]
    public async Task A_second_reading_that_fails_leaves_what_there_was()
    {
        await using var vault = await WithKeysAsync();
        using var source = Source(vault);
        await GetAsync(source);
        _time.Advance(CredentialSource.RereadInterval);
        vault.Fault = VaultFault.Forbidden;
        await Assert.ThrowsAsync<FailureException>(() => RereadAsync(source));
        Assert.Equal(Keys(Kafka, Registry), await GetAsync(source));

        // And it is no more often asked while it is broken.
        Assert.False(await RereadAsync(source));
    }

    private static KnownCredentials Keys(ApiKey? kafka, ApiKey? registry) => new(new PeerCredentials(kafka), new PeerCredentials(registry));

    private static Task<VaultServer> WithKeysAsync(int port = 0) =>
        VaultServer.WithKeysAsync(Kafka.Key, Kafka.Secret, Registry.Key, Registry.Secret, port);

    private CredentialSource Source(VaultServer vault, CredentialOptions? options = null) => new(
        (options ?? new CredentialOptions()) with { VaultUri = vault.Uri },
        new KeyVault(vault.Uri, vault.Identity, VaultServer.ClientOptions()), _time, NullLogger<CredentialSource>.Instance);

    private static Task<KnownCredentials> GetAsync(CredentialSource source) => Within(source.GetAsync(TestContext.Current.CancellationToken).AsTask());

    private static Task<bool> RereadAsync(CredentialSource source) => Within(source.RereadAsync(TestContext.Current.CancellationToken));

    private static async Task<Failure> FailureAsync(CredentialSource source) =>
        (await Assert.ThrowsAsync<FailureException>(() => GetAsync(source))).Failure;

    private static Task Within(Task task) => task.WaitAsync(Wait.Patience, TestContext.Current.CancellationToken);

    private static Task<T> Within<T>(Task<T> task) => task.WaitAsync(Wait.Patience, TestContext.Current.CancellationToken);
}
