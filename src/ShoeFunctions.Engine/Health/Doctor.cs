using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using ShoeFunctions.Engine.Configuration;
using ShoeFunctions.Engine.Credentials;
using ShoeFunctions.Engine.Failures;
using ShoeFunctions.Engine.Faults;
using ShoeFunctions.Engine.Kafka;
using ShoeFunctions.Engine.Network;
using ShoeFunctions.Engine.Progress;
using ShoeFunctions.Engine.SchemaRegistry;
using ShoeFunctions.Engine.Serialization;
using ShoeFunctions.Engine.Setup;
using ShoeFunctions.Engine.Ticks;

namespace ShoeFunctions.Engine.Health;

/// <summary>Examines a configuration from the outside in, without producing: names, ports, trust, logins, rights.</summary>
public sealed class Doctor(IServiceProvider services, TimeProvider time)
{
    private static readonly TimeSpan StepTimeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan CertificateWarning = TimeSpan.FromDays(30);
    private static readonly TimeSpan MostSkew = TimeSpan.FromSeconds(10);

    /// <summary>Looks at one thing after the other.</summary>
    public async IAsyncEnumerable<Finding> ExamineAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        foreach (var unknown in UnknownSetting.In(services.GetRequiredService<IConfiguration>()))
            yield return new Finding("settings", HealthState.Degraded, $"{unknown}");
        if (ReadSettings(out var wrong) is not { } settings)
        {
            foreach (var fault in wrong!.Failures)
                yield return new Finding("settings", HealthState.Unhealthy, fault);
            yield break;
        }

        yield return new Finding("settings", HealthState.Healthy, $"valid, topic {settings.Kafka.Topic}");

        var keys = services.GetRequiredService<CredentialSource>();
        var source = settings.Credentials.VaultUri is { } vault ? $"key vault {vault.Host}" : "settings";
        KnownCredentials? known = null;
        yield return await StepAsync("credentials", async stop => Describe(source, known = await keys.GetAsync(stop)), cancellation);
        foreach (var (peer, credentials) in new[] { ("broker", known?.Kafka), ("registry", known?.SchemaRegistry) })
        {
            if (credentials?.Tokens is { } tokens)
                yield return await StepAsync($"{peer} token", async stop => Describe(tokens.Scope, await tokens.GetAsync(stop)), cancellation);
            foreach (var certificate in credentials?.Tls?.All ?? [])
                yield return Describe($"{peer} {(certificate == credentials!.Tls!.Own ? "client certificate" : "authority")}", certificate);
        }

        var servers = new List<IReadOnlyList<Finding>>();
        var (speaksTls, speaksSasl) = Spoken(settings, known);
        foreach (var server in settings.Kafka.BootstrapServers.Split(',', StringSplitOptions.TrimEntries))
        {
            var (host, port) = HostAndPort.Of(server);
            var findings = await ReachAsync("broker", host, port, speaksTls ? stop => TrustBrokerAsync(server, known?.Kafka.Tls, stop) : null, cancellation);
            servers.Add(speaksSasl && findings[^1].State == HealthState.Healthy ? [.. findings, await MechanismAsync(server, settings.Kafka.Mechanism, cancellation)] : findings);
        }

