using System.Collections.Concurrent;
using System.Net;
using ShoeFunctions.Engine.Credentials;
using ShoeFunctions.Engine.Failures;
using ShoeFunctions.Engine.Tests.Credentials;
using ShoeFunctions.Local.Tests.Diagnosis;
using ShoeFunctions.Local.Tests.Faults;

namespace ShoeFunctions.Local.Tests.Credentials;

/// <summary>A registry that wants tokens or certificates.</summary>
public sealed class RegistryTokenTests
{
    private const string Scope = "api://registry/.default";

    private static readonly ApiKey Kafka = new("hush-k1", "hush-k2");
    private static readonly ApiKey Registry = new("hush-r1", "hush-r2");

    private static readonly (string, string)[] Tokens =
        [("SCHEMA_REGISTRY_OAUTH_SCOPE", Scope), ("SCHEMA_REGISTRY_LOGICAL_CLUSTER", "lsrc-1"), ("SCHEMA_REGISTRY_IDENTITY_POOL", "pool-1, pool-2")];

    [Fact]
    public async Task Every_request_has_the_token_and_its_headers_those_that_are_repeated_too()
    {
        await using var engine = await GuardedEngine.StartAsync(Kafka, Registry, Tokens);
        var (headers, failing) = (new ConcurrentQueue<string>(), 2);
        engine.RegistryAcceptsToken = (token, _) => token == IdentityDouble.Token(1, Scope);
        var guarded = engine.Registry.Intercept!;
        engine.Registry.Intercept = async context =>
        {
            headers.Enqueue($"{context.Request.Headers.Authorization} {context.Request.Headers["target-sr-cluster"]} {context.Request.Headers["Confluent-Identity-Pool-Id"]}");
            if (Interlocked.Decrement(ref failing) < 0)
                return await guarded(context);
            context.Response.StatusCode = (int)HttpStatusCode.ServiceUnavailable;
            return true;
        };
        var reports = await engine.PassingTimeAsync(engine.Runner.RunDueAsync(TestContext.Current.CancellationToken));
        Assert.All(reports, report => Assert.True(report.IsDelivered, $"{report.Failure}"));
        Assert.InRange(headers.Count, 4, int.MaxValue);
        Assert.All(headers, header => Assert.Equal($"Bearer {IdentityDouble.Token(1, Scope)} lsrc-1 pool-1, pool-2", header));
        // The vault was not asked for a key that nobody needs.
        Assert.DoesNotContain("schema-registry-api-key", engine.Vault.Asked);
    }

    [Fact]
    public async Task The_brokers_token_and_the_registrys_go_each_its_own_way()
    {
        const string brokers = "api://brokers/.default";
        await using var engine = await GuardedEngine.StartAsync(Kafka, Registry, [.. Tokens, ("OAUTH_SCOPE", brokers)]);
        var seen = new ConcurrentQueue<string>();
        engine.Front.Mechanisms = ["OAUTHBEARER"];
        engine.Front.AcceptsToken = (_, _) => true;
        engine.RegistryAcceptsToken = (token, _) =>
        {
            seen.Enqueue(token);
            return true;
        };
        Assert.True(Assert.Single(await engine.RunDueAsync()).IsDelivered);
        string[] ofBrokers = [IdentityDouble.Token(1, brokers), IdentityDouble.Token(2, brokers)];
        string[] ofRegistry = [IdentityDouble.Token(1, Scope), IdentityDouble.Token(2, Scope)];
        Assert.All(engine.Front.Tokens, token => Assert.Contains(token, ofBrokers));
        Assert.All(seen, token => Assert.Contains(token, ofRegistry));
        Assert.NotEmpty(engine.Front.Tokens);
        Assert.NotEmpty(seen);
        Assert.Empty(engine.Vault.Asked);
    }

    [Fact]
    public async Task With_a_scope_for_the_brokers_alone_the_registry_gets_no_token()
    {
        await using var engine = await GuardedEngine.StartAsync(Kafka, Registry, ("OAUTH_SCOPE", "api://brokers/.default"));
        engine.Front.Mechanisms = ["OAUTHBEARER"];
        engine.Front.AcceptsToken = (_, _) => true;
        // It lets in the vault's key, and nothing else.
        Assert.True(Assert.Single(await engine.RunDueAsync()).IsDelivered);
        Assert.Equal(0, engine.RegistryRefusals);
    }

