using Confluent.SchemaRegistry;
using Main;
using Microsoft.Extensions.Logging;
using ShoeFunctions.Engine.Failures;
using ShoeFunctions.Engine.Producing;

namespace ShoeFunctions.Engine.Serialization;

/// <summary>The topic's subject in the registry (TopicNameStrategy), where the schema of the shoes is registered.</summary>
public sealed partial class ShoeSubject(
    ISchemaRegistryClient registry, SchemaRegistryOptions options, KafkaOptions kafka, ILogger<ShoeSubject> logger) : IDisposable
{
    /// <summary>The schema as the registry takes it from .NET: the base64 of its FileDescriptorProto, which has no comments.</summary>
    public static Schema Schema { get; } =
        new(ShoeReflection.Descriptor.SerializedData.ToBase64(), SchemaType.Protobuf);

    private readonly SemaphoreSlim _once = new(1);
    private ShoeSerializer? _serializer;

    /// <summary>The subject's name: <c>&lt;topic&gt;-value</c>.</summary>
    public string Name { get; } = kafka.Topic + "-value";

    /// <summary>The serialiser for the registered schema. The registry is asked once, until it has answered well.</summary>
    /// <exception cref="FailureException">
    /// The registry did not answer well, or the subject's rules ask for a serialiser that runs them.
    /// </exception>
    public async ValueTask<ShoeSerializer> SerializerAsync(CancellationToken cancellation)
    {
        if (_serializer is { } ready)
            return ready;

        await _once.WaitAsync(cancellation);
        try
        {
            return _serializer ??= new ShoeSerializer(await SchemaIdAsync().WaitAsync(cancellation));
        }
        finally
        {
            _once.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _once.Dispose();

    private async Task<int> SchemaIdAsync()
    {
        if (options.AutoRegister)
            RefuseRules(await LatestAsync());

        var registered = await Asking(
            options.AutoRegister ? "register schema" : "look up schema",
            () => options.AutoRegister
                ? registry.RegisterSchemaAsync(Name, Schema, normalize: true)
                : registry.GetSchemaIdAsync(Name, Schema, normalize: true));

        // Asked again, because the registry may give its default rules to what is registered.
        RefuseRules(await LatestAsync());
        Log.Resolved(logger, Name, registered);
        return registered;
    }

    /// <summary>The subject's newest version, or null where the subject is not known yet.</summary>
    private Task<RegisteredSchema?> LatestAsync() => Asking("read latest schema", async () =>
    {
        try
        {
            return await registry.GetLatestWithMetadataAsync(Name, new Dictionary<string, string>(), ignoreDeletedSchemas: true);
        }
        catch (SchemaRegistryException unknown) when (unknown.ErrorCode is 40401 or 40402)
        {
            return null;
        }
    });

    private void RefuseRules(RegisteredSchema? latest)
    {
        if (latest?.RuleSet is not { } rules)
            return;

        var count = (rules.DomainRules?.Count ?? 0) + (rules.EncodingRules?.Count ?? 0) + (rules.MigrationRules?.Count ?? 0);
        if (count > 0)
            throw new FailureException(new Failure(FailureSource.SchemaRegistry, "read latest schema", FailureKind.Invalid, "rule-set", false,
                $"Subject {Name} has {count} data-contract rule(s) in version {latest.Version}, which must run on every record and which "
                + "this serialiser does not run: use another topic, or remove the rules from the subject."));
    }

    private async Task<T> Asking<T>(string operation, Func<Task<T>> request)
    {
        try
        {
            return await request();
        }
        catch (Exception error)
        {
            throw new FailureException(FailureClassifier.OfSchemaRegistry(error, operation, options.Url, Name), error);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(200, LogLevel.Information, "subject {Subject} has our schema under id {SchemaId}")]
        public static partial void Resolved(ILogger logger, string subject, int schemaId);
    }
}