        foreach (var finding in Lightened(servers))
            yield return finding;
        IReadOnlyList<string> advertised = [];
        var topic = await StepAsync("topic", async stop =>
        {
            var seen = await services.GetRequiredService<KafkaProbe>().LookAsync(StepTimeout / 2, stop);
            advertised = seen.Advertised;
            return seen.WithoutLeader == 0
                ? (HealthState.Healthy, $"connected; topic {settings.Kafka.Topic} has {Quantity.Of(seen.Partitions, "partition")} on {Quantity.Of(seen.Brokers, "broker")}")
                : (HealthState.Degraded, $"{seen.WithoutLeader} of {settings.Kafka.Topic}'s {seen.Partitions} partitions {(seen.WithoutLeader == 1 ? "has" : "have")} no leader: check the cluster's state");
        }, cancellation);
        yield return topic;
        await foreach (var finding in ReachAdvertisedAsync([.. advertised.Except(settings.Kafka.BootstrapServers.Split(',', StringSplitOptions.TrimEntries))], speaksTls, known?.Kafka.Tls, cancellation))
            yield return finding;
        if (topic.State != HealthState.Unhealthy)
        {
            yield return await WritePermissionAsync(settings.Kafka.Topic, cancellation);
            if (settings.Kafka.Transactions is { } transactions)
            {
                yield return await StepAsync("committed tick", async stop => (HealthState.Healthy, await services.GetRequiredService<KafkaProbe>().CommittedNumberAsync(stop) is { } number
                    ? $"group {transactions.Group} tells that the last one is {new Tick(number)}" : $"group {transactions.Group} may be read, and has none yet"), cancellation);
                yield return new Finding("transactions", HealthState.Healthy, $"only a run shows whether these credentials may use the transactional id {transactions.Id}", IsTested: false);
            }

            if (settings.Ticks.Faults.Percent.ContainsKey(FaultKind.Late))
                yield return await LatenessAsync(settings.Ticks.Faults, settings.Kafka.Topic, cancellation);
        }

        var registries = new List<IReadOnlyList<Finding>>();
        foreach (var url in settings.SchemaRegistry.Urls)
            registries.Add(await ReachRegistryAsync(url, known?.SchemaRegistry.Tls, cancellation));
        foreach (var finding in Lightened(registries))
            yield return finding;
        ShoeSubject.Outcome? subject = null;
        yield return await StepAsync("subject", async stop =>
        {
            subject = await services.GetRequiredService<ShoeSubject>().LookAsync(stop);
            return (HealthState.Healthy, subject switch
            {
                { LatestVersion: null } => $"{subject.Subject} does not exist yet and will be registered",
                { SchemaId: { } id } => $"{subject.Subject} is at version {subject.LatestVersion} and has our schema under id {id}",
                _ => $"{subject.Subject} is at version {subject.LatestVersion} and compatible with our schema, which will be registered",
            });
        }, cancellation);
        if (subject is { SchemaId: null })
            yield return new Finding("registration", HealthState.Healthy, "only registering a schema shows whether these credentials may do it", IsTested: false);

