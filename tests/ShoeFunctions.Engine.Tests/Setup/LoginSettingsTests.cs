using Confluent.Kafka;
using Microsoft.Extensions.Configuration;
using ShoeFunctions.Engine.Configuration;
using ShoeFunctions.Engine.Credentials;
using ShoeFunctions.Engine.Kafka;
using ShoeFunctions.Engine.Setup;

namespace ShoeFunctions.Engine.Tests.Setup;

/// <summary>How the settings say who we are at the brokers and the registry.</summary>
public sealed class LoginSettingsTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 23, 14, 0, 0, TimeSpan.Zero);

    private static readonly (string, string)[] Keys = [("KAFKA_API_KEY", "key"), ("KAFKA_API_SECRET", "secret")];
    private static readonly (string, string) Vault = ("KEY_VAULT_URI", "https://shoes.vault.azure.net");
    private static readonly (string, string) Scope = ("OAUTH_SCOPE", "api://brokers/.default");

    [Fact]
    public void The_mechanism_follows_from_what_is_set()
    {
        ((string, string)[] Settings, KafkaMechanism Mechanism, SecurityProtocol Protocol)[] cases =
        [
            ([], KafkaMechanism.None, SecurityProtocol.Plaintext),
            (Keys, KafkaMechanism.Plain, SecurityProtocol.SaslSsl),
            ([Scope], KafkaMechanism.OAuthBearer, SecurityProtocol.SaslSsl),
            ([Vault, Scope], KafkaMechanism.OAuthBearer, SecurityProtocol.SaslSsl),
            ([.. Keys, ("KAFKA_SASL_MECHANISM", "scram-sha-256")], KafkaMechanism.ScramSha256, SecurityProtocol.SaslSsl),
            ([.. Keys, ("KAFKA_SASL_MECHANISM", "SCRAM-SHA-512")], KafkaMechanism.ScramSha512, SecurityProtocol.SaslSsl),
            ([.. Keys, Scope, ("KAFKA_SASL_MECHANISM", "OAUTHBEARER")], KafkaMechanism.OAuthBearer, SecurityProtocol.SaslSsl),
            ([.. Keys, Scope, ("KAFKA_SASL_MECHANISM", "PLAIN")], KafkaMechanism.Plain, SecurityProtocol.SaslSsl),
            ([("KAFKA_SASL_MECHANISM", "none")], KafkaMechanism.None, SecurityProtocol.Plaintext),
            ([Vault, ("KAFKA_SASL_MECHANISM", "none")], KafkaMechanism.None, SecurityProtocol.Ssl),
            ([("KAFKA_SASL_MECHANISM", "none"), ("KAFKA_SECURITY_PROTOCOL", "SSL")], KafkaMechanism.None, SecurityProtocol.Ssl),
        ];
        Assert.All(cases, one =>
        {
            var settings = Read(one.Settings);
            Assert.Equal(one.Mechanism, settings.Credentials.Mechanism);
            Assert.Equal(one.Protocol, settings.Kafka.ProtocolFor(new PeerCredentials(settings.Credentials.Kafka.Key), allowInsecure: false));
        });
    }

    [Fact]
    public void With_tokens_or_certificates_alone_a_vault_is_not_asked_for_keys()
    {
        Assert.True(Read(Vault).Credentials.Kafka.MayHaveKey);
        Assert.False(Read(Vault, Scope).Credentials.Kafka.MayHaveKey);
        Assert.False(Read(Vault, ("KAFKA_SASL_MECHANISM", "none")).Credentials.Kafka.MayHaveKey);
        Assert.True(Read(Vault).Credentials.SchemaRegistry.MayHaveKey);
        Assert.False(Read(Vault, ("SCHEMA_REGISTRY_OAUTH_SCOPE", "api://registry/.default")).Credentials.SchemaRegistry.MayHaveKey);
    }

    [Fact]
    public void A_scope_is_for_one_peer_alone()
    {
        Assert.Equal(("api://brokers/.default", null), Scopes(Read(Scope)));
        Assert.Equal((null, "api://registry/.default"), Scopes(Read(("SCHEMA_REGISTRY_OAUTH_SCOPE", "api://registry/.default"))));
        Assert.Equal((null, null), Scopes(Read(
            ("SCHEMA_REGISTRY_OAUTH_SCOPE", "api://registry/.default"), ("SCHEMA_REGISTRY_API_KEY", "key"), ("SCHEMA_REGISTRY_API_SECRET", "secret"))));

        static (string?, string?) Scopes(ShoeSettings settings) => (settings.Credentials.Kafka.Scope, settings.Credentials.SchemaRegistry.Scope);
    }

    [Theory]
    [InlineData("KAFKA_SASL_MECHANISM", "GSSAPI", "KAFKA_SASL_MECHANISM: 'GSSAPI'; accepted is none, PLAIN, SCRAM-SHA-256, SCRAM-SHA-512 or OAUTHBEARER")]
    [InlineData("KAFKA_SASL_MECHANISM", "OAUTHBEARER", "OAUTH_SCOPE is not set")]
    [InlineData("KAFKA_SASL_MECHANISM", "SCRAM-SHA-256", "There are no credentials for the brokers")]
    [InlineData("OAUTH_SCOPE", "api://brokers", "OAUTH_SCOPE: 'api://brokers'; accepted is a scope of Microsoft Entra, which ends with /.default")]
    [InlineData("KAFKA_OAUTH_EXTENSIONS", "logicalCluster=lkc-1", "OAUTH_SCOPE is not set")]
    [InlineData("SCHEMA_REGISTRY_LOGICAL_CLUSTER", "lsrc-1", "SCHEMA_REGISTRY_OAUTH_SCOPE is not set")]
    [InlineData("SCHEMA_REGISTRY_IDENTITY_POOL", "pool-1", "SCHEMA_REGISTRY_OAUTH_SCOPE is not set")]
    public void What_is_wrong_alone_is_said(string name, string value, string words) =>
        Assert.Contains(words, Assert.Single(Faults((name, value))), StringComparison.Ordinal);

    [Fact]
    public void What_contradicts_is_said()
    {
        Assert.Contains("KAFKA_API_KEY and OAUTH_SCOPE are both set", Assert.Single(Faults([.. Keys, Scope])), StringComparison.Ordinal);
        Assert.Contains("KAFKA_SASL_MECHANISM is none", Assert.Single(Faults([.. Keys, ("KAFKA_SASL_MECHANISM", "none")])), StringComparison.Ordinal);
        Assert.Contains("KAFKA_SASL_MECHANISM is none", Assert.Single(Faults([.. Keys, ("KAFKA_SASL_MECHANISM", "none"), ("KAFKA_SECURITY_PROTOCOL", "SASL_SSL")])), StringComparison.Ordinal);
        Assert.Contains("sends the brokers no token", Assert.Single(Faults(Scope, ("KAFKA_SECURITY_PROTOCOL", "SSL"))), StringComparison.Ordinal);
        Assert.Contains("unencrypted to another machine", Assert.Single(Faults(Scope, ("KAFKA_SECURITY_PROTOCOL", "SASL_PLAINTEXT"), ("KAFKA_BOOTSTRAP_SERVERS", "broker.example:9092"))), StringComparison.Ordinal);
        Assert.Contains("SCHEMA_REGISTRY_URL is http, which would send the credentials unencrypted",
            Assert.Single(Faults(("SCHEMA_REGISTRY_OAUTH_SCOPE", "api://registry/.default"), ("SCHEMA_REGISTRY_URL", "http://registry.example"))), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("logicalCluster=lkc-1", "logicalCluster=lkc-1")]
    [InlineData(" logicalCluster = lkc-1 , identityPoolId=pool-1", "logicalCluster=lkc-1;identityPoolId=pool-1")]
    [InlineData("logicalCluster=lkc-1,identityPoolId=pool-1,pool-2", "logicalCluster=lkc-1;identityPoolId=pool-1,pool-2")]
    [InlineData("a=b=c", "a=b=c")]
    public void Extensions_are_read(string text, string read) =>
        Assert.Equal(read, string.Join(';', Read(Scope, ("KAFKA_OAUTH_EXTENSIONS", text)).Kafka.OAuthExtensions.Select(pair => $"{pair.Key}={pair.Value}")));

    [Theory]
    [InlineData("logical-cluster=lkc-1", "has logical-cluster, which is no name that the protocol allows")]
    [InlineData("auth=x", "has auth, which is no name that the protocol allows")]
    [InlineData("pool1=x", "has pool1, which is no name that the protocol allows")]
    [InlineData("logicalCluster=lkc-ü", "has a value for logicalCluster that the protocol does not allow")]
    [InlineData("logicalCluster=a\u0001b", "has a value for logicalCluster that the protocol does not allow")]
    [InlineData("logicalCluster=", "has no value for logicalCluster")]
    [InlineData("lkc-1", "has a part without '='")]
    [InlineData("a=1,a=2", "has a twice")]
    public void Extensions_that_the_protocol_does_not_allow_are_said(string text, string words)
    {
        var fault = Assert.Single(Faults(Scope, ("KAFKA_OAUTH_EXTENSIONS", text)));
        Assert.StartsWith("KAFKA_OAUTH_EXTENSIONS: ", fault, StringComparison.Ordinal);
        Assert.Contains(words, fault, StringComparison.Ordinal);
    }

    [Fact]
    public void What_goes_with_the_registrys_tokens_is_read()
    {
        var settings = Read(("SCHEMA_REGISTRY_OAUTH_SCOPE", "api://registry/.default"), ("SCHEMA_REGISTRY_LOGICAL_CLUSTER", "lsrc-1"), ("SCHEMA_REGISTRY_IDENTITY_POOL", "pool-1, pool-2"));
        Assert.Equal("target-sr-cluster=lsrc-1;Confluent-Identity-Pool-Id=pool-1, pool-2", string.Join(';', settings.SchemaRegistry.TokenHeaders.Select(header => $"{header.Key}={header.Value}")));
        Assert.Single(Faults(("SCHEMA_REGISTRY_OAUTH_SCOPE", "api://registry/.default"), ("SCHEMA_REGISTRY_LOGICAL_CLUSTER", "lsrc-1\r\nx: y")));
    }

    [Fact]
    public void Properties_of_the_client_take_the_place_of_ours()
    {
        var options = Read(("KAFKA_CLIENT_PROPERTIES", "linger.ms=20,client.dns.lookup=resolve_canonical_bootstrap_servers_only,debug=broker,topic")).Kafka;
        var config = KafkaSender.Config(options, PeerCredentials.None, allowInsecure: false);
        Assert.Equal(("20", "resolve_canonical_bootstrap_servers_only", "broker,topic"), (config.Get("linger.ms"), config.Get("client.dns.lookup"), config.Get("debug")));
        Assert.Equal(Acks.All, config.Acks);
    }

    [Theory]
    [InlineData("linger.millis=20", "has linger.millis, which librdkafka")]
    [InlineData("linger.ms=soon", "has a value for linger.ms that librdkafka does not accept")]
    [InlineData("acks=1", "has acks, which would break what is said of deliveries")]
    [InlineData("request.required.acks=1", "has request.required.acks, which would break")]
    [InlineData("enable.idempotence=false", "has enable.idempotence, which would break")]
    [InlineData("delivery.report.only.error=true", "has delivery.report.only.error, which would break")]
    [InlineData("transactional.id=x", "has transactional.id, which would break")]
    [InlineData("partitioner=random", "has partitioner, which would break")]
    [InlineData("message.timeout.ms=1", "has message.timeout.ms, which has a setting of its own, KAFKA_TIMEOUT")]
    [InlineData("retries=1", "has retries, which has a setting of its own, KAFKA_RETRY_MAX")]
    [InlineData("sasl.password=hush", "has sasl.password, which has a setting of its own, KAFKA_API_SECRET")]
    [InlineData("ssl.ca.location=/x", "has ssl.ca.location, which has a setting of its own, KAFKA_SSL_CA")]
    [InlineData("enable.ssl.certificate.verification=false", "which would trust any broker")]
    [InlineData("ssl.endpoint.identification.algorithm=none", "which would trust any broker")]
    [InlineData("linger.ms", "has a part without '='")]
    [InlineData("linger.ms=900000", "cannot be used together or with the other settings: ")]
    [InlineData("reconnect.backoff.ms=20000", "reconnect.backoff.max.ms")]
    [InlineData("acks=1,retries=2", "has acks, which would break what is said of deliveries: a shoe counts when all replicas have it; has retries, which")]
    public void Properties_that_the_client_does_not_know_or_that_the_guarantees_rest_on_are_refused_by_name(string text, string words)
    {
        var fault = Assert.Single(Faults(("KAFKA_CLIENT_PROPERTIES", text)));
        Assert.StartsWith("KAFKA_CLIENT_PROPERTIES: ", fault, StringComparison.Ordinal);
        Assert.Contains(words, fault, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("sasl.password=hush")]
    [InlineData("acks=1,sasl.pasword=hush,more-of-hush")]
    [InlineData("ssl.key.password=hush")]
    [InlineData("ssl.key.pem=hush")]
    [InlineData("sasl.oauthbearer.client.secret=hush,acks=1")]
    [InlineData("hush")]
    public void Of_refused_properties_no_value_is_shown_that_may_be_secret(string text)
    {
        var fault = Assert.Single(Faults(("KAFKA_CLIENT_PROPERTIES", text)));
        Assert.DoesNotContain("hush", fault, StringComparison.Ordinal);
        var shown = SettingInForce.Of(new ConfigurationBuilder().AddInMemoryCollection([new("KAFKA_CLIENT_PROPERTIES", text)]).Build()).Single(setting => !setting.IsDefault);
        Assert.DoesNotContain("hush", shown.Value, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_others_the_values_are_shown() =>
        Assert.Equal("linger.ms=20,debug=broker,topic", SettingInForce.Of(new ConfigurationBuilder().AddInMemoryCollection([new("KAFKA_CLIENT_PROPERTIES", "linger.ms=20,debug=broker,topic")]).Build()).Single(setting => !setting.IsDefault).Value);

    [Fact]
    public void Brokers_are_trusted_unseen_only_where_that_is_allowed() =>
        Read(("KAFKA_CLIENT_PROPERTIES", "enable.ssl.certificate.verification=false"), ("ALLOW_INSECURE", "true"));

    private static ShoeSettings Read(params (string Name, string Value)[] settings)
    {
        var values = new Dictionary<string, string?> { ["KAFKA_BOOTSTRAP_SERVERS"] = "localhost:9092", ["SCHEMA_REGISTRY_URL"] = "https://localhost:8081" };
        foreach (var (name, value) in settings)
            values[name] = value;
        return ShoeSettings.Read(new ConfigurationBuilder().AddInMemoryCollection(values).Build(), Now);
    }

    private static string[] Faults(params (string Name, string Value)[] settings) =>
        [.. Assert.Throws<SettingsException>(() => Read(settings)).Failures];
}
