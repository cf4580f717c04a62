using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Security.Authentication;
using Confluent.Kafka;
using Microsoft.Extensions.DependencyInjection;
using ShoeFunctions.Engine.Configuration;
using ShoeFunctions.Engine.Credentials;
using ShoeFunctions.Engine.Failures;
using ShoeFunctions.Engine.Producing;
using ShoeFunctions.Engine.Progress;
using ShoeFunctions.Engine.Serialization;

namespace ShoeFunctions.Engine.Health;

/// <summary>Examines a configuration from the outside in, without producing: names, ports, trust, logins, rights.</summary>
public sealed class Doctor(IServiceProvider services, TimeProvider time)
{
    private static readonly TimeSpan StepTimeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan MostSkew = TimeSpan.FromSeconds(10);

    /// <summary>Looks at one thing after the other.</summary>
    public async IAsyncEnumerable<Finding> ExamineAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        if (ReadSettings(out var wrong) is not { } settings)
        {
            foreach (var fault in wrong!.Failures)
                yield return new Finding("settings", HealthState.Unhealthy, fault);
            yield break;
        }

        yield return new Finding("settings", HealthState.Healthy, $"all read, topic {settings.Kafka.Topic}");

        var keys = services.GetRequiredService<ApiKeySource>();
        var source = settings.Credentials.VaultUri is { } vault ? $"key vault {vault.Host}" : "settings";
        yield return await StepAsync("credentials", async stop => Describe(source, await keys.GetAsync(stop)), cancellation);

        foreach (var server in settings.Kafka.BootstrapServers.Split(',', StringSplitOptions.TrimEntries))
            await foreach (var finding in ReachAsync("broker", server[..server.LastIndexOf(':')], int.Parse(server[(server.LastIndexOf(':') + 1)..]), await UsesTlsAsync(settings, keys, cancellation), cancellation))
                yield return finding;
        var topic = await StepAsync("topic", async stop =>
        {
            var seen = await services.GetRequiredService<KafkaProbe>().LookAsync(StepTimeout / 2, stop);
            return seen.WithoutLeader == 0
                ? (HealthState.Healthy, $"logged in; {settings.Kafka.Topic} is there with {seen.Partitions} partitions on {seen.Brokers} brokers")
                : (HealthState.Degraded, $"{seen.WithoutLeader} of {settings.Kafka.Topic}'s {seen.Partitions} partitions have no leader: see the cluster's state");
        }, cancellation);
        yield return topic;
        if (topic.State != HealthState.Unhealthy)
            yield return await StepAsync("write permission", async stop => MayWrite(await services.GetRequiredService<KafkaProbe>().OperationsAsync(StepTimeout / 4, stop), settings.Kafka.Topic), cancellation);

