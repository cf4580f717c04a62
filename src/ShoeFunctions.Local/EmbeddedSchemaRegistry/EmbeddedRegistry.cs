using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using ShoeFunctions.Local.Machine;

namespace ShoeFunctions.Local.EmbeddedSchemaRegistry;

/// <summary>
/// A schema registry in this process, over real HTTP on loopback: what the clients of Confluent Schema Registry use for
/// Protobuf. It keeps everything in memory.
/// </summary>
public sealed class EmbeddedRegistry : IAsyncDisposable
{
    private const int MaxBodyBytes = 1024 * 1024;

    private readonly WebApplication _server;

    private EmbeddedRegistry(int port)
    {
        // An empty builder reads no configuration, logs nothing and knows no signals but by the lifetime that is replaced.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddRoutingCore();
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = TimeSpan.FromSeconds(1));
        builder.WebHost.UseKestrelCore().ConfigureKestrel(options =>
        {
            options.AddServerHeader = false;
            options.Limits.MaxRequestBodySize = MaxBodyBytes;
            options.Listen(IPAddress.Loopback, port);
        });

        _server = builder.Build();
        _server.Use(async (context, next) =>
        {
            if (Intercept is not { } intercept || !await intercept(context))
                await next(context);
        });
        _server.Use(next => context => RegistryAnswers.WithErrorsAsync(context, next));
        _server.Use(async (context, next) =>
        {
            if (!OwnNames.Have(context.Request.Host))
                throw RegistryError.Http(StatusCodes.Status421MisdirectedRequest);
            await next(context);
        });
        _server.UseRouting();

        var levels = new CompatibilityLevels();
        new RegistryRoutes(_server, new SubjectStore(levels), levels).Map();
    }

    /// <summary>Where it listens: http://127.0.0.1 and the port.</summary>
    public Uri Url { get; private set; } = null!;

    /// <summary>Runs before every request: true says that it has answered.</summary>
    internal Func<HttpContext, Task<bool>>? Intercept { get; set; }

    /// <summary>Starts a registry.</summary>
    /// <param name="port">The port, or 0 for one that is free.</param>
    /// <param name="cancellation">Gives up the start.</param>
    /// <exception cref="IOException">The port is in use.</exception>
    public static async Task<EmbeddedRegistry> StartAsync(int port = 0, CancellationToken cancellation = default)
    {
        var registry = new EmbeddedRegistry(port);
        try
        {
            await registry._server.StartAsync(cancellation);
            registry.Url = new Uri(registry._server.Urls.First());
            return registry;
        }
        catch
        {
            await registry._server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Stops listening, and forgets everything.</summary>
    public async ValueTask DisposeAsync()
    {
        await _server.StopAsync();
        await _server.DisposeAsync();
    }

    /// <summary>Signals belong to the process that the registry lives in.</summary>
    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
