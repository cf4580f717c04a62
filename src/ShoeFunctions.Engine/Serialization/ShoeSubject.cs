using Microsoft.Extensions.Logging;
using ShoeFunctions.Engine.Credentials;
using ShoeFunctions.Engine.Failures;
using ShoeFunctions.Engine.Producing;

namespace ShoeFunctions.Engine.Serialization;

/// <summary>The topic's subject in the registry (TopicNameStrategy), where the schema of the shoes is registered.</summary>
public sealed partial class ShoeSubject(
    ShoeConnections connections, SchemaRegistryOptions options, KafkaOptions kafka, ILogger<ShoeSubject> logger)
{
    /// <summary>What the registry says of itself and of the subject.</summary>
    /// <param name="Subject">The subject.</param>
    /// <param name="Subjects">How many subjects there are.</param>
    /// <param name="Types">The kinds of schemas it knows.</param>
    /// <param name="LatestVersion">The subject's newest version, or null where there is none yet.</param>
    /// <param name="IsCompatible">Whether the subject would take our schema.</param>
    /// <param name="Endpoints">What was asked.</param>
    public sealed record Outcome(string Subject, int Subjects, string[] Types, int? LatestVersion, bool IsCompatible, string[] Endpoints);

    /// <summary>The subject's name: <c>&lt;topic&gt;-value</c>.</summary>
    public string Name { get; } = kafka.Topic + "-value";

    /// <summary>The id of our schema in the subject, registered or looked up as the settings say.</summary>
    /// <exception cref="FailureException">The registry did not answer well.</exception>
    public async Task<int> ResolveAsync(CancellationToken cancellation)
    {
        var id = options.AutoRegister
            ? await AskAsync("register schema", registry => registry.RegisterAsync(Name, cancellation), cancellation)
            : await AskAsync("look up schema", registry => registry.LookUpAsync(Name, cancellation), cancellation);
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

    /// <summary>Looks at the registry and the subject, and changes nothing.</summary>
    /// <exception cref="FailureException">The registry did not answer well.</exception>
    public async Task<Outcome> LookAsync(CancellationToken cancellation)
    {
        var subjects = AskAsync("read subjects", registry => registry.SubjectsAsync(cancellation), cancellation);
        var types = AskAsync("read schema types", registry => registry.TypesAsync(cancellation), cancellation);
        var latest = AskAsync("read latest schema", registry => LatestOrNoneAsync(registry, cancellation), cancellation);
        await Task.WhenAll(subjects, types, latest);

        var isCompatible = await latest is null || await AskAsync("check compatibility", registry => registry.IsCompatibleAsync(Name, cancellation), cancellation);
        return new Outcome(
            Name, (await subjects).Length, await types, (await latest)?.Version, isCompatible,
            ["/subjects", "/schemas/types", $"/subjects/{Name}/versions/latest", .. await latest is null ? Array.Empty<string>() : [$"/compatibility/subjects/{Name}/versions/latest"]]);
    }

    private async Task<RegisteredVersion?> LatestOrNoneAsync(RegistryClient registry, CancellationToken cancellation)
    {
        try
        {
            return await registry.LatestAsync(Name, cancellation);
        }
        catch (RegistryException unknown) when (unknown.ErrorCode is 40401 or 40402)
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
                throw new StillFailingException(FailureClassifier.OfSchemaRegistry(cut.InnerException ?? cut, operation, options.Url, Name), cut);
            }
            catch (Exception error)
            {
                var failure = FailureClassifier.OfSchemaRegistry(error, operation, options.Url, Name);
                if (again || failure.Kind != FailureKind.Authentication || !await connections.RenewAsync(cancellation))
                    throw new FailureException(failure, error);
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(200, LogLevel.Information, "subject {Subject} has our schema under id {SchemaId}")]
        public static partial void Resolved(ILogger logger, string subject, int schemaId);
    }
}
