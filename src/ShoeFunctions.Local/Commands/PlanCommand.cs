using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Extensions.Configuration;
using ShoeFunctions.Engine.Auditing;
using ShoeFunctions.Engine.Configuration;
using ShoeFunctions.Engine.Planning;
using ShoeFunctions.Engine.Serialization;
using ShoeFunctions.Engine.Setup;
using ShoeFunctions.Engine.Shoes;
using ShoeFunctions.Engine.Ticks;
using ShoeFunctions.Local.Hosting;
using ShoeFunctions.Local.Terminal;

namespace ShoeFunctions.Local.Commands;

/// <summary>Prints the coming ticks, and what the settings come to in a month.</summary>
internal static class PlanCommand
{
    private const int Most = 10_000;

    /// <summary>The settings that the load follows from.</summary>
    private static readonly string[] Shaping = ["PRODUCE_SCHEDULE", "MESSAGE_INTERVAL", "BATCH_SIZE", "LOAD_CURVE", "LOAD_WEEK", "LOAD_SPIKES"];

    public static Command Verb(CommandSettings environment)
    {
        var from = RangeOptions.Time("--from", "Time of the first tick [default: now]", isRequired: false);
        var count = NumberOption.Of("--count", 1, Most, 10, "How many ticks");
        var rate = NumberOption.Of("--rate-per-instance", 1, 100_000_000, null, "Shoes a second that one instance makes");
        var json = new Option<bool>("--json") { Description = "Print one JSON object" };
        var html = new Option<string?>("--html") { Description = "Write a page with the week as a picture", HelpName = "FILE" };
        var plan = new Verb("plan", "Print the coming ticks, and what a month adds up to",
            $"""
            Prints the ticks with their number of shoes and their first and last id, and
            how many runs of the function, shoes and bytes {ProductionPlan.MonthDays} days come to. It connects to
            nothing.

            With FAN_OUT_ABOVE it also says in how many chunks the largest of the ticks is
            made, and how many operations on the storage account a month has; with
            --rate-per-instance, how many instances make that tick before the next is due.

            With LOAD_CURVE, LOAD_WEEK or LOAD_SPIKES it draws the rate of the next 24
            whole hours, and names the tick of the {ProductionPlan.MonthDays} days that holds most. --html FILE
            draws the coming week as a page to look at.

            {RangeOptions.Explanation}

            Exit code: 0, 1 FILE cannot be written, 2 wrong usage or settings.
            """,
            ("shoes plan", "the next ten ticks"),
            ("shoes plan --from 2026-11-23 --count 24", "24 ticks from that midnight on, UTC"),
            ("shoes plan --html week.html", "the same, and the week as a picture"))
        {
            from, count, rate, json, html,
        };
        plan.SetAction(result => Run(
            environment,
            result.GetResult(from) is { Implicit: false } ? result.GetValue(from) : TimeProvider.System.GetUtcNow(), result.GetValue(count), result.GetValue(rate) is > 0 and var each ? each : null, result.GetValue(json), result.GetValue(html)));
        return plan;
    }

    private static int Run(CommandSettings environment, DateTimeOffset from, int count, int? ratePerInstance, bool json, string? html)
    {
        var configuration = environment.Read();
        var areEmbedded = EmbeddedParts.AreWanted(configuration);
        configuration.AddInMemoryCollection(EmbeddedParts.StandIns(configuration));
        var settings = ShoeSettings.Read(configuration, TimeProvider.System.GetUtcNow(), ConfluentPart.Present);

        var first = TickRange.Between(from, from).First;
        var plan = ProductionPlan.Of(settings.Ticks, new ShoeGenerator(settings.Ticks.Seed), settings.Kafka.MessageKey, first, count, ratePerInstance);
        if (html is not null)
            WholeFile.Write("--html", html, LoadPage.Of(settings.Ticks.Schedule, first, plan.Month.Highest, SettingInForce.Of(configuration).Where(setting => Shaping.Contains(setting.Name))));
        if (json)
            Console.WriteLine(JsonSerializer.Serialize(plan, PlanJson.Default.ProductionPlan));
        else
        {
            Print(plan, settings);
            if (areEmbedded && EmbeddedRetention.Here(settings, from, EmbeddedParts.StandardPartitions, plan.Month.Shoes) is { } notice)
                Console.WriteLine(notice);
        }

        return ExitCode.Done;
    }

