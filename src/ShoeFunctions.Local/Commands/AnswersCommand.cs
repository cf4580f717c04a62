using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.Configuration;
using ShoeFunctions.Engine.Auditing;
using ShoeFunctions.Engine.Faults;
using ShoeFunctions.Engine.Serialization;
using ShoeFunctions.Engine.Setup;
using ShoeFunctions.Engine.Ticks;
using ShoeFunctions.Local.Hosting;
using ShoeFunctions.Local.Terminal;

namespace ShoeFunctions.Local.Commands;

/// <summary>Tells which shoes have which faults, and scores what somebody has found of them.</summary>
internal static class AnswersCommand
{
    public static Command Verb(CommandSettings environment)
    {
        var range = new RangeOptions();
        var check = new Option<string?>("--check") { Description = "Score the ids in this file; - is standard input", HelpName = "FILE" };
        var json = new Option<bool>("--json") { Description = "Print a JSON object a line; with --check one" };
        var answers = new Verb("answers", "Tell which shoes have which faults",
            $"""
            Prints a line for each fault of a shoe from --from (inclusive) to --to
            (exclusive): id, tick, index, kind and what was done. It works them out from
            the settings and connects to nothing. Use the run's: FAULTS, FAULT_LATENESS,
            SHOE_SEED, PRODUCE_SCHEDULE, how many shoes a tick has, and FAN_OUT. A shoe
            with several faults has several lines.

            With --check it compares a list of ids that a pipeline has flagged: an id a
            line, alone or followed by the kinds it was flagged as, separated by commas
            or blanks. An id alone is held against every kind.

            precision  of the ids that were flagged, how many have the fault
            recall     of the shoes that have the fault, how many were flagged

            {RangeOptions.Explanation}

            Exit code: 0, 2 wrong usage, settings or file.
            """,
            ("shoes answers --from 2026-11-23 --to 2026-11-24", "one day's faults"),
            ("shoes answers --from 2026-11-23 --to 2026-11-24 --json", "for jq"),
            ("shoes answers --from 2026-11-23 --to 2026-11-24 --check ids", "the score"))
        {
            check, json,
        };
        range.AddTo(answers);
        answers.SetAction(result => Run(environment, range.Read(result), result.GetValue(check), result.GetValue(json)));
        return answers;
    }

    private static int Run(CommandSettings environment, TickRange range, string? check, bool json)
    {
        var configuration = environment.Read();
        configuration.AddInMemoryCollection(EmbeddedParts.StandIns(configuration));
        var settings = ShoeSettings.Read(configuration, TimeProvider.System.GetUtcNow(), ConfluentPart.Present);
        var key = new AnswerKey(settings.Ticks);
        if (!settings.Ticks.Faults.AreWanted)
            Console.Error.WriteLine("FAULTS asks for none, so no shoe has a fault.");

        if (check is not null)
        {
            var score = AnswerScore.Of(key, range, FlagsIn(check));
            if (json)
                Console.WriteLine(JsonSerializer.Serialize(score, AnswersJson.Score.AnswerScore));
            else
                Print(score);
            return ExitCode.Done;
        }

        foreach (var fault in key.Of(range))
            Console.WriteLine(json
                ? JsonSerializer.Serialize(fault, AnswersJson.Lines.FaultyShoe)
                : string.Create(CultureInfo.InvariantCulture, $"{fault.Id}  {Tick.At(fault.Tick)}  {fault.Index,7}  {fault.Kind.Name(),-9}  {Describe(fault)}").TrimEnd());
        return ExitCode.Done;
    }

    private static string Describe(FaultyShoe fault) => fault switch
    {
        { LatenessMs: { } late } => $"timestamp {Quantity.Of(late)} ms older than the tick",
        { Kind: FaultKind.Repeated, Places: 0 } => "sent twice at once",
        { Kind: FaultKind.Repeated, Places: { } places } => $"sent again {Quantity.Of(places, "place")} later",
        { Places: { } places } => $"sent {Quantity.Of(places, "place")} later",
        { CutBytes: { } cut } => $"truncated: {Quantity.Of(cut, "byte")} cut off",
        { SchemaId: { } id } => $"schema id {id.ToString(CultureInfo.InvariantCulture)}",
        { MagicByte: { } magic } => $"magic byte {magic.ToString(CultureInfo.InvariantCulture)}",
        { Length: { } length } => $"{Quantity.Of(length)} random bytes",
        { Field: { } field, Value: string text } => $"{field} '{Excerpt.Of(text)}'{(text.Length > Excerpt.Most ? $", {Quantity.Of(text.Length)} characters" : "")}",
        { Field: { } field, Value: { } value } => string.Create(CultureInfo.InvariantCulture, $"{field} {value}"),
        _ => "",
    };

    private static void Print(AnswerScore score)
    {
        var table = new TextTable(
            new("kind"), new("faulty", IsNumber: true), new("flagged", IsNumber: true), new("found", IsNumber: true), new("precision", IsNumber: true), new("recall", IsNumber: true));
        foreach (var (kind, of) in score.Kinds.Append(score.All).Select(of => (of.Kind, of)))
            table.Add(kind, Quantity.Of(of.Faulty), Quantity.Of(of.Flagged), Quantity.Of(of.Found), Percent(of.Precision), Percent(of.Recall));
        table.Write(Console.Out, Columns.OfOutput);
        if (score.Unknown > 0)
            Console.WriteLine($"{Quantity.Of(score.Unknown, "id")} of these ticks that no shoe has");
        if (score.Outside > 0)
            Console.WriteLine($"{Quantity.Of(score.Outside, "id")} of other ticks, which do not count");
    }

    /// <summary>A hundred is all of them.</summary>
    private static string Percent(double? part) => part is { } known ? (known < 1 ? Math.Min(known * 100, 99.9) : 100).ToString("0.0", CultureInfo.InvariantCulture) + " %" : "–";

    /// <exception cref="CommandException">The file cannot be read, or has a line that is no id.</exception>
    private static List<AnswerScore.Flag> FlagsIn(string path)
    {
        var flags = new List<AnswerScore.Flag>();
        var number = 0;
        try
        {
            foreach (var line in path == "-" ? Lines(Console.In) : File.ReadLines(path))
            {
                number++;
                if (line.Split([',', ' ', '\t', '\r', '\uFEFF'], StringSplitOptions.RemoveEmptyEntries) is not { Length: > 0 } words)
                    continue;
                if (!long.TryParse(words[0], NumberStyles.None, CultureInfo.InvariantCulture, out var id))
                    throw Refused(path, number, line, "an id, a whole number, alone or followed by kinds");
                if (words.Length == 1)
                    flags.Add(new(id, null));
                foreach (var word in words[1..])
                    flags.Add(FaultKinds.TryParse(word, out var kind)
                        ? new(id, kind)
                        : throw Refused(path, number, line, $"as a kind {string.Join(", ", FaultKinds.All.Select(each => each.Name()))}"));
            }
        }
        catch (Exception unread) when (unread is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new CommandException($"--check: '{path}' cannot be read: {unread.Message}", ExitCode.WrongUsage);
        }

        return flags;
    }

    private static CommandException Refused(string path, int number, string line, string accepted) =>
        new($"--check: line {number} of {(path == "-" ? "standard input" : path)} is '{Excerpt.Of(line)}'; accepted is {accepted}.", ExitCode.WrongUsage);

    private static IEnumerable<string> Lines(TextReader reader)
    {
        while (reader.ReadLine() is { } line)
            yield return line;
    }
}
