using System.Runtime.CompilerServices;
using System.Text;
using Azure.Core;
using Azure.Security.KeyVault.Secrets;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using ShoeFunctions.Engine;
using ShoeFunctions.Engine.Credentials;
using ShoeFunctions.Engine.Delivery;
using ShoeFunctions.Engine.Progress;
using ShoeFunctions.Engine.Running;
using ShoeFunctions.Engine.Tests.Credentials;
using ShoeFunctions.Engine.Tests.Doubles;
using ShoeFunctions.Engine.Tests.Processes;
using ShoeFunctions.Engine.Ticks;
using ShoeFunctions.Local.EmbeddedKafka;
using ShoeFunctions.Local.EmbeddedSchemaRegistry;

namespace ShoeFunctions.Local.Tests.Credentials;

/// <summary>
/// The real container with the real clients, against brokers, a registry and a vault on loopback that all want to know
/// who it is. Only the time is the test's.
/// </summary>
internal sealed class GuardedEngine : IAsyncDisposable
{
    public const string Topic = "js_shoe";
    public const int Partitions = 6;

    private readonly ServiceProvider _services;
    private volatile ApiKey _registryAccepts;
    private int _registryRefusals;

    private GuardedEngine(EmbeddedRegistry registry, VaultServer vault, ApiKey kafka, ApiKey schemaRegistry, (string Name, string Value)[] settings)
    {
        (Registry, Vault, _registryAccepts) = (registry, vault, schemaRegistry);
        Cluster.CreateTopic(Topic, Partitions);
        Front = new SaslFront(Cluster, kafka);
        Registry.Intercept = RefuseStrangersAsync;
        var values = new Dictionary<string, string?>
        {
            ["KAFKA_BOOTSTRAP_SERVERS"] = Front.BootstrapServers,
            ["KAFKA_SECURITY_PROTOCOL"] = "SASL_PLAINTEXT",
            ["SCHEMA_REGISTRY_URL"] = registry.Url.AbsoluteUri,
            ["KEY_VAULT_URI"] = vault.Uri.AbsoluteUri,
        };
        foreach (var (name, value) in settings)
            values[name] = value;

        _services = new ServiceCollection()
            .AddLogging(logging => logging.SetMinimumLevel(LogLevel.Trace).AddProvider(Log))
            .AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(values).Build())
            .AddSingleton<TimeProvider>(Time)
            .AddShoes()
            .Replace(ServiceDescriptor.Singleton<OpenVault>(uri => NewKeyVault(uri, vault.Identity, VaultServer.ClientOptions())))
            .Replace(ServiceDescriptor.Singleton<OpenIdentity>(() => Identity))
            .BuildServiceProvider(new ServiceProviderOptions { ValidateOnBuild = true, ValidateScopes = true });
    }

    public EmbeddedCluster Cluster { get; } = new();

    public SaslFront Front { get; }

    public EmbeddedRegistry Registry { get; }

    public VaultServer Vault { get; }

    /// <summary>The program's identity, where tokens are asked for.</summary>
    public IdentityDouble Identity { get; } = new();

    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 11, 23, 14, 0, 0, TimeSpan.Zero));

    public CollectingLog Log { get; } = new();

    /// <summary>The pair that the registry lets in.</summary>
    public ApiKey RegistryAccepts { get => _registryAccepts; set => _registryAccepts = value; }

    /// <summary>Whether the registry lets a token in that comes with headers, where it takes tokens.</summary>
    public Func<string, IHeaderDictionary, bool>? RegistryAcceptsToken { get; set; }

    /// <summary>What the registry says to whom it does not let in.</summary>
    public (string ContentType, string Body) RegistryRefusal { get; set; } = ("application/json", """{"error_code":401,"message":"Unauthorized"}""");

    /// <summary>What the registry's nth refusal waits for before it is told, counted from 1.</summary>
    public Func<int, Task> BeforeRegistryRefusal { get; set; } = _ => Task.CompletedTask;

    /// <summary>Is told when the registry lets somebody in.</summary>
    public Action OnRegistryLogin { get; set; } = () => { };

    /// <summary>How often the registry let somebody not in.</summary>
    public int RegistryRefusals => _registryRefusals;

    public TickRunner Runner => Get<TickRunner>();

    public ShoeProducer Producer => Get<ShoeProducer>();

    public IProgressStore Progress => Get<IProgressStore>();

    public T Get<T>() where T : notnull => _services.GetRequiredService<T>();

    /// <summary>Starts everything; the vault holds the pairs that are let in.</summary>
    public static async Task<GuardedEngine> StartAsync(ApiKey kafka, ApiKey schemaRegistry, params (string Name, string Value)[] settings) => new(
        await EmbeddedRegistry.StartAsync(cancellation: TestContext.Current.CancellationToken),
        await VaultServer.WithKeysAsync(kafka.Key, kafka.Secret, schemaRegistry.Key, schemaRegistry.Secret),
        kafka, schemaRegistry, settings);

    /// <summary>The vault has another pair for the brokers from now on.</summary>
    public void PutIntoVault(ApiKey kafka)
    {
        Vault.Set("kafka-api-key", kafka.Key);
        Vault.Set("kafka-api-secret", kafka.Secret);
    }

    /// <summary>Runs what is due now.</summary>
    public async Task<IReadOnlyList<TickReport>> RunDueAsync() =>
        await Runner.RunDueAsync(TestContext.Current.CancellationToken).WaitAsync(Wait.Patience, TestContext.Current.CancellationToken);

    /// <summary>Waits for something while the time goes by, ten times as fast as it does: for what waits itself.</summary>
    public Task<T> PassingTimeAsync<T>(Task<T> task) => Wait.PassingAsync(() => Time.Advance(TimeSpan.FromMilliseconds(100)), task);

    /// <summary>All shoes that are on the topic, by their ids.</summary>
    public IReadOnlyList<long> ReadIds()
    {
        Front.StandAside();
        return TopicReader.ReadIds(Cluster.BootstrapServers, Topic, Partitions, TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        await Front.DisposeAsync();
        Cluster.Dispose();
        await Vault.DisposeAsync();
        await Registry.DisposeAsync();
    }

    private async Task<bool> RefuseStrangersAsync(HttpContext context)
    {
        var accepted = _registryAccepts;
        var words = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{accepted.Key}:{accepted.Secret}"));
        var shown = context.Request.Headers.Authorization.ToString();
        if (RegistryAcceptsToken is { } accepts
            ? shown.StartsWith("Bearer ", StringComparison.Ordinal) && accepts(shown["Bearer ".Length..], context.Request.Headers)
            : shown == $"Basic {words}")
        {
            OnRegistryLogin();
            return false;
        }

        await BeforeRegistryRefusal(Interlocked.Increment(ref _registryRefusals)).WaitAsync(context.RequestAborted);
        context.Response.StatusCode = 401;
        context.Response.ContentType = RegistryRefusal.ContentType;
        await context.Response.WriteAsync(RegistryRefusal.Body, context.RequestAborted);
        return true;
    }

    /// <summary>The engine's own tests alone see this constructor; here too the transport has to be the test's.</summary>
    [UnsafeAccessor(UnsafeAccessorKind.Constructor)]
    private static extern KeyVault NewKeyVault(Uri uri, TokenCredential credential, SecretClientOptions options);
}