    [Fact]
    public async Task A_refused_token_is_asked_for_anew_at_once_and_the_tick_goes_on()
    {
        await using var engine = await GuardedEngine.StartAsync(Kafka, Registry, Tokens);
        engine.RegistryAcceptsToken = (token, _) => token == IdentityDouble.Token(1, Scope);
        Assert.True(Assert.Single(await engine.RunDueAsync()).IsDelivered);

        engine.RegistryAcceptsToken = (token, _) => token == IdentityDouble.Token(2, Scope);
        engine.Time.Advance(TokenSource.RenewInterval);
        var seen = await engine.Get<Engine.Serialization.ShoeSubject>().LookAsync(TestContext.Current.CancellationToken);
        Assert.Equal(1, seen.SchemaId);
        Assert.NotEqual(0, engine.RegistryRefusals);
    }

    [Fact]
    public async Task A_token_that_is_refused_again_fails_the_tick_for_what_it_is()
    {
        await using var engine = await GuardedEngine.StartAsync(Kafka, Registry, Tokens);
        engine.RegistryAcceptsToken = (_, _) => false;
        var failure = Assert.Single(await engine.RunDueAsync()).Failure!;
        Assert.Equal((FailureSource.SchemaRegistry, FailureKind.Authentication, "401"), (failure.Source, failure.Kind, failure.Code));
        Assert.Contains("with SCHEMA_REGISTRY_OAUTH_SCOPE, that scope and the identity pool", failure.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_an_identity_the_registry_is_not_asked()
    {
        await using var engine = await GuardedEngine.StartAsync(Kafka, Registry, Tokens);
        engine.RegistryAcceptsToken = (_, _) => true;
        engine.Identity.Fault = new Azure.Identity.CredentialUnavailableException("none");
        var failure = Assert.Single(await engine.RunDueAsync()).Failure!;
        Assert.Equal((FailureSource.Identity, FailureKind.Authentication, "no-identity"), (failure.Source, failure.Kind, failure.Code));
        Assert.Contains("a token for the schema registry", failure.Advice, StringComparison.Ordinal);
        Assert.Equal(0, engine.RegistryRefusals);
    }

    [Fact]
    public async Task A_registry_of_a_private_authority_that_asks_for_a_certificate_is_spoken_with()
    {
        using var authority = new TestAuthority();
        var client = authority.Client();
        var tls = new ServerTls(authority.Right(), authority.Certificate);
        await using var engine = await GuardedEngine.StartAsync(Kafka, Registry);
        await using var gate = new Gate(IPEndPoint.Parse(engine.Registry.Url.Authority));
        gate.Fault = gate.HandOnOver(tls);
        (string, string)[] ours = [("SCHEMA_REGISTRY_URL", $"https://{gate.Address}"), ("SCHEMA_REGISTRY_SSL_CA", authority.Pem), ("SCHEMA_REGISTRY_SSL_CERTIFICATE", client.Certificate), ("SCHEMA_REGISTRY_SSL_KEY", client.Key)];

        await using var asking = await GuardedEngine.StartAsync(Kafka, Registry, ours);
        var report = Assert.Single(await asking.RunDueAsync());
        Assert.True(report.IsDelivered, $"{report.Failure}");
        Assert.Contains("CN=shoes", tls.Seen);

        await using var trusting = await GuardedEngine.StartAsync(Kafka, Registry, ours[..2]);
        var closed = await trusting.PassingTimeAsync(trusting.Runner.RunDueAsync(TestContext.Current.CancellationToken));
        Assert.Equal((FailureSource.SchemaRegistry, FailureKind.Tls, "tls-closed"), (closed[0].Failure!.Source, closed[0].Failure!.Kind, closed[0].Failure!.Code));

        await using var strange = await GuardedEngine.StartAsync(Kafka, Registry, ours[..1]);
        var failure = Assert.Single(await strange.RunDueAsync()).Failure!;
        Assert.Equal("tls-unknown-authority", failure.Code);
        Assert.Contains("name the authority's certificate in SCHEMA_REGISTRY_SSL_CA", failure.Advice, StringComparison.Ordinal);
    }
}
