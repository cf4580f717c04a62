using Azure.Identity;
using ShoeFunctions.Engine.Credentials;
using ShoeFunctions.Engine.Failures;
using ShoeFunctions.Engine.Tests.Credentials;
using ShoeFunctions.Local.Tests.Diagnosis;

namespace ShoeFunctions.Local.Tests.Credentials;

/// <summary>Every way to log in at brokers, right and wrong, with TLS and without.</summary>
public sealed class MechanismTests : IDisposable
{
    private const string Scope = "api://brokers/.default";

    private static readonly ApiKey Right = new("hush,k=1", "hush-k2");
    private static readonly ApiKey Registry = new("hush-r1", "hush-r2");

    private readonly TestAuthority _authority = new();

    public void Dispose() => _authority.Dispose();

    public static TheoryData<string, bool> Mechanisms
    {
        get
        {
            var all = new TheoryData<string, bool>();
            foreach (var mechanism in new[] { "PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512" })
            {
                all.Add(mechanism, false);
                all.Add(mechanism, true);
            }

            return all;
        }
    }

    [Theory]
    [MemberData(nameof(Mechanisms))]
    public async Task A_user_with_the_right_password_delivers(string mechanism, bool isTls)
    {
        await using var engine = await StartAsync(isTls, [mechanism], ("KAFKA_SASL_MECHANISM", mechanism));
        await AssertDeliveredAsync(engine);
        Assert.NotEqual(0, engine.Front.Logins);
        Assert.Equal(0, engine.Front.Refusals);
    }

    [Theory]
    [MemberData(nameof(Mechanisms))]
    public async Task With_a_wrong_one_the_tick_fails_for_what_it_is(string mechanism, bool isTls)
    {
        await using var engine = await StartAsync(isTls, [mechanism], ("KAFKA_SASL_MECHANISM", mechanism), ("KAFKA_API_KEY", "hush,k=1"), ("KAFKA_API_SECRET", "hush-x"));
        var failure = await FailureAsync(engine);
        Assert.Equal((FailureSource.Kafka, FailureKind.Authentication, false), (failure.Source, failure.Kind, failure.Recoverable));
        Assert.StartsWith("The brokers rejected the credentials: check KAFKA_API_KEY and KAFKA_API_SECRET", failure.Advice, StringComparison.Ordinal);
        Assert.NotEqual(0, engine.Front.Refusals);
    }

