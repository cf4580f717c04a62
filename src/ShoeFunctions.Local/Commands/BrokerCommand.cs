using System.CommandLine;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Configuration;
using ShoeFunctions.Engine.Serialization;
using ShoeFunctions.Engine.Setup;
using ShoeFunctions.Local.EmbeddedKafka;
using ShoeFunctions.Local.EmbeddedSchemaRegistry;
using ShoeFunctions.Local.Hosting;
using ShoeFunctions.Local.Machine;
using ShoeFunctions.Local.Terminal;

namespace ShoeFunctions.Local.Commands;

/// <summary>Runs the embedded broker and registry alone, so that they outlive what uses them.</summary>
internal static class BrokerCommand
{
    private const int MostPartitions = 1000;

    private sealed record Options(int Port, int KafkaPort, int Partitions, string? ReadyFile);

    /// <param name="environment">The settings.</param>
    /// <param name="readyFile">An option of the command itself, which may be typed before the verb as well.</param>
    public static Command Verb(CommandSettings environment, Option<string?> readyFile)
    {
        var port = NumberOption.Of("--port", 0, 65535, 8081, "Port of the registry; 0 takes a free one");
        var kafkaPort = NumberOption.Of("--kafka-port", 0, 65536 - EmbeddedCluster.Brokers, 0, "First of the brokers' ports; 0: free ones");
        var partitions = NumberOption.Of("--partitions", 1, MostPartitions, EmbeddedParts.StandardPartitions, "Partitions of the topic");
        var keep = KeepOption.Of("Bytes to keep, in as many partitions as it takes");
        var broker = new Verb("broker", "Run the embedded Kafka brokers and Schema Registry alone",
            """
            Starts both on 127.0.0.1 with the topic of KAFKA_TOPIC, prints the variables
            to export for other commands, and runs until Ctrl+C or SIGTERM. With fixed
            ports, whoever uses it goes on with the next one when it is started again.

            Everything is kept in memory and gone at the end. A partition keeps at most
            5 MB and drops its oldest records beyond that; as records never spread evenly,
            --keep counts on a quarter of it. Records with the same key share a partition.

            Exit code: 0, 1 if it cannot start, 2 wrong usage or settings.
            """,
            ("shoes broker", "the registry on port 8081"),
            ("shoes broker --kafka-port 9092 --keep 2GB", "fixed ports, 2 GB of records"),
            ("shoes broker --ready-file addresses.json", "the addresses for a script"))
        {
            port, kafkaPort, partitions, keep, readyFile,
        };
        broker.Validators.Add(result =>
        {
            if (result.GetResult(partitions) is { Implicit: false } && result.GetResult(keep) is { Implicit: false })
                result.AddError("--partitions and --keep exclude each other: what is kept is kept in partitions.");
        });
        broker.SetAction((result, cancellation) => RunAsync(
            environment,
            new Options(
                result.GetValue(port), result.GetValue(kafkaPort), Math.Max(result.GetValue(partitions), PartitionMemory.PartitionsFor(result.GetValue(keep) ?? 0)), result.GetValue(readyFile)),
            cancellation));
        return broker;
    }

    private static async Task<int> RunAsync(CommandSettings environment, Options options, CancellationToken cancellation)
    {
        if (options.ReadyFile is { } path && !Directory.Exists(Path.GetDirectoryName(Path.GetFullPath(path))))
            throw new CommandException($"--ready-file: the folder of '{path}' does not exist.", ExitCode.WrongUsage);

        using var signals = new StopSignals();
        var listeners = options.KafkaPort == 0 ? [] : Listeners(options.KafkaPort);
        using var kafka = new EmbeddedCluster();
        await using var registry = await StartRegistryAsync(options.Port, cancellation);
        var url = registry.Url.AbsoluteUri;
        var topic = TopicOf(environment, kafka.BootstrapServers, url);
        kafka.CreateTopic(topic, options.Partitions);
        if (listeners.Count > 0)
            kafka.ServeAt(listeners);

        var servers = kafka.BootstrapServers;
        Console.WriteLine($"export KAFKA_BOOTSTRAP_SERVERS={servers}");
        Console.WriteLine($"export SCHEMA_REGISTRY_URL={url}");
        Console.WriteLine($"export KAFKA_TOPIC={topic}");
        if (options.ReadyFile is { } ready)
            await new ReadyFile(null, servers, url, topic).WriteAsync(ready, CancellationToken.None);
        await signals.Told;
        return ExitCode.Done;
    }

    private static List<TcpListener> Listeners(int first)
    {
        var listeners = new List<TcpListener>();
        for (var port = first; port < first + EmbeddedCluster.Brokers; port++)
        {
            var listener = new TcpListener(IPAddress.Loopback, port);
            try
            {
                listener.Start();
            }
            catch (SocketException refused)
            {
                listeners.ForEach(opened => opened.Stop());
                throw new CommandException(
                    refused.SocketErrorCode == SocketError.AddressAlreadyInUse
                        ? $"Port {port} on 127.0.0.1 is in use: stop what uses it, or choose others with --kafka-port (0 takes free ones)."
                        : $"Cannot listen on 127.0.0.1:{port}: {refused.Message}. See --kafka-port.",
                    ExitCode.Failed);
            }

            listeners.Add(listener);
        }

        return listeners;
    }

    private static async Task<EmbeddedRegistry> StartRegistryAsync(int port, CancellationToken cancellation)
    {
        try
        {
            return await EmbeddedRegistry.StartAsync(port, cancellation);
        }
        catch (IOException taken) when (taken.InnerException is Microsoft.AspNetCore.Connections.AddressInUseException)
        {
            throw new CommandException($"Port {port} on 127.0.0.1 is in use: stop what uses it, or choose another with --port (0 takes a free one).", ExitCode.Failed);
        }
    }

    /// <summary>The topic as a run will read it from the same environment and these addresses.</summary>
    private static string TopicOf(CommandSettings environment, string servers, string url)
    {
        var configuration = environment.Read();
        configuration.AddInMemoryCollection(new Dictionary<string, string?> { ["KAFKA_BOOTSTRAP_SERVERS"] = servers, ["SCHEMA_REGISTRY_URL"] = url });
        return ShoeSettings.Read(configuration, TimeProvider.System.GetUtcNow(), ConfluentPart.Present).Kafka.Topic;
    }
}