        yield return await StepAsync("clock", stop => CompareClocksAsync(settings.SchemaRegistry.Urls, known?.SchemaRegistry ?? PeerCredentials.None, stop), cancellation);
        yield return await StepAsync("progress store", async stop =>
        {
            var state = await services.GetRequiredService<IProgressStore>().ReadAsync(stop);
            if (ProgressFailures.Ahead(state, settings.Ticks.Schedule, time.GetUtcNow()) is { } ahead)
                throw new FailureException(ahead);
            return (HealthState.Healthy, state.HighWater is { } mark ? $"read; no tick is pending up to {mark}" : "read; no progress is stored yet");
        }, cancellation);
    }

    private ShoeSettings? ReadSettings(out SettingsException? wrong)
    {
        try
        {
            wrong = null;
            return services.GetRequiredService<ShoeSettings>();
        }
        catch (SettingsException faults)
        {
            wrong = faults;
            return null;
        }
    }

    private static (HealthState, string) Describe(string source, KnownCredentials known)
    {
        static string? Named(PeerCredentials credentials, string source) => credentials switch
        {
            { Key: not null } => $"from {source}",
            { Tokens: not null } => "by tokens",
            { Tls.Own: not null } => "by a client certificate",
            _ => null,
        };
        return (HealthState.Healthy, (Named(known.Kafka, source), Named(known.SchemaRegistry, source)) switch
        {
            (null, null) => "none are set, none are sent",
            ({ } kafka, null) => $"for Kafka {kafka}, none for the registry",
            (null, { } registry) => $"for the registry {registry}, none for Kafka",
            var (kafka, registry) => kafka == registry ? $"for Kafka and the registry {kafka}" : $"for Kafka {kafka}, for the registry {registry}",
        });
    }

    private (HealthState, string) Describe(string scope, BearerToken token) => (HealthState.Healthy,
        $"{(token.Identity is { } identity ? $"{identity} has one" : "there is one")} for {scope}, which expires in {Remaining(token.Expires)}");

    private Finding Describe(string subject, X509Certificate2 certificate)
    {
        var left = (DateTimeOffset)certificate.NotAfter - time.GetUtcNow();
        return left > TimeSpan.Zero
            ? new Finding(subject, left < CertificateWarning ? HealthState.Degraded : HealthState.Healthy, $"{certificate.Subject} is valid for {Remaining(certificate.NotAfter)}{(left < CertificateWarning ? ": renew it" : "")}")
            : new Finding(subject, HealthState.Unhealthy, $"{certificate.Subject} expired on {certificate.NotAfter.ToUniversalTime():yyyy-MM-dd}: renew it");
    }

    private string Remaining(DateTimeOffset end) => (end - time.GetUtcNow()) switch
    {
        { TotalDays: >= 2 } days => Quantity.Of((int)days.TotalDays, "day"),
        { TotalHours: >= 2 } hours => Quantity.Of((int)hours.TotalHours, "hour"),
        var minutes => Quantity.Of((int)minutes.TotalMinutes, "minute"),
    };

    private static (bool Tls, bool Sasl) Spoken(ShoeSettings settings, KnownCredentials? known)
    {
        var protocol = settings.Kafka.SecurityProtocol;
        try
        {
            protocol = settings.Kafka.ProtocolFor(known?.Kafka ?? PeerCredentials.None, settings.Credentials.AllowInsecure);
        }
        catch (FailureException)
        {
            // Said by the step that asks for the topic.
        }

        return (protocol is SecurityProtocol.Ssl or SecurityProtocol.SaslSsl, protocol is SecurityProtocol.SaslPlaintext or SecurityProtocol.SaslSsl);
    }

    private async Task<Finding> MechanismAsync(string server, KafkaMechanism mechanism, CancellationToken cancellation)
    {
        const string subject = "broker SASL";
        IReadOnlyCollection<string>? offered = null;
        var finding = await StepAsync(subject, async stop =>
        {
            offered = await services.GetRequiredService<KafkaProbe>().MechanismsAtAsync(server, stop);
            return (HealthState.Healthy, $"{server} offers {string.Join(", ", offered ?? [])}");
        }, cancellation);
        return finding.State == HealthState.Healthy && offered is null
            ? new Finding(subject, HealthState.Healthy, $"{server} does not tell whether it offers {mechanism.Name()}", IsTested: false)
            : finding;
    }

    /// <summary>Where one address is well, what is the matter with another is a warning: the clients go on to the next.</summary>
    private static IEnumerable<Finding> Lightened(List<IReadOnlyList<Finding>> addresses)
    {
        var isOneWell = addresses.Any(findings => findings.All(finding => finding.State == HealthState.Healthy));
        return addresses.SelectMany(findings => findings).Select(finding => isOneWell && finding.State == HealthState.Unhealthy ? finding with { State = HealthState.Degraded } : finding);
    }

    /// <summary>The name, the port and, where it is spoken, TLS, each only where the one before is well.</summary>
    private async Task<IReadOnlyList<Finding>> ReachAsync(
        string peer, string host, int port, Func<CancellationToken, Task<(HealthState, string)>>? trust, CancellationToken cancellation)
    {
        host = host.Trim('[', ']');
        var findings = new List<Finding>
        {
            await StepAsync($"{peer} name", async stop =>
                (HealthState.Healthy, $"{host} is {string.Join(", ", (await Dns.GetHostAddressesAsync(host, stop)).Select(address => address.ToString()))}"), cancellation),
        };
        if (findings[^1].State != HealthState.Healthy)
            return findings;

        findings.Add(await StepAsync($"{peer} port", async stop =>
        {
            using var socket = new TcpClient();
            await socket.ConnectAsync(host, port, stop);
            return (HealthState.Healthy, $"{host}:{port} accepts connections");
        }, cancellation));
        if (findings[^1].State == HealthState.Healthy && trust is not null)
            findings.Add(await StepAsync($"{peer} TLS", trust, cancellation));
        return findings;
    }

    /// <summary>Records go to where the brokers say that they are, which only the cluster's own settings tell, and not the address to begin with.</summary>
    private async IAsyncEnumerable<Finding> ReachAdvertisedAsync(string[] servers, bool speaksTls, TlsMaterial? tls, [EnumeratorCancellation] CancellationToken cancellation)
    {
        const string peer = "advertised";
        var reached = await Task.WhenAll(servers.Select(server =>
        {
            var (host, port) = HostAndPort.Of(server);
            return ReachAsync(peer, host, port, speaksTls ? async stop => await TlsLook.Kafka.LookAsync(host, port, expectsTls: true, tls, stop) is { } fault
                ? throw new FailureException(KafkaFailures.Of(ErrorCode.Local_Ssl, [new KafkaCause(ErrorCode.Local_Ssl, fault)], services.GetRequiredService<KafkaOptions>()))
                : (HealthState.Healthy, "") : null, cancellation);
        }));
        var named = servers.Zip(reached, (server, findings) => (IReadOnlyList<Finding>)[.. findings.Select(finding =>
            finding with { Text = $"the cluster says that a broker is at {server} (advertised.listeners): {finding.Text}" })]);
        var unwell = Lightened([.. named]).Where(finding => finding.State != HealthState.Healthy).ToArray();
        foreach (var finding in unwell)
            yield return finding;
        if (unwell.Length == 0 && servers.Length > 0)
            yield return new Finding(peer, HealthState.Healthy, $"{Quantity.Of(servers.Length, "broker")} can be reached where the cluster says");
    }

    /// <summary>By the very client that a run has, which has trusted authorities of its own.</summary>
    private async Task<(HealthState, string)> TrustBrokerAsync(string server, TlsMaterial? tls, CancellationToken stop) =>
        await services.GetRequiredService<KafkaProbe>().FailureAtAsync(server, StepTimeout / 2, stop) is { } failure
            ? throw new FailureException(failure)
            : (HealthState.Healthy, $"{server} is trusted{(tls?.CaPem is null ? "" : ", by an authority in KAFKA_SSL_CA")}");

    private async Task<IReadOnlyList<Finding>> ReachRegistryAsync(Uri url, TlsMaterial? tls, CancellationToken cancellation)
    {
        // Its name may mean nothing here, and its port be out of reach, where the proxy knows the way.
        if (DirectLoopback.Between(url) is { } proxy)
            return [new Finding("registry port", HealthState.Healthy, $"{url.Host}:{url.Port} is reached through the proxy {proxy}", IsTested: false)];
        return await ReachAsync("registry", url.Host, url.Port, url.Scheme == "https" ? stop => TrustRegistryAsync(url, tls, stop) : null, cancellation);
    }

    private static async Task<(HealthState, string)> TrustRegistryAsync(Uri url, TlsMaterial? tls, CancellationToken stop)
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(url.Host.Trim('[', ']'), url.Port, stop);
        await using var stream = new SslStream(socket.GetStream());
        try
        {
            var options = TlsMaterial.Options(tls);
            options.TargetHost = url.Host.Trim('[', ']');
            await stream.AuthenticateAsClientAsync(options, stop);
            return (HealthState.Healthy, $"{url.Host}:{url.Port} is trusted, {stream.SslProtocol}");
        }
        catch (Exception untrusted) when (untrusted is AuthenticationException or IOException)
        {
            var fault = await TlsLook.Http.LookAsync(url.Host.Trim('[', ']'), url.Port, expectsTls: true, tls, stop);
            throw new FailureException(RegistryFailures.Of(
                new HttpRequestException(HttpRequestError.SecureConnectionError, null, untrusted), "connect", url, "", fault));
        }
    }

    private async Task<Finding> WritePermissionAsync(string topic, CancellationToken cancellation)
    {
        const string subject = "write permission";
        IReadOnlyCollection<AclOperation>? operations = null;
        var finding = await StepAsync(subject, async stop =>
        {
            operations = await services.GetRequiredService<KafkaProbe>().OperationsAsync(StepTimeout / 4, stop);
            return operations is null || operations.Contains(AclOperation.Write) || operations.Contains(AclOperation.All)
                ? (HealthState.Healthy, $"{topic} is writable")
                : (HealthState.Unhealthy, $"{topic} is not writable: grant DeveloperWrite on it to who the brokers know us as");
        }, cancellation);
        return finding.State == HealthState.Healthy && operations is null
            ? new Finding(subject, HealthState.Healthy, "the brokers show it only when something is written", IsTested: false)
            : finding;
    }

    private async Task<Finding> LatenessAsync(FaultOptions faults, string topic, CancellationToken cancellation)
    {
        Finding? found = null;
        var finding = await StepAsync(LatenessFinding.Subject, async stop =>
        {
            found = LatenessFinding.Of(faults, topic, await services.GetRequiredService<KafkaProbe>().TimestampRulesAsync(StepTimeout / 4, stop));
            return (found.State, found.Text);
        }, cancellation);
        return found ?? finding;
    }

    /// <summary>The registry's clock, from its answer's Date header, against ours.</summary>
    private async Task<(HealthState, string)> CompareClocksAsync(IReadOnlyList<Uri> urls, PeerCredentials credentials, CancellationToken cancellation)
    {
        using var http = new HttpClient(RegistryClient.Handler(credentials));
        HttpRequestException? failed = null;
        foreach (var url in urls)
        {
            try
            {
                using var response = await http.GetAsync(url, HttpCompletionOption.ResponseHeadersRead, cancellation);
                if (response.Headers.Date is not { } theirs)
                    continue;

                var skew = time.GetUtcNow() - theirs;
                return skew.Duration() <= MostSkew
                    ? (HealthState.Healthy, $"within {MostSkew.TotalSeconds:0} s of the registry's")
                    : (HealthState.Degraded, $"{skew.TotalSeconds:0} s off the registry's: ticks follow this machine's clock, so set it");
            }
            catch (HttpRequestException error)
            {
                failed = error;
            }
        }

        return failed is null ? (HealthState.Degraded, "the registry does not tell its time, so the clock could not be compared") : throw failed;
    }

    private async Task<Finding> StepAsync(string subject, Func<CancellationToken, Task<(HealthState State, string Text)>> step, CancellationToken cancellation)
    {
        using var limit = new CancellationTokenSource(StepTimeout, time);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellation);
        try
        {
            var (state, text) = await step(stop.Token);
            return new Finding(subject, state, text);
        }
        catch (FailureException failure)
        {
            return new Finding(subject, HealthState.Unhealthy, $"{failure.Failure.Kind} ({failure.Failure.Code}): {failure.Failure.Advice}");
        }
        catch (SocketException error)
        {
            return new Finding(subject, HealthState.Unhealthy, $"{error.SocketErrorCode}: check the address and the network's firewall rules");
        }
        catch (HttpRequestException error)
        {
            return new Finding(subject, HealthState.Unhealthy, $"{error.HttpRequestError}: check SCHEMA_REGISTRY_URL");
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancellation.IsCancellationRequested)
        {
            return new Finding(subject, HealthState.Unhealthy, $"no answer within {StepTimeout.TotalSeconds:0} s: check the address and the network's firewall rules");
        }
    }
}
