using System.CommandLine;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using ShoeFunctions.Engine;
using ShoeFunctions.Engine.Health;
using ShoeFunctions.Local.Hosting;
using ShoeFunctions.Local.Terminal;

namespace ShoeFunctions.Local.Commands;

/// <summary>Prints what the doctor finds, a line each, in colour on a terminal.</summary>
internal static class DoctorCommand
{
    private const int SubjectWidth = 16;

    public static Command Verb()
    {
        var verb = new Verb("doctor", "Check settings, network, credentials and permissions",
            """
            Goes from the settings over names, ports and TLS to credentials, topic,
            subject and the permission to write, and says what to do about each problem.
            It produces nothing and registers no schema.

            Exit code: 0 if nothing failed, 1 if something did, 2 wrong usage.
            """,
            ("shoes doctor", "check the settings of this shell"),
            ("KAFKA_TOPIC=orders shoes doctor", "check another topic"));
        verb.SetAction((_, cancellation) => RunAsync(cancellation));
        return verb;
    }

    private static async Task<int> RunAsync(CancellationToken cancellation)
    {
        var configuration = new ConfigurationManager();
        configuration.AddEnvironmentVariables();
        await using var embedded = await EmbeddedParts.StartAsync(configuration, cancellation);
        var services = new ServiceCollection().AddSingleton<IConfiguration>(configuration).AddLogging().AddShoes();
        services.Configure<LoggerFilterOptions>(filter => filter.MinLevel = LogLevel.None);
        await using var provider = services.BuildServiceProvider();
        embedded.CreateTopic(configuration["KAFKA_TOPIC"] is { Length: > 0 } topic ? topic : "js_shoe");

        var worst = HealthState.Healthy;
        await foreach (var finding in provider.GetRequiredService<Doctor>().ExamineAsync(cancellation))
        {
            Print(finding);
            worst = finding.State > worst ? finding.State : worst;
        }

        return worst == HealthState.Unhealthy ? ExitCode.Failed : ExitCode.Done;
    }

    private static void Print(Finding finding)
    {
        var (word, colour) = finding.State switch
        {
            _ when !finding.IsTested => ("untested", "36"),
            HealthState.Healthy => ("ok", "32"),
            HealthState.Degraded => ("warning", "33"),
            _ => ("failure", "31"),
        };
        var isPlain = Console.IsOutputRedirected || !string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"));
        var shown = word.PadRight(8);
        Console.WriteLine($"{(isPlain ? shown : $"\e[{colour}m{shown}\e[0m")} {finding.Subject.PadRight(SubjectWidth)} {finding.Text}");
    }
}
