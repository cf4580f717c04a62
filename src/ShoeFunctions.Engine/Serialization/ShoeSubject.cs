using System.Net;
using Microsoft.Extensions.Logging;
using ShoeFunctions.Engine.Connections;
using ShoeFunctions.Engine.Failures;
using ShoeFunctions.Engine.Kafka;
using ShoeFunctions.Engine.Network;
using ShoeFunctions.Engine.SchemaRegistry;

namespace ShoeFunctions.Engine.Serialization;

/// <summary>The topic's subject in the registry (TopicNameStrategy), where the schema of the shoes is registered.</summary>
public sealed partial class ShoeSubject(
    ShoeConnections connections, SchemaRegistryOptions options, KafkaOptions kafka, KafkaProbe probe, ILogger<ShoeSubject> logger)
{
    /// <summary>What the registry says of itself and of the subject.</summary>
    /// <param name="Subject">The subject.</param>
    /// <param name="Subjects">How many subjects there are.</param>
    /// <param name="Types">The kinds of schemas it knows.</param>
    /// <param name="LatestVersion">The subject's newest version, or null where there is none yet.</param>
    /// <param name="SchemaId">The id of our schema in the subject, or null where it has to be registered.</param>
    /// <param name="Endpoints">What was asked.</param>
    public sealed record Outcome(string Subject, int Subjects, string[] Types, int? LatestVersion, int? SchemaId, string[] Endpoints);

    /// <summary>The subject's name: <c>&lt;topic&gt;-value</c>.</summary>
    public string Name { get; } = kafka.Topic + "-value";

    /// <summary>The id of our schema in the subject, registered or looked up as the settings say.</summary>
    /// <exception cref="FailureException">The registry did not answer well.</exception>
    public async Task<int> ResolveAsync(CancellationToken cancellation)
    {
        var id = await FindAsync(cancellation) ?? await RegisterAsync(cancellation);
        Log.Resolved(logger, Name, id);
        return id;
    }

    /// <summary>Makes sure that no rules have to run on what is written to the subject.</summary>
    /// <exception cref="FailureException">Its newest version has rules, or the registry did not answer well.</exception>
    public async Task RefuseRulesAsync(CancellationToken cancellation)
    {
        var latest = await AskAsync("read latest schema", registry => registry.LatestAsync(Name, cancellation), cancellation);
        if (latest.RuleSet is { Count: > 0 and var count })
            throw new FailureException(new Failure(FailureSource.SchemaRegistry, "read latest schema", FailureKind.Invalid, "rule-set", false,
                $"Subject {Name} has {count} data-contract rule(s) in version {latest.Version}, which must run on every record and which "
                + "the engine's serialiser does not run: set SERIALIZER=confluent in the Functions app, use another topic, or remove the rules."));
    }

    /// <summary>Looks at the registry and the subject as a run does, and changes nothing.</summary>
    /// <exception cref="FailureException">The registry did not answer well, or would not take or have our schema.</exception>
    public async Task<Outcome> LookAsync(CancellationToken cancellation)
    {
        var subjects = AskAsync("read subjects", registry => registry.SubjectsAsync(cancellation), cancellation);
        var types = AskAsync("read schema types", registry => registry.TypesAsync(cancellation), cancellation);
        var latest = AskAsync("read latest schema", registry => OrNoneAsync(registry.LatestAsync(Name, cancellation), 40401, 40402), cancellation);
        await Task.WhenAll(subjects, types, latest);

        var endpoints = new List<string> { "/subjects", "/schemas/types", $"/subjects/{Name}/versions/latest", $"/subjects/{Name}" };
        var id = await FindAsync(cancellation);
        if (id is null)
            await RefuseUnregistrableAsync(await latest, endpoints, cancellation);
        return new Outcome(Name, (await subjects).Length, await types, (await latest)?.Version, id, [.. endpoints]);
    }

    /// <summary>The id of our schema; null where it is not there and is to be registered.</summary>
    private Task<int?> FindAsync(CancellationToken cancellation) => AskAsync(
        "look up schema",
        async registry =>
        {
            try
            {
                return await registry.LookUpAsync(Name, cancellation);
            }
            catch (RegistryRequestException missing) when (options.AutoRegister && missing.Cause is RegistryException { ErrorCode: 40401 or 40403 })
            {
                return (int?)null;
            }
        },
        cancellation);

    /// <summary>Registers it, where the topic is there: a mistyped name would leave a subject behind that nobody needs.</summary>
    private async Task<int> RegisterAsync(CancellationToken cancellation)
    {
        // Ends before the tick does, because its own error says more.
        var patience = TimeSpan.FromMilliseconds(Math.Max(kafka.Timeout.TotalMilliseconds - 1500, kafka.Timeout.TotalMilliseconds / 2));
        for (var again = false; ; again = true)
        {
            try
            {
                await probe.LookAsync(patience, cancellation);
                break;
            }
            catch (FailureException refused) when (!again && MayBeOutdated(refused.Failure))
            {
                // Asked once more, where there are others.
                if (!await connections.RenewAsync(cancellation))
                    throw;
            }
        }

        return await AskAsync("register schema", registry => registry.RegisterAsync(Name, cancellation), cancellation);
    }

    /// <summary>Makes sure that the subject would take our schema, as far as that can be known without trying.</summary>
    private async Task RefuseUnregistrableAsync(RegisteredVersion? latest, List<string> endpoints, CancellationToken cancellation)
    {
        endpoints.Add($"/mode/{Name}");
        if (await AskAsync("read mode", registry => ModeOrNoneAsync(registry, cancellation), cancellation) is { } mode && mode != "READWRITE")
            throw new FailureException(RegistryFailures.Of(new RegistryException(HttpStatusCode.UnprocessableEntity, 42205, null), "read mode", await AnsweredAsync(cancellation), Name));
        if (latest is null)
            return;

        endpoints.Add($"/compatibility/subjects/{Name}/versions/latest");
        if (!await AskAsync("check compatibility", registry => registry.IsCompatibleAsync(Name, cancellation), cancellation))
            throw new FailureException(RegistryFailures.Of(new RegistryException(HttpStatusCode.Conflict, null, null), "check compatibility", await AnsweredAsync(cancellation), Name));
    }

    /// <summary>Which of the registry's addresses answered.</summary>
    private async Task<Uri> AnsweredAsync(CancellationToken cancellation) => (await connections.RegistryAsync(cancellation)).Url;

    private static async Task<T?> OrNoneAsync<T>(Task<T> asked, params int[] none) where T : class
    {
        try
        {
            return await asked;
        }
        catch (RegistryRequestException unknown) when (unknown.Cause is RegistryException { ErrorCode: { } code } && none.Contains(code))
        {
            return null;
        }
    }

    /// <summary>The mode; null where the registry does not know or not tell any.</summary>
    private async Task<string?> ModeOrNoneAsync(RegistryClient registry, CancellationToken cancellation)
    {
        try
        {
            return await registry.ModeAsync(Name, cancellation);
        }
        catch (RegistryRequestException untold) when (untold.Cause is RegistryException { Status: HttpStatusCode.NotFound or HttpStatusCode.MethodNotAllowed or HttpStatusCode.Forbidden })
        {
            return null;
        }
    }

    /// <summary>Asks, and asks once more where the credentials were refused and there are others.</summary>
    private async Task<T> AskAsync<T>(string operation, Func<RegistryClient, Task<T>> request, CancellationToken cancellation)
    {
        for (var again = false; ; again = true)
        {
            var registry = await connections.RegistryAsync(cancellation);
            try
            {
                return await request(registry);
            }
            catch (OperationCanceledException cut) when (cancellation.IsCancellationRequested)
            {
                var met = cut.InnerException as RegistryRequestException;
                throw new StillFailingException(RegistryFailures.Of(met?.Cause ?? cut, operation, met?.Url ?? registry.Url, Name), cut);
            }
            catch (RegistryRequestException error)
            {
                var failure = RegistryFailures.Of(error.Cause, operation, error.Url, Name, await FaultAsync(error, registry.Tls, cancellation));
                if (again || !MayBeOutdated(failure) || !await connections.RenewAsync(cancellation))
                    throw new FailureException(failure, error);
            }
        }
    }

    /// <summary>Whether other credentials or certificates, if there are any, may do better.</summary>
    private static bool MayBeOutdated(Failure failure) => failure.Kind is FailureKind.Authentication or FailureKind.Tls;

    /// <summary>What is the matter with TLS, where that may be the cause: a look at the address tells, unless a proxy is in between.</summary>
    private static async Task<TlsFault?> FaultAsync(RegistryRequestException error, TlsMaterial? tls, CancellationToken cancellation)
    {
        var isTls = error.Url.Scheme == "https";
        var mayBe = error.Cause switch
        {
            HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError } => isTls,
            HttpRequestException { HttpRequestError: HttpRequestError.InvalidResponse } => !isTls,
            // Whoever wants a certificate and sees none closes the connection, perhaps only when it is asked something.
            HttpRequestException { HttpRequestError: HttpRequestError.ResponseEnded or HttpRequestError.Unknown } => true,
            // Some servers of TLS tell a client that speaks plaintext so, in plaintext.
            RegistryException { Status: HttpStatusCode.BadRequest, ErrorCode: null } => !isTls,
            _ => false,
        };
        return mayBe && DirectLoopback.Between(error.Url) is null ? await TlsLook.Http.LookAsync(error.Url.Host.Trim('[', ']'), error.Url.Port, isTls, tls, cancellation) : null;
    }

    private static partial class Log
    {
        [LoggerMessage(200, LogLevel.Information, "subject {Subject} has our schema under id {SchemaId}")]
        public static partial void Resolved(ILogger logger, string subject, int schemaId);
    }
}
