using Confluent.Kafka;
using Confluent.SchemaRegistry;
using Confluent.SchemaRegistry.Serdes;
using Main;
using Microsoft.Extensions.DependencyInjection;
using ShoeFunctions.Engine.Credentials;
using ShoeFunctions.Engine.Failures;
using ShoeFunctions.Engine.Generation;
using ShoeFunctions.Engine.Producing;
using ShoeFunctions.Engine.Serialization;

namespace ShoeFunctions.Serialization;

/// <summary>
/// Confluent's own serialiser: it runs the data-contract rules of the subject's newest version on every shoe, where the
/// engine's refuses such a subject.
/// </summary>
public sealed class ConfluentSerializer(ShoeConnections connections, ShoeSubject subject, KafkaOptions kafka) : IShoeSerializer
{
    // The schema is registered by us, so that its failures are classified; rules belong to the newest version.
    private static readonly ProtobufSerializerConfig Config = new()
    {
        SubjectNameStrategy = SubjectNameStrategy.Topic,
        AutoRegisterSchemas = false,
        UseLatestVersion = true,
    };

    private readonly SerializationContext _context = new(MessageComponentType.Value, kafka.Topic);
    private ISchemaRegistryClient? _registry;
    private ProtobufSerializer<Shoe>? _serializer;

    /// <inheritdoc/>
    public async ValueTask PrepareAsync(CancellationToken cancellation)
    {
        if (_serializer is not null && _registry == await connections.RegistryAsync(cancellation))
            return;

        await subject.ResolveAsync().WaitAsync(cancellation);
        _registry = await connections.RegistryAsync(cancellation);
        _serializer = new ProtobufSerializer<Shoe>(_registry, Config);
    }

    /// <inheritdoc/>
    public async ValueTask<byte[]> SerializeAsync(GeneratedShoe shoe)
    {
        try
        {
            return await _serializer!.SerializeAsync(shoe.ToMessage(), _context);
        }
        catch (Exception error) when (error is not FailureException)
        {
            throw new FailureException(subject.Classify(error, "serialise"), error);
        }
    }
}

/// <summary>Registers it.</summary>
public static class ConfluentSerializerServices
{
    /// <summary>Makes <c>SERIALIZER=confluent</c> possible.</summary>
    public static IServiceCollection AddConfluentSerializer(this IServiceCollection services) =>
        services.AddKeyedSingleton<IShoeSerializer, ConfluentSerializer>(SerializerKind.Confluent);
}
