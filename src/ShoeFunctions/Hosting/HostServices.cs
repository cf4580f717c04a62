using Confluent.Kafka;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ShoeFunctions.Engine.Running;
using ShoeFunctions.Engine.Telemetry;

namespace ShoeFunctions.Hosting;

/// <summary>Registers what there is because of the Functions host.</summary>
public static class HostServices
{
    /// <summary>The host kills a worker after 5 s.</summary>
    private static readonly TimeSpan ShutdownTimeout = TimeSpan.FromSeconds(4.5);

    /// <summary>Makes the app a good guest: in its log, at its end, within its limits.</summary>
    public static FunctionsApplicationBuilder UseFunctionsHost(this FunctionsApplicationBuilder builder)
    {
        builder.UseMiddleware<RunningInvocations>();
        builder.Services.AddSingleton<RunningInvocations>();
        builder.Services.AddSingleton<ILoggerProvider>(provider => new HostLog(provider.GetRequiredService<RunningInvocations>(), Console.Out, Console.Error));
        // That an invocation has failed, and why, is said by the host.
        builder.Logging.AddFilter("Microsoft.Azure.Functions.Worker.FunctionsApplication", LogLevel.Critical);
        builder.Services.AddSingleton<FailurePause>();
        builder.Services.AddSingleton<IHostLifetime, WorkerLifetime>();
        builder.Services.AddSingleton(HostLimit.Read(builder.Configuration, AppContext.BaseDirectory));
        builder.Services.AddHostedService<StartReport>();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = ShutdownTimeout);
        builder.Services.AddOptions<WorkerOptions>().Configure<IConfiguration>(SendOwnLogs);
        return builder;
    }

    /// <summary>Runs the app until it is told to stop. An end that took longer than the host waits is one line.</summary>
    public static void RunToTheEnd(this IHost app)
    {
        // While the host still asks for the functions: what the first tick needs is loaded, and nothing connects. Whatever fails,
        // that tick meets as well, and says it.
        _ = Task.Run(() =>
        {
            _ = Library.Version;
            _ = app.Services.GetRequiredService<TickRunner>();
        });
        try
        {
            app.Run();
        }
        catch (Exception late) when (late is OperationCanceledException || (late is AggregateException all && all.InnerExceptions.All(each => each is OperationCanceledException)))
        {
            Console.WriteLine("Stopping took too long: the next run makes up for the tick that it cut short.");
        }
    }

    /// <summary>
    /// Where our log lines go to telemetry from here, the host must not send the copies of them that it gets for its own log.
    /// The other way round they would have neither level nor event id nor trace.
    /// </summary>
    private static void SendOwnLogs(WorkerOptions worker, IConfiguration configuration)
    {
        if (TelemetryOptions.Read(configuration).SendsLogs)
            worker.Capabilities["WorkerOpenTelemetryEnabled"] = bool.TrueString;
    }
}
