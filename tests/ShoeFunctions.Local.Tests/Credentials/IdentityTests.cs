using Microsoft.Extensions.Logging.Abstractions;
using ShoeFunctions.Engine.Credentials;
using ShoeFunctions.Engine.Kafka;
using ShoeFunctions.Engine.Tests.Credentials;
using ShoeFunctions.Engine.Tests.Processes;
using ShoeFunctions.Local.EmbeddedKafka;
using ShoeFunctions.Local.EmbeddedSchemaRegistry;
using ShoeFunctions.Local.Tests.Diagnosis;
using ShoeFunctions.Local.Tests.EndToEnd;

namespace ShoeFunctions.Local.Tests.Credentials;

/// <summary>The command with the identity that the platform gives it, from the endpoint to the brokers and the registry.</summary>
public sealed class IdentityTests : IAsyncLifetime
{
    private const string Scope = "api://brokers/.default";

    private static readonly ApiKey Nobody = new("hush-k1", "hush-k2");

    private readonly EmbeddedCluster _cluster = new();
    private readonly TestAuthority _authority = new();
    private SaslFront _front = null!;
    private EmbeddedRegistry _registry = null!;
    private IdentityServer _identity = null!;

    public async ValueTask InitializeAsync()
    {
        _cluster.CreateTopic("js_shoe", 2);
        _front = new SaslFront(_cluster, Nobody) { Mechanisms = ["OAUTHBEARER"] };
        _registry = await EmbeddedRegistry.StartAsync(cancellation: TestContext.Current.CancellationToken);
        _identity = await IdentityServer.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _identity.DisposeAsync();
        await _registry.DisposeAsync();
        await _front.DisposeAsync();
        _authority.Dispose();
        _cluster.Dispose();
    }