    [Theory]
    [InlineData("PLAIN", false)]
    [InlineData("SCRAM-SHA-256", true)]
    [InlineData("OAUTHBEARER", false)]
    public async Task A_mechanism_that_is_not_offered_is_said_with_those_that_are(string mechanism, bool isTls)
    {
        await using var engine = await StartAsync(isTls, ["SCRAM-SHA-512", "GSSAPI"], ("KAFKA_SASL_MECHANISM", mechanism), ("OAUTH_SCOPE", mechanism == "OAUTHBEARER" ? Scope : ""));
        var failure = await FailureAsync(engine);
        Assert.Equal((FailureSource.Kafka, FailureKind.Authentication, "UnsupportedSaslMechanism"), (failure.Source, failure.Kind, failure.Code));
        Assert.Contains($"do not offer SASL {mechanism} on this listener, but SCRAM-SHA-512, GSSAPI: set KAFKA_SASL_MECHANISM", failure.Advice, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Brokers_that_ask_for_SASL_say_so_to_whoever_comes_without(bool isTls)
    {
        await using var engine = await StartAsync(isTls, ["SCRAM-SHA-512"],
            ("KAFKA_SASL_MECHANISM", "none"), ("KAFKA_SECURITY_PROTOCOL", isTls ? "SSL" : "PLAINTEXT"), ("KAFKA_TIMEOUT", "1h"));
        var failure = await FailureAsync(engine);
        Assert.Equal((FailureSource.Kafka, FailureKind.Authentication, "sasl-required"), (failure.Source, failure.Kind, failure.Code));
        Assert.Contains("ask for SASL on this listener, and offer SCRAM-SHA-512", failure.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public async Task So_do_brokers_that_do_not_list_what_they_have_agreed_to()
    {
        await using var engine = await StartAsync(isTls: false, ["PLAIN"], ("KAFKA_SASL_MECHANISM", "none"), ("KAFKA_SECURITY_PROTOCOL", "PLAINTEXT"), ("KAFKA_TIMEOUT", "1h"));
        engine.Front.ListsWhatIsAgreed = false;
        Assert.Contains("ask for SASL on this listener, and offer PLAIN", (await FailureAsync(engine)).Advice, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_token_of_the_identity_delivers_with_its_extensions(bool isTls)
    {
        await using var engine = await StartAsync(isTls, ["OAUTHBEARER"], ("OAUTH_SCOPE", Scope), ("KAFKA_OAUTH_EXTENSIONS", "logicalCluster=lkc-1,identityPoolId=pool-1,pool-2"));
        engine.Front.AcceptsToken = (token, extensions) =>
            token == IdentityDouble.Token(1, Scope) && extensions is { Count: 2 } && extensions["logicalCluster"] == "lkc-1" && extensions["identityPoolId"] == "pool-1,pool-2";
        await AssertDeliveredAsync(engine);
        Assert.NotEmpty(engine.Front.Tokens);
        Assert.Equal([Scope], engine.Identity.Scopes);
        // The vault was not asked for a key that nobody needs.
        Assert.DoesNotContain("kafka-api-key", engine.Vault.Asked);
    }

    [Fact]
    public async Task A_token_that_the_brokers_refuse_fails_the_tick_for_what_it_is()
    {
        await using var engine = await StartAsync(isTls: false, ["OAUTHBEARER"], ("OAUTH_SCOPE", Scope));
        var failure = await FailureAsync(engine);
        Assert.Equal((FailureSource.Kafka, FailureKind.Authentication), (failure.Source, failure.Kind));
        Assert.StartsWith("The brokers rejected the token of the app's identity: check OAUTH_SCOPE and KAFKA_OAUTH_EXTENSIONS", failure.Advice, StringComparison.Ordinal);
        Assert.NotEqual(0, engine.Front.Refusals);
    }

    [Fact]
    public async Task Without_an_identity_nobody_is_asked()
    {
        await using var engine = await StartAsync(isTls: false, ["OAUTHBEARER"], ("OAUTH_SCOPE", Scope));
        engine.Identity.Fault = new CredentialUnavailableException("none");
        var failure = await FailureAsync(engine);
        Assert.Equal((FailureSource.Identity, FailureKind.Authentication, "no-identity"), (failure.Source, failure.Kind, failure.Code));
        Assert.Empty(engine.Front.Tokens);
    }

    [Fact]
    public async Task A_refused_token_is_asked_for_anew_and_nothing_that_waits_is_lost()
    {
        await using var engine = await StartAsync(isTls: false, ["OAUTHBEARER"], ("OAUTH_SCOPE", Scope), ("BATCH_SIZE", "10000"));
        engine.Front.AcceptsToken = (token, _) => token == IdentityDouble.Token(1, Scope);
        await AssertDeliveredAsync(engine, 10_000);

        engine.Time.Advance(TokenSource.RenewInterval);
        var produced = engine.Front.ProduceRequests;
        engine.Front.OnProduce = request =>
        {
            if (request != produced + 2)
                return SaslFront.Cut.None;
            engine.Front.AcceptsToken = (token, _) => token == IdentityDouble.Token(2, Scope);
            return SaslFront.Cut.BeforeTheBroker;
        };
        var reports = await engine.RunDueAsync();
        Assert.NotEmpty(reports);
        Assert.All(reports, report => Assert.True(report.IsDelivered, $"{report.Failure}"));
        Assert.NotEqual(0, engine.Front.Refusals);
        Assert.Contains(IdentityDouble.Token(2, Scope), engine.Front.Tokens);
    }

    [Fact]
    public async Task A_client_certificate_alone_delivers()
    {
        var client = _authority.Client();
        await using var engine = await StartAsync(isTls: true, [], ("KAFKA_SASL_MECHANISM", "none"), ("KAFKA_SSL_CERTIFICATE", client.Certificate), ("KAFKA_SSL_KEY", client.Key));
        engine.Front.Tls = new ServerTls(_authority.Right(), _authority.Certificate);
        await AssertDeliveredAsync(engine);
        Assert.Contains("CN=shoes", engine.Front.Tls.Seen);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_certificate_that_the_brokers_do_not_accept_or_miss_is_said(bool hasOne)
    {
        using var stranger = new TestAuthority();
        var client = stranger.Client();
        await using var engine = await StartAsync(isTls: true, [],
            [("KAFKA_SASL_MECHANISM", "none"), ("KAFKA_TIMEOUT", "1h"), .. hasOne ? new[] { ("KAFKA_SSL_CERTIFICATE", client.Certificate), ("KAFKA_SSL_KEY", client.Key) } : []]);
        engine.Front.Tls = new ServerTls(_authority.Right(), _authority.Certificate);
        var failure = await FailureAsync(engine);
        // This front closes the connection, where others say why.
        Assert.Equal((FailureSource.Kafka, FailureKind.Tls, "tls-closed"), (failure.Source, failure.Kind, failure.Code));
        Assert.Contains("KAFKA_SSL_CERTIFICATE", failure.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_certificate_in_a_file_is_exchanged_between_two_ticks()
    {
        var (first, second) = (_authority.Client("CN=first"), _authority.Client("CN=second"));
        var (certificate, key) = (_authority.Write("client.pem", first.Certificate), _authority.Write("client.key", first.Key));
        await using var engine = await StartAsync(isTls: true, [], ("KAFKA_SASL_MECHANISM", "none"), ("KAFKA_SSL_CERTIFICATE", certificate), ("KAFKA_SSL_KEY", key));
        engine.Front.Tls = new ServerTls(_authority.Right(), _authority.Certificate);
        await AssertDeliveredAsync(engine);

        // One after the other, as somebody does by hand: in between they do not fit, and the old ones are used.
        _authority.Write("client.pem", second.Certificate);
        await NextAsync(engine);
        Assert.DoesNotContain("CN=second", engine.Front.Tls.Seen);
        Assert.Single(engine.Log.Lines, line => line.Event == 407);
        _authority.Write("client.key", second.Key);
        await NextAsync(engine);
        Assert.Contains("CN=second", engine.Front.Tls.Seen);
        Assert.Single(engine.Log.Lines, line => line.Event == 406);
    }

    [Fact]
    public async Task Certificates_in_the_vault_are_used_and_read_again_when_they_no_longer_do()
    {
        using var next = new TestAuthority();
        var (first, second) = (_authority.Client("CN=first"), next.Client("CN=second"));
        await using var engine = await StartAsync(isTls: true, [], ("KAFKA_SASL_MECHANISM", "none"), ("KAFKA_SSL_CA", ""), ("KAFKA_TIMEOUT", "1h"));
        engine.Vault.Set("kafka-ssl-ca", _authority.Pem);
        engine.Vault.Set("kafka-ssl-certificate", first.Certificate);
        engine.Vault.Set("kafka-ssl-key", TestAuthority.Encrypted(first.Key, "hush-word"));
        engine.Vault.Set("kafka-ssl-key-password", "hush-word");
        engine.Front.Tls = new ServerTls(_authority.Right(), _authority.Certificate);
        await AssertDeliveredAsync(engine);

        engine.Vault.Set("kafka-ssl-ca", next.Pem);
        engine.Vault.Set("kafka-ssl-certificate", second.Certificate);
        engine.Vault.Set("kafka-ssl-key", second.Key);
        engine.Front.Tls = new ServerTls(next.Right(), next.Certificate);
        engine.Front.DropAll();
        engine.Time.Advance(CredentialSource.RereadInterval);
        var failed = await engine.PassingTimeAsync(engine.Runner.RunDueAsync(TestContext.Current.CancellationToken));
        Assert.Equal(FailureKind.Tls, Assert.Single(failed, report => !report.IsDelivered).Failure!.Kind);
        engine.Time.Advance(TimeSpan.FromSeconds(10));
        Assert.All(await engine.RunDueAsync(), report => Assert.True(report.IsDelivered, $"{report.Failure}"));
        Assert.Contains("CN=second", engine.Front.Tls.Seen);
    }

    private async Task<GuardedEngine> StartAsync(bool isTls, string[] mechanisms, params (string, string)[] settings)
    {
        var engine = await GuardedEngine.StartAsync(Right, Registry,
            [("KAFKA_SECURITY_PROTOCOL", isTls ? mechanisms.Length == 0 ? "SSL" : "SASL_SSL" : "SASL_PLAINTEXT"), ("KAFKA_SSL_CA", isTls ? _authority.File : ""), ("BATCH_SIZE", "100"), .. settings]);
        engine.Front.Mechanisms = mechanisms;
        engine.Front.Tls = isTls ? new ServerTls(_authority.Right()) : null;
        return engine;
    }

    private static async Task AssertDeliveredAsync(GuardedEngine engine, int shoes = 100)
    {
        var report = Assert.Single(await engine.RunDueAsync());
        Assert.True(report.IsDelivered, $"{report.Failure}");
        Assert.Equal(shoes, report.Delivered);
    }

    private static async Task NextAsync(GuardedEngine engine)
    {
        engine.Time.Advance(TimeSpan.FromSeconds(10));
        await AssertDeliveredAsync(engine);
    }

    private static async Task<Failure> FailureAsync(GuardedEngine engine)
    {
        var report = Assert.Single(await engine.RunDueAsync());
        Assert.Equal((0, 100), (report.Delivered, report.Failed));
        return report.Failure!;
    }
}
