using System.Net;
using System.Net.Sockets;
using Confluent.Kafka;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;
using ShoeFunctions.Engine;
using ShoeFunctions.Engine.Connections;
using ShoeFunctions.Engine.Delivery;
using ShoeFunctions.Engine.Failures;
using ShoeFunctions.Engine.Kafka;
using ShoeFunctions.Engine.Progress;
using ShoeFunctions.Engine.Progress.Stores;
using ShoeFunctions.Engine.Setup;
using ShoeFunctions.Engine.Ticks;
using ShoeFunctions.Local.Hosting;
using ShoeFunctions.Local.Machine;
using ShoeFunctions.Local.Terminal;

namespace ShoeFunctions.Local.Commands;

/// <summary>Runs everything: the embedded parts where they are needed, the HTTP front, the timer.</summary>
internal static partial class RunCommand
{
    private const string NoPromise = "the embedded brokers do not keep that promise: readers see open and aborted ticks";

    public sealed record Options(IPAddress Listen, int Port, string[] Hosts, int? Ticks, string? ReadyFile, string? State, LogForm Log, bool Now, long? Keep, IReadOnlyDictionary<string, string?> Settings);

    public static async Task<int> RunAsync(CommandSettings environment, Options options, CancellationToken cancellation)
    {
        if (options.ReadyFile is { } path && !Directory.Exists(Path.GetDirectoryName(Path.GetFullPath(path))))
            throw new CommandException($"--ready-file: the folder of '{path}' does not exist.", ExitCode.WrongUsage);

        // The native client loads while the engine is put together.
        _ = Task.Run(static () => Library.Version, CancellationToken.None);
        using var configuration = environment.Read();
        configuration.AddInMemoryCollection(options.Settings);
        await using var embedded = await EmbeddedParts.StartAsync(configuration, cancellation, options.Keep);
        await using var engine = EngineOf(configuration, options, embedded);
        var settings = engine.GetRequiredService<ShoeSettings>();
        await RefuseBrokenStateAsync(engine, settings.Kafka, ClusterOf(settings.Kafka, embedded), options, cancellation);
        using var hold = HoldOf(engine, options, ClusterOf(settings.Kafka, embedded), settings.Kafka.Topic);
        hold?.TryTake();
        embedded.CreateTopic(settings.Kafka.Topic);

        // While the HTTP front is put together and begins to listen, so that the first tick finds everything open.
        using var stop = new CancellationTokenSource();
        var stopping = stop.Token;
        var prepared = Task.Run(() => engine.GetRequiredService<ShoeProducer>().PrepareAsync(stopping), CancellationToken.None);
        await using var app = FrontOf(engine, options);
        await using var stops = app.Lifetime.ApplicationStopping.Register(stop.Cancel);
        await StartAsync(app, options, prepared, cancellation);
        using var signals = new StopSignals();
        await SayWhatRunsAsync(app, engine, settings, embedded, options, prepared, signals);
        var timer = engine.GetRequiredService<TickTimer>();
        bool delivered;
        await using (engine.GetRequiredService<RetentionNotice>().Begin(embedded.Partitions, options.Ticks))
        using (engine.GetRequiredService<ProductionReport>().Begin())
            delivered = await timer.RunAsync(options.Ticks, stopping, hold is null ? null : hold.MayProduceAsync, options.Now);
        var told = stopping.IsCancellationRequested;
        await app.StopAsync(CancellationToken.None);

        SayWhatWasProduced(engine, timer.Totals, options);
        await RefuseToForgetAsync(engine);
        if (delivered || (told && options.Ticks is null))
            return ExitCode.Done;
        if (!told)
            return ExitCode.Failed;

        var left = Quantity.Of(options.Ticks!.Value - timer.Totals.Ticks, "tick");
        throw new CommandException(
            $"Stopped with {left} to go. {(options.State is null ? "With --state the next run goes on where this one ended." : "With the same --state the next run goes on where this one ended.")}",
            Interruptible.ExitCodeAfter(signals));
    }

    private static string ClusterOf(KafkaOptions kafka, EmbeddedParts embedded) =>
        embedded.Kafka is null ? ClusterName.Of(kafka.BootstrapServers) : ClusterName.Embedded;

    /// <summary>What keeps two processes with one state folder from producing both; null where there is none.</summary>
    private static StateHold? HoldOf(IServiceProvider engine, Options options, string cluster, string topic) => options.State is { } folder
        ? new StateHold(
            folder, cluster, topic, standsBy: options.Ticks is null, engine.GetRequiredService<ShoeConnections>(),
            engine.GetRequiredService<TimeProvider>(), engine.GetRequiredService<ILogger<ProgressHold>>())
        : null;