    [Fact]
    public async Task A_tick_is_delivered_with_tokens_alone_and_read_back_with_them()
    {
        _front.AcceptsToken = (token, extensions) => token == IdentityServer.Token("api://brokers") && extensions["identityPoolId"] == "pool-1";
        _front.Tls = new ServerTls(_authority.Right());
        (string, string)[] settings = [("KAFKA_SECURITY_PROTOCOL", "SASL_SSL"), ("KAFKA_SSL_CA", _authority.Pem), ("KAFKA_OAUTH_EXTENSIONS", "identityPoolId=pool-1"), ("AZURE_CLIENT_ID", "11111111-2222-3333-4444-555555555555")];
        var ended = await RunAsync("--count 7 --now", settings);
        Assert.True(ended.ExitCode == 0, ended.Output + ended.Errors);
        Assert.Equal("api://brokers 11111111-2222-3333-4444-555555555555 2019-08-01", Assert.Single(_identity.Asked.Distinct()));

        var tail = await RunAsync("tail --json", settings);
        Assert.True(tail.ExitCode == 0, tail.Output + tail.Errors);
        Assert.Equal(7, tail.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
    }

    [Fact]
    public async Task The_doctor_names_the_identity_and_says_how_long_its_token_is_valid()
    {
        _front.AcceptsToken = (_, _) => true;
        var ended = await RunAsync("doctor");
        Assert.True(ended.ExitCode == 0, ended.Output + ended.Errors);
        Assert.Contains("ok       broker token     shoes-app has one for api://brokers/.default, which expires in 7 hours", ended.Output, StringComparison.Ordinal);
        Assert.Contains($"ok       broker SASL      {_front.BootstrapServers.Split(',')[0]} offers OAUTHBEARER", ended.Output, StringComparison.Ordinal);
        Assert.Contains("credentials      for Kafka by tokens, none for the registry", ended.Output, StringComparison.Ordinal);
        AssertNothingIsShown(ended);
    }

    [Theory]
    [InlineData(400, "No User Assigned or Delegated Managed Identity found for specified ClientId", "Authentication (no-token): The app's identity got no token for the brokers: check AZURE_CLIENT_ID")]
    [InlineData(400, "AADSTS500011: The resource principal named hush was not found", "Authentication (wrong-scope): Microsoft Entra gives no token for the scope api://brokers/.default: check OAUTH_SCOPE")]
    [InlineData(500, "An unexpected error occurred while fetching the token", "ServerError (500): The identity's endpoint had an internal error (500)")]
    public async Task What_the_endpoint_says_instead_of_a_token_is_told(int status, string message, string words)
    {
        _identity.Fault = (status, message);
        var ended = await RunAsync("doctor");
        Assert.Equal(1, ended.ExitCode);
        Assert.Contains($"failure  broker token     {words}", ended.Output, StringComparison.Ordinal);
        Assert.Empty(_front.Tokens);
        AssertNothingIsShown(ended);
    }

    [Fact]
    public async Task An_endpoint_that_is_not_there_is_told()
    {
        var ended = await RunAsync("doctor", ("IDENTITY_ENDPOINT", "http://127.0.0.1:1/msi/token"));
        Assert.Equal(1, ended.ExitCode);
        Assert.Contains("failure  broker token     Network (unreachable): The identity's endpoint cannot be reached", ended.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_pool_that_refuses_is_told_by_every_verb_and_no_token_is_shown()
    {
        foreach (var verb in new[] { "doctor", "tail", "--ticks 1" })
        {
            var ended = await RunAsync(verb, ("LOG_LEVEL", "trace"), ("KAFKA_CLIENT_PROPERTIES", "debug=all"));
            Assert.Equal(1, ended.ExitCode);
            Assert.Contains("The brokers rejected the token of the app's identity: check OAUTH_SCOPE and KAFKA_OAUTH_EXTENSIONS", ended.Output + ended.Errors, StringComparison.Ordinal);
            AssertNothingIsShown(ended);
        }

        Assert.NotEqual(0, _front.Refusals);
    }

    [Fact]
    public async Task A_token_is_refreshed_in_time_while_nothing_is_sent()
    {
        var identity = new IdentityDouble { Life = TimeSpan.FromSeconds(14) };
        using var tokens = new TokenSource(Scope, TokenPeer.Kafka, identity, TimeProvider.System, NullLogger<TokenSource>.Instance);
        await tokens.GetAsync(TestContext.Current.CancellationToken);
        _front.AcceptsToken = (_, _) => true;
        var options = new KafkaOptions { BootstrapServers = _front.BootstrapServers, Mechanism = KafkaMechanism.OAuthBearer, SecurityProtocol = Confluent.Kafka.SecurityProtocol.SaslPlaintext };
        using var sender = new KafkaSender(options, new PeerCredentials(Tokens: tokens), false, TimeProvider.System, new KafkaLog(TimeProvider.System, NullLogger<KafkaLog>.Instance));
        await Wait.UntilAsync(() => _front.Logins > 0);
        await Wait.UntilAsync(() => identity.Scopes.Count > 1);
        // Whoever comes again shows the new one.
        await Wait.UntilAsync(() =>
        {
            _front.DropAll();
            return _front.Tokens.Except([IdentityDouble.Token(1, Scope)]).Any();
        });
    }

    private Task<ShoesProcess.Ended> RunAsync(string arguments, params (string, string)[] settings) => ShoesProcess.RunAsync(arguments, [
        ("KAFKA_BOOTSTRAP_SERVERS", _front.BootstrapServers), ("KAFKA_SECURITY_PROTOCOL", "SASL_PLAINTEXT"), ("OAUTH_SCOPE", Scope),
        ("SCHEMA_REGISTRY_URL", _registry.Url.AbsoluteUri), ("PRODUCE_SCHEDULE", "* * * * * *"), ("KAFKA_TIMEOUT", "20s"), .. _identity.Settings, .. settings]);

    private static void AssertNothingIsShown(ShoesProcess.Ended ended)
    {
        foreach (var secret in new[] { "hush", IdentityServer.Token("api://brokers"), IdentityServer.Token("api://brokers").Split('.')[1], IdentityServer.Header })
            Assert.DoesNotContain(secret, ended.Output + ended.Errors, StringComparison.Ordinal);
    }
}
