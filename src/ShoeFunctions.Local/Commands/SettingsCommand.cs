using System.CommandLine;
using System.Text.Json;
using Microsoft.Extensions.Configuration;
using ShoeFunctions.Engine.Configuration;
using ShoeFunctions.Engine.Setup;
using ShoeFunctions.Local.Hosting;
using ShoeFunctions.Local.Terminal;

namespace ShoeFunctions.Local.Commands;

/// <summary>Prints the effective settings and where each comes from, and ends as a run with them would begin.</summary>
internal static class SettingsCommand
{
    private const string Unset = "–";

    public static Command Verb(CommandSettings environment)
    {
        var verb = new Verb("settings", "Print the settings in force and where each comes from",
            """
            Each line has a setting, its value and its source; secrets are masked.

            Exit code: 0, or 2 if a run with these settings would not start; the message
            then lists everything that is wrong.
            """,
            ("shoes settings", "the settings of this shell"),
            ("BATCH_SIZE=1000 shoes settings", "try a value before a run"),
            ("shoes settings --json", "for jq"));
        var json = new Option<bool>("--json") { Description = "Print one JSON array" };
        verb.Add(json);
        verb.SetAction(result => Run(environment, result.GetValue(json)));
        return verb;
    }

    private static int Run(CommandSettings environment, bool asJson)
    {
        var configuration = environment.Read();
        var embeddedAddresses = EmbeddedParts.StandIns(configuration);

        var rows = Settings.All.Select(setting => embeddedAddresses.ContainsKey(setting.Name)
            ? (setting.Name, Value: Unset, Source: "embedded, on a free port")
            : Row(setting, configuration, environment)).ToArray();
        if (asJson)
            Console.WriteLine(JsonSerializer.Serialize([.. rows.Select(row => new SettingLine(row.Name, row.Value == Unset ? null : row.Value, row.Source))], LinesJson.Readable.SettingLineArray));
        else
        {
            var (nameWidth, valueWidth) = (rows.Max(row => row.Name.Length), rows.Max(row => row.Value.Length));
            foreach (var (name, value, source) in rows)
                Console.WriteLine($"{name.PadRight(nameWidth)}  {value.PadRight(valueWidth)}  {source}");
        }

        if (configuration["FAN_OUT_ABOVE"] is { Length: > 0 } and not "0")
            Console.Error.WriteLine("FAN_OUT_ABOVE: this command has no queue; it makes the same chunks one after the other in its own process.");
        foreach (var unknown in UnknownSetting.In(configuration))
            Console.Error.WriteLine(unknown);

        configuration.AddInMemoryCollection(embeddedAddresses);
        ShoeSettings.Read(configuration, TimeProvider.System.GetUtcNow());
        return ExitCode.Done;
    }

    private static (string Name, string Value, string Source) Row(Setting setting, ConfigurationManager configuration, CommandSettings environment) => configuration[setting.Name] switch
    {
        { Length: > 0 } value => (setting.Name, setting.Display(value), environment.IsFromEnvironment(configuration, setting.Name) ? "environment" : "default"),
        _ when setting.IsSecret && !string.IsNullOrEmpty(configuration["KEY_VAULT_URI"]) => (setting.Name, "***", "key vault, where it has one"),
        _ => (setting.Name, setting.Default ?? Unset, setting.Default is null ? "not set" : "default"),
    };
}