    /// <summary>All but the HTTP front.</summary>
    private static ServiceProvider EngineOf(IConfiguration configuration, Options options, EmbeddedParts embedded) => new ServiceCollection()
        .AddSingleton(configuration)
        .AddLogging(logging => AddLog(logging, options.Log))
        .AddSingleton(provider => ProgressStore(provider, options.State, embedded))
        .AddShoes()
        .AddSingleton<TickTimer>()
        .AddSingleton<ProductionReport>()
        .AddSingleton<RetentionNotice>()
        .BuildServiceProvider();

    /// <summary>The HTTP front of an engine, whose hosted services start and stop with it.</summary>
    private static WebApplication FrontOf(IServiceProvider engine, Options options)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton(engine.GetRequiredService<ILoggerFactory>());
        foreach (var service in engine.GetServices<IHostedService>())
            builder.Services.AddSingleton(service);
        builder.Services.AddRoutingCore();
        builder.Services.Configure<ConsoleLifetimeOptions>(lifetime => lifetime.SuppressStatusMessages = true);
        builder.WebHost.UseKestrelCore().UseUrls($"http://{new IPEndPoint(options.Listen, options.Port)}");
        var app = builder.Build();
        app.UseOwnNames(options.Hosts);
        app.MapShoes(engine);
        return app;
    }

    private static void AddLog(ILoggingBuilder logging, LogForm form)
    {
        logging.AddFilter("Microsoft", LogLevel.Warning);
        // That a port is in use is said by us, in one line.
        logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.None);
        if (form == LogForm.Json)
        {
            logging.AddJsonConsole(json =>
            {
                json.UseUtcTimestamp = true;
                json.TimestampFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";
            });
            return;
        }

        logging.AddConsole(console =>
        {
            console.FormatterName = LineFormatter.FormatterName;
            console.LogToStandardErrorThreshold = LogLevel.Trace;
        });
        logging.AddConsoleFormatter<LineFormatter, ConsoleFormatterOptions>();
    }

    private static IProgressStore ProgressStore(IServiceProvider provider, string? folder, EmbeddedParts embedded)
    {
        if (folder is null)
            return new MemoryProgressStore();

        var time = provider.GetRequiredService<TimeProvider>();
        return new RememberingProgressStore(
            () => FileStore(provider, folder, embedded),
            time,
            provider.GetRequiredService<ILogger<RememberingProgressStore>>());
    }

    /// <summary>The progress of a run in a folder.</summary>
    internal static FileProgressStore FileStore(IServiceProvider provider, string folder, EmbeddedParts embedded)
    {
        var kafka = provider.GetRequiredService<KafkaOptions>();
        return new FileProgressStore(folder, ClusterOf(kafka, embedded), kafka.Topic, provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<EarlierProgress>());
    }

    private static async Task StartAsync(WebApplication app, Options options, Task prepared, CancellationToken cancellation)
    {
        try
        {
            await ListenAsync(app, prepared, cancellation);
        }
        catch (IOException taken) when (taken.InnerException is AddressInUseException)
        {
            throw new CommandException($"Port {options.Port} on {options.Listen} is in use: stop what uses it, or choose another with --port (0 takes a free one).", ExitCode.Failed);
        }
        catch (SocketException refused)
        {
            throw new CommandException($"Cannot listen on {new IPEndPoint(options.Listen, options.Port)}: {refused.Message}. See --listen and --port.", ExitCode.Failed);
        }
    }

    /// <summary>A state that cannot be understood is left as it is: producing on from nothing would repeat what was delivered.</summary>
    private static async Task RefuseBrokenStateAsync(IServiceProvider engine, KafkaOptions kafka, string cluster, Options options, CancellationToken cancellation)
    {
        if (options.State is not { } folder)
            return;

        try
        {
            await new FileProgressStore(folder, cluster, kafka.Topic, engine.GetRequiredService<TimeProvider>()).ReadAsync(cancellation);
        }
        catch (FailureException broken) when (broken.Failure.Kind == FailureKind.Invalid)
        {
            throw new CommandException(broken.Message, ExitCode.Failed);
        }
        catch (FailureException)
        {
            // What may pass is the timer's to wait for.
        }
    }

    /// <summary>What could not be written down is tried a last time: where that fails too, the next run does not know of it.</summary>
    private static async Task RefuseToForgetAsync(IServiceProvider engine)
    {
        if (engine.GetRequiredService<IProgressStore>() is not RememberingProgressStore { Unwritten: not null } store)
            return;

        await store.UpdateAsync(state => state, CancellationToken.None);
        if (store.Unwritten is { } failure)
            throw new CommandException($"--state: the progress of this run is not stored, so the next run delivers some of it again. {failure.Advice}", ExitCode.Failed);
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
        WebApplication app, IServiceProvider engine, ShoeSettings settings, EmbeddedParts embedded, Options options, Task prepared, StopSignals signals)
    {
        try
        {
            await prepared;
        }
        catch (FailureException failure) when (failure.Failure is not { Source: FailureSource.Kafka, Recoverable: true })
        {
            throw new CommandException(failure.Message, ExitCode.Failed);
        }
        catch (FailureException)
        {
            // Brokers that are down may be back for the next tick: the first one says that they are.
        }
        catch (OperationCanceledException)
        {
            throw new CommandException("Told to stop before anything was produced.", options.Ticks is null ? ExitCode.Done : Interruptible.ExitCodeAfter(signals));
        }

        var http = app.Urls.First();
        if (options.Log == LogForm.Json)
            LogWhatRuns(LoggerOf(engine), settings, embedded, http);
        else
            PrintWhatRuns(settings, embedded, http);

        if (options.ReadyFile is { } path)
            await new ReadyFile(http, settings.Kafka.BootstrapServers, settings.SchemaRegistry.Url.AbsoluteUri, settings.Kafka.Topic).WriteAsync(path, app.Lifetime.ApplicationStopping);
    }

    private static void PrintWhatRuns(ShoeSettings settings, EmbeddedParts embedded, string http)
    {
        Console.WriteLine($"kafka            {settings.Kafka.BootstrapServers}{(embedded.Kafka is null ? "" : " (embedded)")}, topic {settings.Kafka.Topic}");
        Console.WriteLine($"schema registry  {settings.SchemaRegistry.Url}{(embedded.SchemaRegistry is null ? "" : " (embedded)")}");
        if (settings.Kafka.Transactions is { } transactions)
            Console.WriteLine($"delivery         exactly-once, transactional id {transactions.Id}{(embedded.Kafka is null ? "" : $"; {NoPromise}")}");
        if (settings.Ticks.Faults.InWords is { } faults)
            Console.WriteLine($"faults           {faults}");
        Console.WriteLine($"http             {http}/api/dashboard (also stats, metrics, health)");
    }

    private static void LogWhatRuns(ILogger logger, ShoeSettings settings, EmbeddedParts embedded, string http)
    {
        Log.Serving(logger, settings.Kafka.BootstrapServers, embedded.Kafka is not null, settings.Kafka.Topic, settings.SchemaRegistry.Url, embedded.SchemaRegistry is not null, http);
        if (settings.Kafka.Transactions is { } transactions)
        {
            Log.ExactlyOnce(logger, transactions.Id);
            if (embedded.Kafka is not null)
                Log.NoPromise(logger);
        }

        if (settings.Ticks.Faults.InWords is { } faults)
            Log.Faults(logger, faults);
    }

    private static void SayWhatWasProduced(IServiceProvider engine, RunTotals totals, Options options)
    {
        if (options.Log == LogForm.Json)
            Log.Ended(LoggerOf(engine), totals.Ticks, totals.Delivered, totals.Failed);
        else
            Console.WriteLine(
                $"{(totals.Ticks < options.Ticks ? $"{Quantity.Of(totals.Ticks)} of {Quantity.Of(options.Ticks.Value, "tick")}" : Quantity.Of(totals.Ticks, "tick"))}, "
                + $"{Quantity.Of(totals.Delivered, "shoe")} delivered, {Quantity.Of(totals.Failed)} failed");
    }

    private static ILogger LoggerOf(IServiceProvider engine) => engine.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(RunCommand).FullName!);

    private static partial class Log
    {
        [LoggerMessage(700, LogLevel.Information, "serving {Http}, producing to {BootstrapServers} (embedded {EmbeddedKafka}), topic {Topic}, schema registry {SchemaRegistry} (embedded {EmbeddedSchemaRegistry})")]
        public static partial void Serving(
            ILogger logger, string bootstrapServers, bool embeddedKafka, string topic, Uri schemaRegistry, bool embeddedSchemaRegistry, string http);

        [LoggerMessage(702, LogLevel.Information, "{Ticks} ticks, {Delivered} shoes delivered, {Failed} failed")]
        public static partial void Ended(ILogger logger, int ticks, long delivered, long failed);

        [LoggerMessage(704, LogLevel.Information, "exactly-once, transactional id {TransactionalId}")]
        public static partial void ExactlyOnce(ILogger logger, string transactionalId);

        [LoggerMessage(705, LogLevel.Warning, $"exactly-once: {RunCommand.NoPromise}")]
        public static partial void NoPromise(ILogger logger);

        [LoggerMessage(706, LogLevel.Information, "faults: {Faults}")]
        public static partial void Faults(ILogger logger, string faults);
    }
}
