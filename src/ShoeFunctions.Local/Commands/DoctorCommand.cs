using System.CommandLine;
using System.Text.Json;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using ShoeFunctions.Engine;
using ShoeFunctions.Engine.Health;
using ShoeFunctions.Engine.Progress;
using ShoeFunctions.Local.Hosting;
using ShoeFunctions.Local.Terminal;

namespace ShoeFunctions.Local.Commands;

/// <summary>Prints what the doctor finds, a line each, in colour on a terminal.</summary>
internal static class DoctorCommand
{
    private const int SubjectWidth = 16;

    public static Command Verb(CommandSettings environment)
    {
        var verb = new Verb("doctor", "Check settings, network, credentials and permissions",
            """
            Goes from the settings over names, ports and TLS to credentials, topic,
            subject and the permission to write, and says what to do about each problem.
            It produces nothing and registers no schema. If nothing is configured, it
            checks the Kafka brokers and Schema Registry that a run would start.

            Exit code: 0 if nothing failed, 1 if something did, 2 wrong usage.
            """,
            ("shoes doctor", "check the settings of this shell"),
            ("KAFKA_TOPIC=orders shoes doctor", "check another topic"),
            ("shoes doctor --state progress --json", "with a run's progress, for jq"));
        var state = new Option<string?>("--state") { Description = "The folder in which a run keeps its progress", HelpName = "DIR" };
        var json = new Option<bool>("--json") { Description = "Print one JSON array" };
        verb.Add(state);
        verb.Add(json);
        verb.SetAction((result, _) => Interruptible.RunAsync(
            stop => RunAsync(environment, result.GetValue(state), result.GetValue(json), stop), () => "Stopped: what is not listed was not checked. Run it again."));
        return verb;
    }

    private static async Task<int> RunAsync(CommandSettings environment, string? state, bool asJson, CancellationToken cancellation)
    {
        var configuration = environment.Read();
        await using var embedded = await EmbeddedParts.StartAsync(configuration, cancellation);
        var services = new ServiceCollection().AddSingleton<IConfiguration>(configuration).AddLogging().AddShoes();
        if (state is not null)
            services.AddSingleton<IProgressStore>(provider => RunCommand.FileStore(provider, state, embedded));
        services.Configure<LoggerFilterOptions>(filter => filter.MinLevel = LogLevel.None);
        await using var provider = services.BuildServiceProvider();
        embedded.CreateTopic(configuration["KAFKA_TOPIC"] is { Length: > 0 } topic ? topic : "js_shoe");

        var findings = new List<Finding>();
        void Tell(Finding finding)
        {
            findings.Add(finding);
            if (!asJson)
                Print(finding);
        }

        if (embedded.Kafka is not null)
            Tell(new Finding("cluster", HealthState.Healthy,
                "none is configured: what follows is about the embedded brokers and registry; set KAFKA_BOOTSTRAP_SERVERS and SCHEMA_REGISTRY_URL to check yours", IsTested: false));
        await foreach (var finding in provider.GetRequiredService<Doctor>().ExamineAsync(cancellation))
            Tell(finding);
        if (asJson)
            Console.WriteLine(JsonSerializer.Serialize([.. findings.Select(finding => new DoctorFinding(WordOf(finding).Word, finding.Subject, finding.Text))], LinesJson.Readable.DoctorFindingArray));
        return findings.Any(finding => finding.State == HealthState.Unhealthy) ? ExitCode.Failed : ExitCode.Done;
    }

    private static (string Word, string Colour) WordOf(Finding finding) => finding.State switch
    {
        _ when !finding.IsTested => ("untested", "36"),
        HealthState.Healthy => ("ok", "32"),
        HealthState.Degraded => ("warning", "33"),
        _ => ("failure", "31"),
    };

    private static void Print(Finding finding)
    {
        var (word, colour) = WordOf(finding);
        var isPlain = !Terminals.HaveOutput || !string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"));
        var shown = word.PadRight(8);
        Console.WriteLine($"{(isPlain ? shown : $"\e[{colour}m{shown}\e[0m")} {finding.Subject.PadRight(SubjectWidth)} {finding.Text}");
    }
}
