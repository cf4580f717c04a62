using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization;
using ShoeFunctions.Engine.Tests.Processes;

namespace ShoeFunctions.Local.Tests.EndToEnd;

/// <summary>Reads a topic with clients that are not ours and do not use librdkafka: kafkajs and Confluent's JavaScript deserialiser.</summary>
internal static class ForeignConsumer
{
    public const string WhyNot = "Reading the topic with a JavaScript client is not tested: Node.js or its packages are missing; install Node.js with npm, and script/test fetches them.";

    public sealed record DecodedShoe(string Id, string Brand, string Name, double SalePrice, double Rating);

    /// <summary>A record; where its value could not be read, why, and no shoe.</summary>
    public sealed record Record(
        int Partition, long Offset, long TimestampMs, string? Key, Dictionary<string, string> Headers, byte[] Value, DecodedShoe Shoe, string Type, string? Fault);

    private static readonly JsonSerializerOptions Json = new(JsonSerializerOptions.Web) { NumberHandling = JsonNumberHandling.AllowReadingFromString | JsonNumberHandling.AllowNamedFloatingPointLiterals };

    private static readonly string Folder = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(ThisFile())!, "../../consumer"));

    /// <summary>Whether it can run here.</summary>
    public static bool IsThere { get; } = Directory.Exists(Path.Combine(Folder, "node_modules", "kafkajs")) && NodeRuns();

    /// <summary>Reads the first so many records, waiting for them where needed, or all that are there.</summary>
    public static async Task<IReadOnlyList<Record>> ReadAsync(string bootstrapServers, string registryUrl, string topic, int? count = null, bool areAllShoes = true)
    {
        using var node = Node(["read-topic.mjs", bootstrapServers, registryUrl, topic, .. count is null ? Array.Empty<string>() : [$"{count}"]]);
        var errors = node.StandardError.ReadToEndAsync();
        var records = new List<Record>();
        while (await node.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken) is { } line)
            records.Add(JsonSerializer.Deserialize<Record>(line, Json)!);
        await node.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(node.ExitCode == 0, await errors);
        // kafkajs says so where the brokers answer in another version than it asked in.
        Assert.DoesNotContain("LeaveGroup", await errors, StringComparison.Ordinal);
        Assert.All(records, record => Assert.False(areAllShoes && record.Fault is not null, record.Fault));
        return records;
    }

    private static bool NodeRuns()
    {
        try
        {
            using var node = Node(["--version"]);
            node.WaitForExit();
            return node.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }

    private static Process Node(IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo("node", arguments) { WorkingDirectory = Folder, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["KAFKAJS_NO_PARTITIONER_WARNING"] = "1";
        return Child.Start(start);
    }

    private static string ThisFile([CallerFilePath] string path = "") => path;
}
