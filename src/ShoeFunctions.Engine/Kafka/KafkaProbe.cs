using Confluent.Kafka;
using Confluent.Kafka.Admin;
using ShoeFunctions.Engine.Credentials;
using ShoeFunctions.Engine.Failures;
using ShoeFunctions.Engine.Librdkafka;
using ShoeFunctions.Engine.Network;

namespace ShoeFunctions.Engine.Kafka;

/// <summary>Looks at the cluster and the topic without producing, over a connection of its own that it closes again.</summary>
public sealed class KafkaProbe(KafkaOptions options, CredentialOptions credentialOptions, CredentialSource keys, TimeProvider time, KafkaLog log)
{
    /// <summary>What the cluster says of itself and of the topic.</summary>
    /// <param name="Brokers">How many brokers it has.</param>
    /// <param name="Partitions">How many partitions the topic has.</param>
    /// <param name="WithoutLeader">How many of them have no leader and take no records.</param>
    /// <param name="ClusterId">The cluster's id; null where the brokers do not tell.</param>
    /// <param name="Advertised">Where the brokers say that they are: <c>host:port</c>.</param>
    public sealed record Outcome(int Brokers, int Partitions, int WithoutLeader, string? ClusterId, IReadOnlyList<string> Advertised);

    /// <summary>Asks the cluster.</summary>
    /// <param name="timeout">The longest wait for its answer.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="FailureException">The cluster did not answer well, or has no such topic.</exception>
    public async Task<Outcome> LookAsync(TimeSpan timeout, CancellationToken cancellation)
    {
        var credentials = await CredentialsAsync(cancellation);
        return await LookAsync(options, credentials, timeout, cancellation);
    }

    /// <summary>What is the matter with one of the addresses to begin with; null where the client can speak with the broker there.</summary>
    /// <param name="server">The address: <c>host:port</c>.</param>
    /// <param name="timeout">The longest wait for its answer.</param>
    /// <param name="cancellation">Gives up.</param>
    public async Task<Failure?> FailureAtAsync(string server, TimeSpan timeout, CancellationToken cancellation)
    {
        var credentials = await CredentialsAsync(cancellation);
        try
        {
            await LookAsync(options with { BootstrapServers = server }, credentials, timeout, cancellation);
            return null;
        }
        catch (FailureException failure)
        {
            return failure.Failure.Kind is FailureKind.Tls or FailureKind.Network or FailureKind.Timeout ? failure.Failure : null;
        }
    }

    /// <summary>The SASL mechanisms that the broker at one of the addresses offers; null where it does not tell.</summary>
    /// <param name="server">The address: <c>host:port</c>.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="FailureException">Ours is not among them, or the credentials could not be read.</exception>
    public async Task<IReadOnlyCollection<string>?> MechanismsAtAsync(string server, CancellationToken cancellation)
    {
        var credentials = (await keys.GetAsync(cancellation)).Kafka;
        var isTls = options.ProtocolFor(credentials, credentialOptions.AllowInsecure) is SecurityProtocol.Ssl or SecurityProtocol.SaslSsl;
        var offered = await MechanismLook.LookAsync(server, isTls ? TlsMaterial.Options(credentials.Tls) : null, options.Mechanism);
        return KafkaFailures.OfMechanisms(offered, options.Mechanism) is { } failure ? throw new FailureException(failure) : offered;
    }

    private async Task<PeerCredentials> CredentialsAsync(CancellationToken cancellation)
    {
        var credentials = (await keys.GetAsync(cancellation)).Kafka;
        await credentials.HaveTokenAsync(cancellation);
        return credentials;
    }

    private async Task<Outcome> LookAsync(KafkaOptions at, PeerCredentials credentials, TimeSpan timeout, CancellationToken cancellation)
    {
        var trouble = new KafkaTrouble(at, credentials, at.ProtocolFor(credentials, credentialOptions.AllowInsecure), time);
        try
        {
            // The client has no asynchronous way to ask.
            return await Task.Run(() => Look(at, trouble, credentials, timeout, cancellation), cancellation).WaitAsync(cancellation);
        }
        catch (KafkaException error)
        {
            throw new FailureException(await trouble.FailureAsync(error.Error.Code, "read topic"), error);
        }
        catch (OperationCanceledException cut) when (cancellation.IsCancellationRequested)
        {
            throw new StillFailingException(KafkaFailures.Of(ErrorCode.Local_TimedOut, trouble.Since(0), at, "read topic"), cut);
        }
    }

