using Confluent.Kafka;
using Confluent.SchemaRegistry;
using Confluent.SchemaRegistry.Serdes;
using Main;
using Microsoft.Extensions.DependencyInjection;
using ShoeFunctions.Engine.Credentials;
using ShoeFunctions.Engine.Failures;
using ShoeFunctions.Engine.Kafka;
using ShoeFunctions.Engine.SchemaRegistry;
using ShoeFunctions.Engine.Serialization;
using ShoeFunctions.Engine.Shoes;

namespace ShoeFunctions.Serialization;

/// <summary>
/// Confluent's own serialiser: it runs the data-contract rules of the subject's newest version on every shoe, where the
/// engine's refuses such a subject.
/// </summary>
public sealed class ConfluentSerializer(
    ShoeSubject subject, CredentialSource keys, SchemaRegistryOptions options, KafkaOptions kafka) : IShoeSerializer, IDisposable
{
    // The schema is registered by us, so that its failures are classified; rules belong to the newest version.
    private static readonly ProtobufSerializerConfig Config = new()
    {
        SubjectNameStrategy = SubjectNameStrategy.Topic,
        AutoRegisterSchemas = false,
        UseLatestVersion = true,
    };

    private readonly SerializationContext _context = new(MessageComponentType.Value, kafka.Topic);
    private PeerCredentials? _credentials;
    private CachedSchemaRegistryClient? _registry;
    private ProtobufSerializer<Shoe>? _serializer;

    /// <inheritdoc/>
    public async ValueTask PrepareAsync(CancellationToken cancellation)
    {
        if (_serializer is not null && _credentials == (await keys.GetAsync(cancellation)).SchemaRegistry)
            return;

        await subject.ResolveAsync(cancellation);
        _credentials = (await keys.GetAsync(cancellation)).SchemaRegistry;
        _registry?.Dispose();
        _registry = Open(_credentials);
        _serializer = new ProtobufSerializer<Shoe>(_registry, Config);
    }

    /// <inheritdoc/>
    public async ValueTask<byte[]> SerializeAsync(GeneratedShoe shoe)
    {
        try
        {
            return await _serializer!.SerializeAsync(shoe.ToMessage(), _context);
        }
        catch (FailureException)
        {
            // There is no token to ask the registry with.
            throw;
        }
        catch (SchemaRegistryException answer)
        {
            throw Failed(new RegistryException(answer.Status, answer.ErrorCode > 0 ? answer.ErrorCode : null, null), answer);
        }
        catch (Exception error)
        {
            throw Failed(error, error);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _registry?.Dispose();

    private CachedSchemaRegistryClient Open(PeerCredentials credentials)
    {
        if (credentials.Tls is not null)
            throw new FailureException(new Failure(FailureSource.Settings, "serialise", FailureKind.Invalid, "no-certificates", false, ConfluentPart.NoCertificates));

        return new CachedSchemaRegistryClient(
            new SchemaRegistryConfig
            {
                Url = string.Join(",", options.Urls),
                BasicAuthUserInfo = credentials.Key is { } key ? $"{key.Key}:{key.Secret}" : null,
                RequestTimeoutMs = (int)options.Timeout.TotalMilliseconds,
                // Which rules the subject has is asked again after a minute; by default never.
                LatestCacheTtlSecs = 60,
            },
            credentials is { Key: null, Tokens: { } tokens } ? new RegistryTokens(tokens, options) : null);
    }

    private FailureException Failed(Exception error, Exception cause) =>
        new(RegistryFailures.Of(error, "serialise", options.Url, subject.Name), cause);
}

/// <summary>Registers it.</summary>
public static class ConfluentSerializerServices
{
    /// <summary>Makes <c>SERIALIZER=confluent</c> possible.</summary>
    public static IServiceCollection AddConfluentSerializer(this IServiceCollection services) => services
        .AddKeyedSingleton<IShoeSerializer, ConfluentSerializer>(SerializerKind.Confluent)
        .AddSingleton(ConfluentPart.Present);
}
