using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using ShoeFunctions.Engine;
using ShoeFunctions.Engine.Connections;
using ShoeFunctions.Engine.SchemaRegistry;
using ShoeFunctions.Engine.Tests.Doubles;
using ShoeFunctions.Hosting;
using ShoeFunctions.Serialization;

namespace ShoeFunctions.Tests.Adapters;

/// <summary>The app's own container, as Program.cs fills it, with the edges replaced: brokers and registry.</summary>
internal sealed class TestApp : IDisposable
{
    private readonly IHost _host;
    private readonly List<string> _opened = [];

    public TestApp(params (string Name, string Value)[] settings)
    {
        var values = new Dictionary<string, string?>
        {
            ["KAFKA_BOOTSTRAP_SERVERS"] = "localhost:9092",
            ["SCHEMA_REGISTRY_URL"] = "http://localhost:8081",
            ["BATCH_SIZE"] = "10",
            // Without its host's address the worker's own part of the container cannot be made.
            ["Functions:Worker:HostEndpoint"] = "http://127.0.0.1:9",
            ["Functions:Worker:WorkerId"] = "worker-1",
            ["Functions:Worker:RequestId"] = "start-1",
            ["Functions:Worker:GrpcMaxMessageLength"] = $"{int.MaxValue}",
        };
        foreach (var (name, value) in settings)
            values[name] = value;

        var builder = FunctionsApplication.CreateBuilder([]);
        builder.Configuration.Sources.Clear();
        builder.Configuration.AddInMemoryCollection(values);
        builder.Services.AddSingleton<TimeProvider>(Time);
        builder.UseFunctionsHost().Logging.ClearProviders();
        builder.Services.AddShoes();
        builder.Services.AddConfluentSerializer();
        builder.Services.Replace(ServiceDescriptor.Singleton<OpenSender>(_ => _ => Open("brokers", Sender)));
        builder.Services.Replace(ServiceDescriptor.Singleton<OpenRegistry>(provider => credentials =>
            Open("registry", new RegistryClient(provider.GetRequiredService<SchemaRegistryOptions>(), credentials, Time, Registry))));
        _host = builder.Build();
    }

    public FakeTimeProvider Time { get; } = new(TestEngine.Start);

    public CollectingSender Sender { get; } = new();

    public RegistryDouble Registry { get; } = new();

    /// <summary>Which connections were opened, in order.</summary>
    public IReadOnlyList<string> Opened => _opened;

    public IServiceProvider Services => _host.Services;

    /// <summary>A function class, made as the worker makes it.</summary>
    public T Function<T>() => ActivatorUtilities.CreateInstance<T>(_host.Services);

    public void Dispose() => _host.Dispose();

    private T Open<T>(string what, T connection)
    {
        _opened.Add(what);
        return connection;
    }
}
