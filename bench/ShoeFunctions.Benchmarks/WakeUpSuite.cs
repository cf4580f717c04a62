using System.Diagnostics;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace ShoeFunctions.Benchmarks;

/// <summary>
/// From the start of a process to its first acknowledged shoe, published ready to run, against running brokers that know
/// the subject already; beside the smallest program that gets a record acknowledged, an empty one, and a worker whose one
/// function does nothing.
/// </summary>
internal static class WakeUpSuite
{
    private const int Rounds = 9;

    private static readonly string? WithConfluent =
        typeof(WakeUpSuite).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(metadata => metadata.Key == "ConfluentSerializer").Value;

    public static async Task<IReadOnlyList<Figure>> RunAsync()
    {
        var folder = Directory.CreateTempSubdirectory("shoes-published-");
        try
        {
            var (smallest, command) = (Path.Combine(folder.FullName, "smallest"), Path.Combine(folder.FullName, "command"));
            await PublishAsync("bench/SmallestProducer", smallest);
            await PublishAsync("src/ShoeFunctions.Local", command);
            var app = Path.Combine(folder.FullName, "app");
            await PublishAsync("src/ShoeFunctions", app);
            var nothing = Path.Combine(folder.FullName, "nothing");
            await PublishAsync("bench/EmptyFunction", nothing);
            using var brokers = await BrokerProcess.StartAsync();
            var times = new Dictionary<string, List<double>>();
            for (var round = -1; round < Rounds; round++)
            {
                Add("empty", await FirstLineAsync(smallest));
                Add("smallest", await FirstLineAsync(smallest, brokers.Settings["KAFKA_BOOTSTRAP_SERVERS"]!, brokers.Settings["KAFKA_TOPIC"]!));
                var (serving, tick) = await CommandAsync(command, brokers);
                Add("command", serving + tick);
                Add("command.serving", serving);
                Add("command.tick", tick);
                var (loaded, produced) = await FunctionsApp.WakeUpAsync(app, brokers);
                Add("app", produced);
                Add("app.loaded", loaded);
                Add("empty-function", (await FunctionsApp.WakeUpAsync(nothing, brokers)).Produced);

                // The first round warms up the brokers and the disk's cache.
                void Add(string name, double milliseconds)
                {
                    if (round >= 0)
                        (times.TryGetValue(name, out var list) ? list : times[name] = []).Add(milliseconds);
                }
            }

            var reference = Figure.Median(times["smallest"]);
            return
            [
                .. times.Select(time => new Figure($"wake-up.{time.Key}", Figure.Median(time.Value), "ms", "the smallest producer", reference)),
                // What the smallest producer has beyond an empty program comes on top of the empty function in any app.
                new Figure("wake-up.app", Figure.Median(times["app"]), "ms", "an empty function and a smallest producer", Figure.Median(times["empty-function"]) + reference - Figure.Median(times["empty"])),
            ];
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task PublishAsync(string project, string output)
    {
        using var publish = Process.Start(new ProcessStartInfo(
            "dotnet",
            ["publish", Path.Combine(Processes.Repository, project), "-c", "Release", "-r", RuntimeInformation.RuntimeIdentifier, "--self-contained", "false", "-p:PublishReadyToRun=true", $"-p:ConfluentSerializer={WithConfluent}", "-o", output])
        {
            RedirectStandardOutput = true,
        })!;
        var printed = await publish.StandardOutput.ReadToEndAsync();
        await publish.WaitForExitAsync();
        if (publish.ExitCode != 0)
            throw new InvalidOperationException(printed);
    }

    /// <summary>Milliseconds to the first line, or to the end where there is none.</summary>
    private static async Task<double> FirstLineAsync(string folder, params string[] arguments)
    {
        var started = Stopwatch.GetTimestamp();
        using var process = Processes.Start("dotnet", new Dictionary<string, string?>(), [Path.Combine(folder, "SmallestProducer.dll"), .. arguments]);
        await process.StandardOutput.ReadLineAsync();
        var took = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
        await process.WaitForExitAsync();
        return took;
    }

    /// <summary>Milliseconds until the command serves, and those of its first tick; between the two it waits for the schedule.</summary>
    private static async Task<(double Serving, double Tick)> CommandAsync(string folder, BrokerProcess brokers)
    {
        const int ServingEvent = 700, TickEvent = 100;
        var settings = brokers.With(("BATCH_SIZE", "1"), ("PRODUCE_SCHEDULE", "* * * * * *"));
        var started = Stopwatch.GetTimestamp();
        using var process = Processes.Start("dotnet", settings, [Path.Combine(folder, "ShoeFunctions.Local.dll"), "--port", "0", "--ticks", "1", "--log", "json"]);
        double? serving = null;
        double? tick = null;
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            using var entry = JsonDocument.Parse(line);
            switch (entry.RootElement.GetProperty("EventId").GetInt32())
            {
                case ServingEvent:
                    serving = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
                    break;
                case TickEvent:
                    tick = entry.RootElement.GetProperty("State").GetProperty("Ms").GetDouble();
                    break;
            }
        }

        await process.WaitForExitAsync();
        return (serving ?? throw new InvalidOperationException("The command did not serve."), tick ?? throw new InvalidOperationException("The command produced nothing."));
    }
}
