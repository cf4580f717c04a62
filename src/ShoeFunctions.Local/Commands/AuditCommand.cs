using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using ShoeFunctions.Engine.Auditing;
using ShoeFunctions.Engine.Configuration;
using ShoeFunctions.Engine.Failures;
using ShoeFunctions.Engine.Faults;
using ShoeFunctions.Engine.Progress;
using ShoeFunctions.Engine.Ticks;
using ShoeFunctions.Local.Hosting;
using ShoeFunctions.Local.Terminal;

namespace ShoeFunctions.Local.Commands;

/// <summary>Reads the topic and compares it with what should be there.</summary>
internal static class AuditCommand
{
    private sealed record Options(TickRange Range, bool ExactlyOnce, bool Json, int Show);

    public static Command Verb(CommandSettings environment)
    {
        var range = new RangeOptions();
        var exactlyOnce = new Option<bool>("--exactly-once") { Description = "Fail on repeated shoes as well" };
        var json = new Option<bool>("--json") { Description = "Print one JSON object" };
        var show = new Option<int>("--show") { Description = "How many findings of each kind to show", DefaultValueFactory = _ => 5, HelpName = "N" };
        show.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && !(int.TryParse(token.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value >= 0))
                result.AddError($"--show: '{token.Value}'; accepted is a whole number from 0.");
        });

        var audit = new Verb("audit", "Compare the topic with what should be there",
            $"""
            Reads the topic and looks for every shoe of every tick from --from (inclusive)
            to --to (exclusive) that is due by now. Use the same settings as the run.

            missing   no record has the shoe
            repeated  another record had the shoe before
            altered   the record has the shoe's id, but another value, key, header
                      (content-type, shoe-id, shoe-brand; traceparent may be added) or
                      timestamp; any schema id is accepted
            foreign   a record that is not one of our shoes, from the range's first
                      record to the end of the topic

            With FAULTS set, a shoe must be as that makes it: one that is left out is
            foreign where it is there, one that is repeated is expected twice.

            Records of other ticks are ignored, and nothing is committed. With the app's
            storage account in AzureWebJobsStorage, large ticks whose chunks are still
            being made are left out, and the report says which.

            {RangeOptions.Explanation}

            Exit code: 0 if nothing is missing, altered or foreign, 1 otherwise or if the
            topic cannot be read, 2 wrong usage or settings.
            """,
            ("shoes audit --from 2026-11-23 --to 2026-11-24", "one day"),
            ("shoes audit --from 2026-11-23 --to 2026-11-24 --exactly-once", "no repeats"),
            ("shoes audit --from 2026-11-23 --to 2026-11-24 --json --show 99", "for jq"));
        range.AddTo(audit);
        audit.Add(exactlyOnce);
        audit.Add(json);
        audit.Add(show);
        audit.SetAction((result, _) =>
        {
            var options = new Options(range.Read(result), result.GetValue(exactlyOnce), result.GetValue(json), result.GetValue(show));
            var progress = default(TopicReader.Progress);
            return Interruptible.RunAsync(
                stop => RunAsync(environment, options, reached => progress = reached, stop),
                () => $"Stopped after {Quantity.Of(progress.Read)} of {Quantity.Of(progress.Total, "record")}, so nothing can be said of the topic. Run it again, or a shorter range.");
        });
        return audit;
    }

    private static async Task<int> RunAsync(CommandSettings environment, Options options, Action<TopicReader.Progress> reached, CancellationToken cancellation)
    {
        await using var engine = await ConfiguredEngine.StartAsync(environment);
        var time = engine.Services.GetRequiredService<TimeProvider>();
        options = options with { Range = options.Range.DueAt(time.GetUtcNow()) };
        var open = await OpenTicksAsync(engine, options.Range, cancellation);
        var faults = engine.Settings.Ticks.Faults;
        var audit = new Audit(options.Range, engine.Settings.Ticks, engine.Settings.Kafka.MessageKey, options.Show, open.ToHashSet());
        var bar = ProgressBar.OnTerminal(time, "record");
        void Show(TopicReader.Progress progress)
        {
            reached(progress);
            bar?.Show(progress.Read, progress.Total);
        }

        var started = time.GetTimestamp();
        IReadOnlyList<TruncatedPartition> truncated;
        try
        {
            truncated = await ActivatorUtilities.CreateInstance<TopicReader>(engine.Services)
                .ReadAsync(options.Range.First.Time - (faults.Percent.ContainsKey(FaultKind.Late) ? faults.Lateness : TimeSpan.Zero), audit.Add, Show, cancellation);
        }
        catch (FailureException failure)
        {
            throw new CommandException(failure.Message, ExitCode.Failed);
        }
        finally
        {
            bar?.Clear();
        }

        var (counts, findings) = audit.Finish();
        var outcome = new AuditOutcome(counts)
        {
            Topic = engine.Settings.Kafka.Topic,
            From = options.Range.First.Time,
            To = options.Range.End.Time,
            ExactlyOnce = options.ExactlyOnce,
            Faults = faults.InWords,
            Findings = findings,
            Truncated = truncated,
            OpenTicks = [.. open.Select(tick => tick.Time)],
            DurationMs = Math.Round(time.GetElapsedTime(started).TotalMilliseconds, 1),
        };
        if (options.Json)
            Console.WriteLine(JsonSerializer.Serialize(outcome, AuditJson.Default.AuditOutcome));
        else
            Print(outcome);
        return outcome.Passed ? ExitCode.Done : ExitCode.Failed;
    }

    /// <summary>The large ticks that the app has opened and not closed, where its storage account is known here.</summary>
    private static async Task<Tick[]> OpenTicksAsync(ConfiguredEngine engine, TickRange range, CancellationToken cancellation)
    {
        try
        {
            return [.. (await engine.Services.GetRequiredService<IProgressStore>().ReadAsync(cancellation)).Open.Select(open => open.Tick).Where(range.Contains)];
        }
        catch (Exception unread) when (unread is FailureException or SettingsException)
        {
            var why = string.Join(' ', unread.Message.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
            Console.Error.WriteLine($"Large ticks that are still open may count as missing, because the progress cannot be read: {why}");
            return [];
        }
    }

    private static void Print(AuditOutcome outcome)
    {
        Console.WriteLine($"topic {outcome.Topic}, ticks from {Tick.At(outcome.From)} to before {Tick.At(outcome.To)}: {Quantity.Of(outcome.Ticks, "tick")}, {Quantity.Of(outcome.Shoes, "shoe")}");
        Console.WriteLine($"{Quantity.Of(outcome.Records, "record")} read in {outcome.DurationMs / 1000:0.0} s, {Quantity.Of(outcome.Outside)} of them of other ticks");
        if (outcome.Faults is { } faults)
            Console.WriteLine($"faults    {faults}");
        foreach (var (name, count) in new[] { ("present", outcome.Present), ("missing", outcome.Missing), ("repeated", outcome.Repeated), ("altered", outcome.Altered), ("foreign", outcome.Foreign) })
            Console.WriteLine($"{name,-8}  {count,15:N0}");
        foreach (var finding in outcome.Findings)
            Console.WriteLine(Line(finding));

        if (outcome.Missing > 0)
            foreach (var partition in outcome.Truncated)
                Console.WriteLine($"deleted   partition {partition.Partition} begins at offset {partition.FirstOffset}: retention has deleted what was before, "
                    + $"so what is missing of ticks up to {(partition.FirstTime is { } time ? Tick.At(time) : "the last")} may have been there");
        if (outcome.OpenTicks is [var firstOpen, ..])
            Console.WriteLine($"open      {Quantity.Of(outcome.OpenTicks.Count, "tick")} from {Tick.At(firstOpen)} on left out: chunks of them are still being made");
        else if (outcome.Ticks == 0)
            Console.WriteLine("The schedule has no tick in this range.");
        Console.WriteLine(outcome.Passed ? "passed" : "failed");
    }

    private static string Line(AuditFinding finding)
    {
        var line = finding.Kind.ToString().ToLowerInvariant().PadRight(8);
        if (finding is { Tick: { } tick, Id: { } id })
            line += $"  tick {Tick.At(tick)}  id {id}";
        if (finding is { Partition: { } partition, Offset: { } offset })
            line += $"  partition {partition}  offset {offset}";
        return line;
    }
}
