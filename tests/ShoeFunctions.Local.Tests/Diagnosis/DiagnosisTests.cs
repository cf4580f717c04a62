using System.Net;
using Microsoft.AspNetCore.Http;
using ShoeFunctions.Engine.Credentials;
using ShoeFunctions.Local.EmbeddedKafka;
using ShoeFunctions.Local.EmbeddedSchemaRegistry;
using ShoeFunctions.Local.Tests.Credentials;
using ShoeFunctions.Local.Tests.EndToEnd;
using ShoeFunctions.Local.Tests.Faults;

namespace ShoeFunctions.Local.Tests.Diagnosis;

/// <summary>What a user reads, from every verb, where brokers or registry cannot be spoken with.</summary>
public sealed class DiagnosisTests : IDisposable
{
    private const string Range = "--from 2026-11-23T14:00:00Z --to 2026-11-23T14:00:01Z";

    private readonly TestAuthority _authority = new();
    private readonly EmbeddedCluster _cluster = new();

    public DiagnosisTests() => _cluster.CreateTopic("js_shoe", 2);

    public void Dispose()
    {
        _cluster.Dispose();
        _authority.Dispose();
    }

    [Theory]
    [InlineData("tail")]
    [InlineData("audit " + Range)]
    [InlineData("replay --yes " + Range)]
    [InlineData("doctor")]
    public async Task A_refused_login_is_told_as_such_by_every_verb_and_not_tried_for_as_long_as_a_delivery_may_take(string verb)
    {
        await using var front = new SaslFront(_cluster, new ApiKey("hush-k1", "hush-k2"));
        // Longer than a test waits for an end.
        var ended = await RunAsync(verb, ("KAFKA_TIMEOUT", "1h"), ("KAFKA_BOOTSTRAP_SERVERS", front.BootstrapServers), ("KAFKA_SECURITY_PROTOCOL", "SASL_PLAINTEXT"), ("KAFKA_API_KEY", "hush-k1"), ("KAFKA_API_SECRET", "hush-x"));
        Assert.Equal(1, ended.ExitCode);
        Assert.Contains("The brokers rejected the credentials", ended.Output + ended.Errors, StringComparison.Ordinal);
        Assert.NotEqual(0, front.Refusals);
    }

    [Theory]
    [InlineData("tail")]
    [InlineData("audit " + Range)]
    [InlineData("doctor")]
    public async Task A_name_that_nobody_knows_is_told_as_such(string verb)
    {
        var ended = await RunAsync(verb, ("KAFKA_BOOTSTRAP_SERVERS", "no-such-host.invalid:9092"));
        Assert.Equal(1, ended.ExitCode);
        Assert.Contains("This machine cannot resolve the brokers' names", ended.Output + ended.Errors, StringComparison.Ordinal);
    }

    public static TheoryData<string, string, string> TlsCases => Cases("tail", "doctor", "--ticks 1");

    /// <summary>Those that ask the registry.</summary>
    public static TheoryData<string, string, string> RegistryTlsCases => Cases("doctor", "--ticks 1");

    private static TheoryData<string, string, string> Cases(params string[] verbs)
    {
        var cases = new TheoryData<string, string, string>();
        foreach (var verb in verbs)
            foreach (var (fault, words) in new[]
                     {
                         ("unknown", "a certificate from an authority that this machine does not trust"),
                         ("host", "a certificate for another host name"),
                         ("expired", "a certificate that has expired"),
                         ("plaintext", "does not speak TLS at this address"),
                         ("tls", "speaks TLS at this address, but was spoken to in plaintext"),
                     })
                cases.Add(verb, fault, words);
        return cases;
    }