    /// <summary>What these credentials may do with the topic; null where the brokers do not tell.</summary>
    /// <exception cref="FailureException">The cluster did not answer well.</exception>
    public Task<IReadOnlyCollection<AclOperation>?> OperationsAsync(TimeSpan timeout, CancellationToken cancellation) => AskAsync<IReadOnlyCollection<AclOperation>>(
        "read rights",
        async admin =>
        {
            var described = await admin.DescribeTopicsAsync(
                TopicCollection.OfTopicNames([options.Topic]), new DescribeTopicsOptions { IncludeAuthorizedOperations = true, RequestTimeout = timeout });
            return described.TopicDescriptions.Single().AuthorizedOperations is { Count: > 0 } operations ? operations : null;
        },
        cancellation);

    /// <summary>What the topic does with records' times; null where the brokers do not tell.</summary>
    /// <exception cref="FailureException">The cluster did not answer well.</exception>
    public Task<TimestampRules?> TimestampRulesAsync(TimeSpan timeout, CancellationToken cancellation) => AskAsync(
        "read the topic's settings",
        async admin =>
        {
            var described = await admin.DescribeConfigsAsync([new ConfigResource { Type = ResourceType.Topic, Name = options.Topic }], new DescribeConfigsOptions { RequestTimeout = timeout });
            return TimestampRules.Of(name => described.Single().Entries.GetValueOrDefault(name)?.Value);
        },
        cancellation);

    /// <summary>The number that was committed last by a transaction, whoever may have another one open; null where there is none.</summary>
    /// <exception cref="FailureException">The cluster did not answer well.</exception>
    public async Task<long?> CommittedNumberAsync(CancellationToken cancellation) =>
        (await AskAsync("read the group's offset", async admin => (object?)await CommittedNumber.ReadAsync(admin, options, isStable: false), cancellation)) as long?;

    /// <summary>Asks what not all brokers answer, or tell everybody.</summary>
    private async Task<T?> AskAsync<T>(string operation, Func<IAdminClient, Task<T?>> ask, CancellationToken cancellation) where T : class
    {
        var credentials = await CredentialsAsync(cancellation);
        var trouble = new KafkaTrouble(options, credentials, options.ProtocolFor(credentials, credentialOptions.AllowInsecure), time);
        using var admin = Open(new AdminClientConfig(options.ClientConfig(credentials, credentialOptions.AllowInsecure)), options, trouble, credentials);
        try
        {
            return await ask(admin).WaitAsync(cancellation);
        }
        catch (KafkaException error) when (error.Error.Code is ErrorCode.Local_UnsupportedFeature or ErrorCode.UnsupportedVersion or ErrorCode.Local_TimedOut)
        {
            return null;
        }
        catch (DescribeConfigsException error) when (error.Results.Any(result => result.Error.Code is ErrorCode.TopicAuthorizationFailed or ErrorCode.ClusterAuthorizationFailed))
        {
            return null;
        }
        catch (KafkaException error)
        {
            throw new FailureException(KafkaFailures.Of(error.Error.Code, [], options, operation), error);
        }
    }

    private IAdminClient Open(AdminClientConfig config, KafkaOptions at, KafkaTrouble trouble, PeerCredentials credentials)
    {
        var builder = new AdminClientBuilder(at.Adjusted(config)).SetErrorHandler((_, error) => trouble.Heard(error)).SetLogHandler((_, line) => log.Write(line));
        if (ClientTokens.For(credentials, at, trouble) is { } tokens)
            builder.SetOAuthBearerTokenRefreshHandler((client, _) => tokens.Give(client));
        return builder.Build();
    }

    private Outcome Look(KafkaOptions at, KafkaTrouble trouble, PeerCredentials credentials, TimeSpan timeout, CancellationToken cancellation)
    {
        var config = new AdminClientConfig(at.ClientConfig(credentials, credentialOptions.AllowInsecure)) { AllowAutoCreateTopics = false };
        using var admin = Open(config, at, trouble, credentials);
        var metadata = trouble.Ask(limit => admin.GetMetadata(at.Topic, limit), timeout, cancellation);
        var topic = metadata.Topics.Single();
        return topic.Error.IsError
            ? throw new KafkaException(topic.Error)
            : new Outcome(metadata.Brokers.Count, topic.Partitions.Count, topic.Partitions.Count(partition => partition.Leader < 0), ClientLibrary.ClusterId(admin.Handle, TimeSpan.Zero),
                [.. metadata.Brokers.Select(broker => $"{(broker.Host.Contains(':') ? $"[{broker.Host}]" : broker.Host)}:{broker.Port}")]);
    }
}
