using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ShoeFunctions.Engine.Configuration;
using ShoeFunctions.Engine.Failures;
using ShoeFunctions.Engine.Producing;
using ShoeFunctions.Engine.Progress;

namespace ShoeFunctions.Local;

/// <summary>Runs everything: the embedded parts where they are needed, the HTTP front, the timer.</summary>
internal static class RunCommand
{
    public sealed record Options(IPAddress Listen, int Port, int? Ticks, string? ReadyFile, string? State);

    public static async Task<int> RunAsync(Options options, CancellationToken cancellation)
    {
        if (options.ReadyFile is { } path && !Directory.Exists(Path.GetDirectoryName(Path.GetFullPath(path))))
            throw new DoorException($"--ready-file: the folder of '{path}' does not exist.", ExitCode.WrongUsage);

        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Configuration.AddEnvironmentVariables();
        await using var embedded = await EmbeddedParts.StartAsync(builder.Configuration, cancellation);
        Configure(builder, options);

        await using var app = builder.Build();
        var settings = app.Services.GetRequiredService<ShoeSettings>();
        embedded.CreateTopic(settings.Kafka.Topic);
        app.MapShoes();

        // At the same time, so that the first tick finds everything open.
        var stopping = app.Lifetime.ApplicationStopping;
        var prepared = Task.Run(() => app.Services.GetRequiredService<ShoeProducer>().PrepareAsync(stopping), CancellationToken.None);
        await StartAsync(app, options, prepared, cancellation);
        await SayWhatRunsAsync(app, settings, embedded, options, prepared);
        var timer = app.Services.GetRequiredService<TickTimer>();
        var delivered = await timer.RunAsync(options.Ticks, stopping);
        var told = stopping.IsCancellationRequested;
        await app.StopAsync(CancellationToken.None);

        Console.WriteLine($"{timer.Totals.Ticks} ticks, {timer.Totals.Delivered} shoes delivered, {timer.Totals.Failed} failed");
        return delivered || told ? ExitCode.Done : ExitCode.Failed;
    }

    private static void Configure(WebApplicationBuilder builder, Options options)
    {
        builder.Services.AddSingleton(provider => ProgressStore(provider, options.State));
        builder.Services.AddShoes();
        builder.Services.AddSingleton<TickTimer>();
        builder.Services.AddRoutingCore();
        builder.Services.Configure<ConsoleLifetimeOptions>(lifetime => lifetime.SuppressStatusMessages = true);
        builder.WebHost.UseKestrelCore().UseUrls($"http://{new IPEndPoint(options.Listen, options.Port)}");
        builder.Logging.AddConsole(console =>
        {
            console.FormatterName = LineFormatter.FormatterName;
            console.LogToStandardErrorThreshold = LogLevel.Warning;
        });
        builder.Logging.AddConsoleFormatter<LineFormatter, Microsoft.Extensions.Logging.Console.ConsoleFormatterOptions>();
        builder.Logging.AddFilter("Microsoft", LogLevel.Warning);
        // That a port is in use is said by us, in one line.
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.None);
    }

    private static IProgressStore ProgressStore(IServiceProvider provider, string? folder)
    {
        if (folder is null)
            return new MemoryProgressStore();

        var time = provider.GetRequiredService<TimeProvider>();
        return new RememberingProgressStore(
            () => new FileProgressStore(folder, provider.GetRequiredService<KafkaOptions>().Topic, time),
            time,
            provider.GetRequiredService<ILogger<RememberingProgressStore>>());
    }

    private static async Task StartAsync(WebApplication app, Options options, Task prepared, CancellationToken cancellation)
    {
        try
        {
            await ListenAsync(app, prepared, cancellation);
        }
        catch (IOException)
        {
            throw new DoorException($"Port {options.Port} on {options.Listen} is in use: stop what uses it, or choose another with --port (0 takes a free one).", ExitCode.Failed);
        }
        catch (SocketException refused)
        {
            throw new DoorException($"Cannot listen on {new IPEndPoint(options.Listen, options.Port)}: {refused.Message}. See --listen and --port.", ExitCode.Failed);
        }
    }

    private static async Task ListenAsync(WebApplication app, Task prepared, CancellationToken cancellation)
    {
        try
        {
            await app.StartAsync(cancellation);
        }
        catch
        {
            // What is being opened at the same time would complain of the brokers' end, after the one line that says why.
            app.Lifetime.StopApplication();
            await prepared.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw;
        }
    }

    private static async Task SayWhatRunsAsync(
        WebApplication app, ShoeSettings settings, EmbeddedParts embedded, Options options, Task prepared)
    {
        try
        {
            await prepared;
        }
        catch (FailureException failure)
        {
            throw new DoorException(failure.Message, ExitCode.Failed);
        }
        catch (OperationCanceledException)
        {
            throw new DoorException("Told to stop before anything was produced.", ExitCode.Done);
        }

        var http = app.Urls.First();
        Console.WriteLine($"kafka            {settings.Kafka.BootstrapServers}{(embedded.Kafka is null ? "" : " (embedded)")}, topic {settings.Kafka.Topic}");
        Console.WriteLine($"schema registry  {settings.SchemaRegistry.Url}{(embedded.SchemaRegistry is null ? "" : " (embedded)")}");
        Console.WriteLine($"http             {http}/api/stats, {http}/api/health/live");
        if (options.ReadyFile is { } path)
            await new ReadyFile(http, settings.Kafka.BootstrapServers, settings.SchemaRegistry.Url.AbsoluteUri, settings.Kafka.Topic).WriteAsync(path, app.Lifetime.ApplicationStopping);
    }
}
