using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using ShoeFunctions.Engine.Auditing;
using ShoeFunctions.Engine.Failures;
using ShoeFunctions.Engine.Ticks;
using ShoeFunctions.Local.Hosting;
using ShoeFunctions.Local.Terminal;

namespace ShoeFunctions.Local.Commands;

/// <summary>Prints the newest shoes of the topic, decoded.</summary>
internal static class TailCommand
{
    private const int Most = 10_000;

    public static Command Verb(CommandSettings environment)
    {
        var count = NumberOption.Of("--count", 1, Most, 10, "How many shoes");
        var json = new Option<bool>("--json") { Description = "Print a JSON object a line" };
        var tail = new Verb("tail", "Print the newest shoes of the topic",
            """
            Reads the end of every partition and prints the latest shoes by timestamp
            and id, the newest last. A record that is not a shoe is printed as foreign.
            A narrow terminal leaves out offset, partition and id; --json has all.
            Use the same settings as the run. Nothing is committed.

            Exit code: 0, 1 if the topic cannot be read, 2 wrong usage or settings.
            """,
            ("shoes tail", "the ten newest"),
            ("shoes tail --count 100 --json", "the hundred newest, for jq"))
        {
            count, json,
        };
        tail.SetAction((result, _) => Interruptible.RunAsync(
            stop => RunAsync(environment, result.GetValue(count), result.GetValue(json), stop), () => "Stopped before the end of the topic was read. Run it again."));
        return tail;
    }

    private static async Task<int> RunAsync(CommandSettings environment, int count, bool json, CancellationToken cancellation)
    {
        await using var engine = await ConfiguredEngine.StartAsync(environment);
        var tail = new TopicTail(ActivatorUtilities.CreateInstance<TopicReader>(engine.Services));
        IReadOnlyList<TopicRecord> records;
        try
        {
            records = await tail.ReadAsync(count, cancellation);
        }
        catch (FailureException failure)
        {
            throw new CommandException(failure.Message, ExitCode.Failed);
        }

        if (json)
            foreach (var record in records)
                Console.WriteLine(JsonSerializer.Serialize(TailedRecord.Of(record), TailJson.Lines.TailedRecord));
        else if (records.Count > 0)
            Print(records);

        if (records.Count < count)
            Console.Error.WriteLine($"Topic {engine.Settings.Kafka.Topic} has {(records.Count == 0 ? "no records" : $"{Quantity.Of(records.Count)} in all")}.");
        return ExitCode.Done;
    }

    private static void Print(IReadOnlyList<TopicRecord> records)
    {
        var table = new TextTable(
            new("time"), new("id", IsNumber: true, IsSpare: true), new("brand"), new("name"), new("price", IsNumber: true), new("rating", IsNumber: true),
            new("partition", IsNumber: true, IsSpare: true), new("offset", IsNumber: true, IsSpare: true));
        foreach (var record in records)
        {
            var (time, partition, offset) = (record.Timestamp is { } timestamp ? $"{Tick.At(timestamp)}" : $"{record.TimestampMs} ms", $"{record.Partition}", $"{record.Offset}");
            if (record.Shoe is { } shoe)
                table.Add(time, $"{shoe.Id}", Excerpt.Of(shoe.Brand), Excerpt.Of(shoe.Name), shoe.SalePrice.ToString("0.00", CultureInfo.InvariantCulture),
                    shoe.Rating.ToString("0.0", CultureInfo.InvariantCulture), partition, offset);
            else
                table.Add(time, "–", "foreign", record.Fault!, "–", "–", partition, offset);
        }

        table.Write(Console.Out, Columns.OfOutput);
    }
}