    [Theory]
    [MemberData(nameof(TlsCases))]
    public async Task Each_fault_of_TLS_at_the_brokers_is_told_for_what_it_is(string verb, string fault, string words)
    {
        await using var gate = GateWith(fault, IPEndPoint.Parse(_cluster.BootstrapServers.Split(',')[0]));
        var ended = await RunAsync(verb,
            [("KAFKA_BOOTSTRAP_SERVERS", gate.Address), ("KAFKA_SECURITY_PROTOCOL", fault == "tls" ? "PLAINTEXT" : "SSL"), .. Trust(verb, fault, "KAFKA_SSL_CA")]);
        Assert.Equal(1, ended.ExitCode);
        Assert.Contains(words, ended.Output + ended.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("tail")]
    [InlineData("doctor")]
    public async Task A_broker_of_plaintext_that_waits_for_the_rest_of_a_handshake_is_told_as_such(string verb)
    {
        await using var gate = new Gate(IPEndPoint.Parse(_cluster.BootstrapServers.Split(',')[0]));
        gate.Fault = gate.WaitForTheRestOfTls;
        var ended = await RunAsync(verb, ("KAFKA_BOOTSTRAP_SERVERS", gate.Address), ("KAFKA_SECURITY_PROTOCOL", "SSL"));
        Assert.Equal(1, ended.ExitCode);
        Assert.Contains("does not speak TLS at this address", ended.Output + ended.Errors, StringComparison.Ordinal);
    }

    /// <summary>With a schema that is registered nothing but the producer asks the brokers. It would wait for an hour.</summary>
    [Theory]
    [InlineData("unknown", "Tls (tls-unknown-authority)")]
    [InlineData("host", "Tls (tls-wrong-host)")]
    [InlineData("expired", "Tls (tls-expired)")]
    [InlineData("plaintext", "Tls (tls-to-plaintext)")]
    [InlineData("tls", "Tls (plaintext-to-tls)")]
    [InlineData("silent", "Tls (tls-to-plaintext)")]
    public async Task A_tick_that_finds_its_schema_registered_ends_with_a_fault_of_TLS_as_soon_as_it_is_known(string fault, string words)
    {
        await using var registry = await EmbeddedRegistry.StartAsync(cancellation: TestContext.Current.CancellationToken);
        (string, string)[] settings = [("SCHEMA_REGISTRY_URL", registry.Url.AbsoluteUri), ("PRODUCE_SCHEDULE", "* * * * * *")];
        var registered = await RunAsync("--ticks 1", settings);
        Assert.True(registered.ExitCode == 0, registered.Output + registered.Errors);

        await using var gate = GateWith(fault, IPEndPoint.Parse(_cluster.BootstrapServers.Split(',')[0]));
        if (fault == "silent")
            gate.Fault = gate.WaitForTheRestOfTls;
        var ended = await RunAsync("--ticks 1",
            [.. settings, ("KAFKA_BOOTSTRAP_SERVERS", gate.Address), ("KAFKA_SECURITY_PROTOCOL", fault == "tls" ? "PLAINTEXT" : "SSL"), ("KAFKA_TIMEOUT", "1h"),
             .. Trust("--ticks 1", fault, "KAFKA_SSL_CA")]);
        Assert.Equal(1, ended.ExitCode);
        Assert.Contains(words, ended.Output + ended.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(RegistryTlsCases))]
    public async Task Each_fault_of_TLS_at_the_registry_is_told_for_what_it_is(string verb, string fault, string words)
    {
        await using var registry = await EmbeddedRegistry.StartAsync(cancellation: TestContext.Current.CancellationToken);
        await using var gate = GateWith(fault, IPEndPoint.Parse(registry.Url.Authority));
        var ended = await RunAsync(verb,
            [("SCHEMA_REGISTRY_URL", $"{(fault == "tls" ? "http" : "https")}://{gate.Address}"), .. Trust(verb, fault, "SCHEMA_REGISTRY_SSL_CA")]);
        Assert.Equal(1, ended.ExitCode);
        Assert.Contains($"The schema registry at {(fault == "tls" ? "http" : "https")}://{gate.Address} {(words.StartsWith("a ", StringComparison.Ordinal) ? "has " : "")}{words}", ended.Output + ended.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_SSL_CERT_FILE_trusts_the_producer_trusts_too()
    {
        await using var gate = GateWith("right", IPEndPoint.Parse(_cluster.BootstrapServers.Split(',')[0]));
        var ended = await ShoesCommand.RunAsync("doctor",
            ("KAFKA_BOOTSTRAP_SERVERS", gate.Address), ("SCHEMA_REGISTRY_URL", "http://127.0.0.1:1"), ("KAFKA_SECURITY_PROTOCOL", "SSL"), ("SSL_CERT_FILE", _authority.File));
        Assert.DoesNotContain("certificate", ended.Output, StringComparison.Ordinal);
        Assert.NotEqual(0, gate.Guests);
    }

    [Fact]
    public async Task A_mistyped_topic_leaves_nothing_in_the_registry()
    {
        await using var registry = await EmbeddedRegistry.StartAsync(cancellation: TestContext.Current.CancellationToken);
        var ended = await RunAsync("--ticks 1", ("SCHEMA_REGISTRY_URL", registry.Url.AbsoluteUri), ("KAFKA_TOPIC", "typo"));
        Assert.Equal(1, ended.ExitCode);
        Assert.Contains("The cluster has no topic typo", ended.Output + ended.Errors, StringComparison.Ordinal);
        using var http = new HttpClient();
        Assert.Equal("[]", await http.GetStringAsync(new Uri(registry.Url, "subjects"), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_proxy_is_not_asked_for_what_runs_on_this_machine()
    {
        var ended = await ShoesCommand.RunAsync("--ticks 1", ("HTTP_PROXY", "http://127.0.0.1:1"), ("HTTPS_PROXY", "http://127.0.0.1:1"), ("ALL_PROXY", "http://127.0.0.1:1"), ("NO_PROXY", ""));
        Assert.True(ended.ExitCode == 0, ended.Output + ended.Errors);
    }

    [Fact]
    public async Task A_proxy_in_between_is_named_without_its_password()
    {
        var ended = await RunAsync("doctor", ("SCHEMA_REGISTRY_URL", "http://registry.example:8081/base"), ("HTTP_PROXY", "http://hush-user:hush-word@127.0.0.1:1"), ("NO_PROXY", ""));
        Assert.Equal(1, ended.ExitCode);
        Assert.Contains("The schema registry at http://registry.example:8081/base (through the proxy http://127.0.0.1:1) cannot be reached", ended.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("hush", ended.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_proxy_before_the_vault_is_named_without_its_password()
    {
        var ended = await RunAsync("doctor", ("KEY_VAULT_URI", "https://no-such-vault.vault.azure.net"), ("HTTPS_PROXY", "http://hush-user:hush-word@127.0.0.1:1"), ("NO_PROXY", ""));
        Assert.Equal(1, ended.ExitCode);
        Assert.Contains("Key Vault no-such-vault.vault.azure.net (through the proxy http://127.0.0.1:1) cannot be reached", ended.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("hush", ended.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_several_registries_the_next_is_asked_and_each_is_named()
    {
        await using var registry = await EmbeddedRegistry.StartAsync(cancellation: TestContext.Current.CancellationToken);
        var urls = ("SCHEMA_REGISTRY_URL", $"http://127.0.0.1:1, {registry.Url}");
        var ended = await RunAsync("--ticks 1", urls);
        Assert.True(ended.ExitCode == 0, ended.Output + ended.Errors);

        var doctor = await RunAsync("doctor", urls);
        Assert.True(doctor.ExitCode == 0, doctor.Output);
        Assert.Contains("warning  registry port", doctor.Output, StringComparison.Ordinal);
        Assert.Contains($"ok       registry port    {registry.Url.Authority} accepts connections", doctor.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("failure", doctor.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_several_registries_the_one_that_refuses_is_named()
    {
        await using var registry = await EmbeddedRegistry.StartAsync(cancellation: TestContext.Current.CancellationToken);
        registry.Intercept = async context =>
        {
            if (!context.Request.Path.StartsWithSegments("/mode"))
                return false;
            await context.Response.WriteAsync("""{"mode":"READONLY"}""");
            return true;
        };
        var ended = await RunAsync("doctor", ("SCHEMA_REGISTRY_URL", $"http://127.0.0.1:1, {registry.Url}"));
        Assert.Equal(1, ended.ExitCode);
        Assert.Contains($"The schema registry at {registry.Url.GetLeftPart(UriPartial.Authority)} accepts no new schemas now", ended.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_dead_broker_of_several_is_a_warning()
    {
        var ended = await RunAsync("doctor", ("KAFKA_BOOTSTRAP_SERVERS", $"127.0.0.1:1,{_cluster.BootstrapServers}"));
        Assert.True(ended.ExitCode == 0, ended.Output);
        Assert.Contains("warning  broker port", ended.Output, StringComparison.Ordinal);
    }

    /// <summary>What has the certificate's authority trusted, where it is not that which is wrong: the machine has it, or a setting.</summary>
    private (string, string)[] Trust(string verb, string fault, string setting) => fault switch
    {
        not ("host" or "expired") => [],
        _ when verb == "doctor" => [("SSL_CERT_FILE", _authority.File)],
        _ => [(setting, _authority.Pem)],
    };

    private Gate GateWith(string fault, IPEndPoint behind) => new(behind)
    {
        Fault = fault switch
        {
            "plaintext" => null,
            "host" => Gate.SpeakTls(_authority.OfAnotherHost()),
            "expired" => Gate.SpeakTls(_authority.Expired()),
            _ => Gate.SpeakTls(_authority.Right()),
        },
    };

    /// <summary>With this class's cluster and a registry of its own, unless the settings say otherwise.</summary>
    private async Task<ShoesProcess.Ended> RunAsync(string arguments, params (string Name, string Value)[] settings)
    {
        await using var registry = await EmbeddedRegistry.StartAsync(cancellation: TestContext.Current.CancellationToken);
        var values = new Dictionary<string, string> { ["KAFKA_BOOTSTRAP_SERVERS"] = _cluster.BootstrapServers, ["SCHEMA_REGISTRY_URL"] = registry.Url.AbsoluteUri };
        foreach (var (name, value) in settings)
            values[name] = value;
        (string, string)[] all = [.. values.Select(value => (value.Key, value.Value))];
        return arguments == "doctor" ? await ShoesCommand.ExamineAsync(all) : await ShoesCommand.RunAsync(arguments, all);
    }
}