    private static void Print(ProductionPlan plan, ShoeSettings settings)
    {
        var table = new TextTable(new("tick"), new("shoes", IsNumber: true), new("first id", IsNumber: true), new("last id", IsNumber: true));
        foreach (var (tick, shoes, first, last) in plan.Ticks)
            table.Add($"{Tick.At(tick)}", $"{shoes:N0}", first is null ? "–" : $"{first}", last is null ? "–" : $"{last}");
        table.Write(Console.Out, Columns.OfOutput);

        var month = plan.Month;
        Console.WriteLine();
        Console.WriteLine($"In {ProductionPlan.MonthDays} days, {Tick.At(month.From)} to before {Tick.At(month.To)}:");
        Console.WriteLine($"runs   {month.Runs,18:N0}  of the function");
        Console.WriteLine($"shoes  {month.Shoes,18:N0}");
        if (settings.Ticks.Schedule.Rate.Load is not null && month.Highest is { } highest)
            Console.WriteLine($"highest{highest.Shoes,18:N0}  in the tick {Tick.At(highest.Tick)}{(highest.Shoes > Tick.MaxShoes ? $": a tick holds at most {Quantity.Of(Tick.MaxShoes)}" : "")}");
        Console.WriteLine($"bytes  {month.ValueBytes,18:N0}  of values, {Mean(month.ValueBytesPerShoe)} a shoe");
        Console.WriteLine($"bytes  {month.RecordBytes,18:N0}  with keys and headers, {Mean(month.RecordBytesPerShoe)} a shoe");
        if (plan.Faults is { } faults)
            Console.WriteLine($"faults {faults.Records,18:N0}  records, with {string.Join(", ", new[] { faults.Rates, faults.Missing > 0 ? $"about {Quantity.Of(faults.Missing, "shoe")} left out and not asked for" : "", faults.Repeated > 0 ? $"about {Quantity.Of(faults.Repeated)} sent and counted twice" : "" }.Where(part => part.Length > 0))}");
        if (plan.FanOut is { } fanOut)
            Print(fanOut);
        Console.WriteLine($"Bytes are before compression ({settings.Kafka.Compression.ToString().ToLowerInvariant()}) and before what Kafka adds; the means are of the first {Quantity.Of(month.SampledShoes, "shoe")}.");
        if (plan.Hours.Length > 0)
            Console.WriteLine();
        foreach (var line in LoadLines.Of(settings.Ticks.Schedule.Rate, plan.Hours))
            Console.WriteLine(line);
    }

    private static void Print(FanOutPlan plan)
    {
        Console.WriteLine();
        Console.WriteLine($"Tick {Tick.At(plan.Tick)}, {Quantity.Of(plan.Shoes, "shoe")}: {(plan.Chunks == 1 ? "one run" : $"{Quantity.Of(plan.Chunks, "chunk")}, as many messages")}"
            + $"{(plan.Instances is { } instances ? $", {Quantity.Of(instances, "instance")} to make it before the next" : "")}");
        if (plan.MonthChunks > 0)
            Console.WriteLine($"In {ProductionPlan.MonthDays} days {Quantity.Of(plan.MonthChunks, "chunk")}: {Quantity.Of(plan.MonthQueueOperations)} operations on the queue, {Quantity.Of(plan.MonthTableOperations)} on the tables");
        if (plan is { Chunks: 1, Instances: > 1 })
            Console.WriteLine("One instance makes it all, as it is not split: set FAN_OUT_ABOVE below its shoes.");
        else if (plan.Instances > plan.Chunks)
            Console.WriteLine($"There are fewer chunks than that: lower FAN_OUT_CHUNK to {Math.Max(1, plan.Shoes / plan.Instances.Value)}.");
    }

    private static string Mean(double bytes) => bytes.ToString("0.0", CultureInfo.InvariantCulture);
}

/// <summary>How it is written.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(ProductionPlan))]
internal sealed partial class PlanJson : JsonSerializerContext;
