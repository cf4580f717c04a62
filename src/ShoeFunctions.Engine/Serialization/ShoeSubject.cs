using Confluent.SchemaRegistry;
using Main;
using Microsoft.Extensions.Logging;
using ShoeFunctions.Engine.Credentials;
using ShoeFunctions.Engine.Failures;
using ShoeFunctions.Engine.Producing;

namespace ShoeFunctions.Engine.Serialization;

/// <summary>The topic's subject in the registry (TopicNameStrategy), where the schema of the shoes is registered.</summary>
public sealed partial class ShoeSubject(
    ShoeConnections connections, SchemaRegistryOptions options, KafkaOptions kafka, ILogger<ShoeSubject> logger)
{
    /// <summary>The schema as the registry takes it from .NET: the base64 of its FileDescriptorProto, which has no comments.</summary>
    public static Schema Schema { get; } =
        new(ShoeReflection.Descriptor.SerializedData.ToBase64(), SchemaType.Protobuf);

    /// <summary>The subject's name: <c>&lt;topic&gt;-value</c>.</summary>
    public string Name { get; } = kafka.Topic + "-value";

    /// <summary>The id of our schema in the subject, registered or looked up as the settings say.</summary>
    /// <exception cref="FailureException">The registry did not answer well.</exception>
    public async Task<int> ResolveAsync()
    {
        var id = await Asking(
            options.AutoRegister ? "register schema" : "look up schema",
            registry => options.AutoRegister
                ? registry.RegisterSchemaAsync(Name, Schema, normalize: true)
                : registry.GetSchemaIdAsync(Name, Schema, normalize: true));
        Log.Resolved(logger, Name, id);
        return id;
    }

    /// <summary>Makes sure that no rules have to run on what is written to the subject.</summary>
    /// <exception cref="FailureException">Its newest version has rules, or the registry did not answer well.</exception>
    public async Task RefuseRulesAsync()
    {
        var latest = await Asking("read latest schema", registry => registry.GetLatestSchemaAsync(Name));
        if (latest.RuleSet is not { } rules)
            return;

        var count = (rules.DomainRules?.Count ?? 0) + (rules.EncodingRules?.Count ?? 0) + (rules.MigrationRules?.Count ?? 0);
        if (count > 0)
            throw new FailureException(new Failure(FailureSource.SchemaRegistry, "read latest schema", FailureKind.Invalid, "rule-set", false,
                $"Subject {Name} has {count} data-contract rule(s) in version {latest.Version}, which must run on every record and which "
                + "the engine's serialiser does not run: set SERIALIZER=confluent in the Functions app, use another topic, or remove the rules."));
    }

    /// <summary>What an error of the registry's client comes to.</summary>
    public Failure Classify(Exception error, string operation) => FailureClassifier.OfSchemaRegistry(error, operation, options.Url, Name);

    /// <summary>Asks, and asks once more where the credentials were refused and there are others.</summary>
    private async Task<T> Asking<T>(string operation, Func<ISchemaRegistryClient, Task<T>> request)
    {
        for (var again = false; ; again = true)
        {
            var registry = await connections.RegistryAsync(CancellationToken.None);
            try
            {
                return await request(registry);
            }
            catch (Exception error)
            {
                var failure = Classify(error, operation);
                if (again || failure.Kind != FailureKind.Authentication || !await connections.RenewAsync(CancellationToken.None))
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