        var url = settings.SchemaRegistry.Url;
        await foreach (var finding in ReachAsync("registry", url.Host, url.Port, url.Scheme == "https", cancellation))
            yield return finding;
        yield return await StepAsync("subject", async stop =>
        {
            var seen = await services.GetRequiredService<ShoeSubject>().LookAsync(stop);
            return seen switch
            {
                { IsCompatible: false } => (HealthState.Unhealthy, $"our schema is not compatible with version {seen.LatestVersion} of {seen.Subject}: use another topic, or set the subject's compatibility so that it fits"),
                { LatestVersion: null } when settings.SchemaRegistry.AutoRegister => (HealthState.Healthy, $"{seen.Subject} is not there yet and will be registered"),
                { LatestVersion: null } => (HealthState.Unhealthy, $"{seen.Subject} is not there and SCHEMA_AUTO_REGISTER is false: register the schema, or set it to true"),
                _ => (HealthState.Healthy, $"{seen.Subject} is at version {seen.LatestVersion} and compatible with our schema"),
            };
        }, cancellation);
        yield return await StepAsync("clock", stop => CompareClocksAsync(url, stop), cancellation);
        yield return await StepAsync("progress store", async stop =>
        {
            var state = await services.GetRequiredService<IProgressStore>().ReadAsync(stop);
            return (HealthState.Healthy, state.HighWater is { } mark ? $"read; nothing is pending up to {mark}" : "read; nothing was written down yet");
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

    private static (HealthState, string) Describe(string source, ApiKeys keys) => (HealthState.Healthy, (keys.Kafka, keys.SchemaRegistry) switch
    {
        (null, null) => "none are set, none are sent",
        (not null, null) => $"for Kafka from {source}, none for the registry",
        (null, not null) => $"for the registry from {source}, none for Kafka",
        _ => $"for Kafka and the registry from {source}",
    });

    private static async Task<bool> UsesTlsAsync(ShoeSettings settings, ApiKeySource keys, CancellationToken cancellation)
    {
        try
        {
            return settings.Kafka.ProtocolFor((await keys.GetAsync(cancellation)).Kafka, settings.Credentials.AllowInsecure) is SecurityProtocol.Ssl or SecurityProtocol.SaslSsl;
        }
        catch (FailureException)
        {
            // Said by the step that reads the credentials.
            return settings.Kafka.SecurityProtocol is SecurityProtocol.Ssl or SecurityProtocol.SaslSsl;
        }
    }

    /// <summary>The name, the port and, where it is spoken, TLS, each only where the one before is well.</summary>
    private async IAsyncEnumerable<Finding> ReachAsync(string peer, string host, int port, bool tls, [EnumeratorCancellation] CancellationToken cancellation)
    {
        host = host.Trim('[', ']');
        var name = await StepAsync($"{peer} name", async stop =>
            (HealthState.Healthy, $"{host} is {string.Join(", ", (await Dns.GetHostAddressesAsync(host, stop)).Select(address => address.ToString()))}"), cancellation);
        yield return name;
        if (name.State != HealthState.Healthy)
            yield break;

        using var socket = new TcpClient();
        var connection = await StepAsync($"{peer} port", async stop =>
        {
            await socket.ConnectAsync(host, port, stop);
            return (HealthState.Healthy, $"{host}:{port} accepts connections");
        }, cancellation);
        yield return connection;
        if (connection.State != HealthState.Healthy || !tls)
            yield break;

        yield return await StepAsync($"{peer} TLS", async stop =>
        {
            await using var stream = new SslStream(socket.GetStream());
            await stream.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = host }, stop);
            return (HealthState.Healthy, $"{host}:{port} is trusted, {stream.SslProtocol}");
        }, cancellation);
    }

    private static (HealthState, string) MayWrite(IReadOnlyCollection<Confluent.Kafka.Admin.AclOperation>? operations, string topic) => operations switch
    {
        null => (HealthState.Degraded, "the brokers do not tell without a write being tried"),
        _ when operations.Contains(Confluent.Kafka.Admin.AclOperation.Write) || operations.Contains(Confluent.Kafka.Admin.AclOperation.All) => (HealthState.Healthy, $"{topic} may be written to"),
        _ => (HealthState.Unhealthy, $"{topic} may not be written to: grant DeveloperWrite on it to the API key's service account"),
    };

    /// <summary>The registry's clock, from its answer's Date header, against ours.</summary>
    private async Task<(HealthState, string)> CompareClocksAsync(Uri url, CancellationToken cancellation)
    {
        using var http = new HttpClient();
        using var response = await http.GetAsync(url, HttpCompletionOption.ResponseHeadersRead, cancellation);
        if (response.Headers.Date is not { } theirs)
            return (HealthState.Degraded, "the registry does not tell its time, so the clock could not be compared");

        var skew = time.GetUtcNow() - theirs;
        return skew.Duration() <= MostSkew
            ? (HealthState.Healthy, $"within {MostSkew.TotalSeconds:0} s of the registry's")
            : (HealthState.Degraded, $"{skew.TotalSeconds:0} s off the registry's: ticks follow this machine's clock, so set it");
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
            return new Finding(subject, HealthState.Unhealthy, $"{error.SocketErrorCode}: check the address and the rules of the network");
        }
        catch (Exception error) when (error is AuthenticationException or IOException)
        {
            return new Finding(subject, HealthState.Unhealthy, "no trusted TLS connection: check the address, that TLS is spoken there, and the trusted authorities of this machine");
        }
        catch (HttpRequestException error)
        {
            return new Finding(subject, HealthState.Unhealthy, $"{error.HttpRequestError}: check SCHEMA_REGISTRY_URL");
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancellation.IsCancellationRequested)
        {
            return new Finding(subject, HealthState.Unhealthy, $"no answer within {StepTimeout.TotalSeconds:0} s: check the address and the rules of the network");
        }
    }
}
