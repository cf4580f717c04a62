using System.CommandLine;
using System.Net;
using Microsoft.Extensions.Configuration.EnvironmentVariables;
using ShoeFunctions.Engine.Configuration;
using ShoeFunctions.Local.Hosting;
using ShoeFunctions.Local.Machine;
using ShoeFunctions.Local.Terminal;

namespace ShoeFunctions.Local.Commands;

/// <summary>What can be typed after <c>dotnet run --project src/ShoeFunctions.Local --</c>.</summary>
internal static class CommandLine
{
    private const string About = """
        Produces realistic shoes to a Kafka topic, on a schedule.

        Settings are environment variables: shoes settings lists them. Where
        PRODUCE_SCHEDULE is not set, it ticks every second. If neither
        KAFKA_BOOTSTRAP_SERVERS nor SCHEMA_REGISTRY_URL is set, a Kafka broker and
        a Schema Registry start in this process; setting only one is an error.

        Dashboard, statistics and health are served over HTTP. There is no
        authentication: anyone who can reach the port can read it. So it listens on
        this machine only, unless --listen says otherwise (0.0.0.0 in a container),
        and answers only to localhost, to IP addresses and to the names of --host.

        Without --state the progress is kept in memory. With --log json nothing but
        log entries is printed, one JSON object a line.

        Logs go to standard error, results to standard output. Exit code: 0 done,
        1 failed (with --ticks: not all were delivered), 2 wrong usage or settings,
        130 stopped by Ctrl+C before it was done.
        """;

    /// <summary>Runs what was typed: whatever happens, it ends with at most a line on why, and an exit code.</summary>
    public static async Task<int> RunAsync(string[] args)
    {
        var output = StandardStream.TakeOver();
        Terminals.Look();
        AppDomain.CurrentDomain.UnhandledException += (_, unhandled) =>
            Environment.Exit(Complain(unhandled.ExceptionObject is Exception error ? LastWords.Of(error) : "It ended with an unexpected error.", ExitCode.Failed));
        if (!Handles.AreEnough())
            return Complain($"It needs {Handles.Needed} files and connections more than may be open: raise the limit (ulimit -n).", ExitCode.Failed);
        if (!Threads.AreEnough())
            return Complain($"It needs {Threads.Needed} threads more than can be started: raise the limits (ulimit -u, ulimit -v).", ExitCode.Failed);

        return await AnswerAsync(args, new CommandSettings(new EnvironmentVariablesConfigurationSource()), output);
    }

    /// <summary>Answers what was typed, with the console as it is.</summary>
    /// <param name="args">What was typed.</param>
    /// <param name="environment">The settings.</param>
    /// <param name="output">What the console's output goes to: where that fails, so has the command.</param>
    internal static async Task<int> AnswerAsync(string[] args, CommandSettings environment, StandardStream output)
    {
        try
        {
            var parsed = Root(environment).Parse(WithoutHelpAsAVerb(args));
            if (parsed.Errors is [var error, ..])
                return Complain($"{error.Message} {Suggestion.For(parsed) ?? "See --help."}", ExitCode.WrongUsage);

            // Signals are the host's: it stops in order, where the library would cut short.
            var exitCode = await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
            return exitCode == ExitCode.Done && output.HasFailed ? ExitCode.Failed : exitCode;
        }
        catch (SettingsException wrong)
        {
            return Complain(wrong.Message, ExitCode.WrongUsage);
        }
        catch (CommandException wrong)
        {
            return Complain(wrong.Message, wrong.ExitCode);
        }
        catch (Exception unknown)
        {
            return Complain(LastWords.Of(unknown), ExitCode.Failed);
        }
    }

    /// <summary>What other programs have as a verb is an option here.</summary>
    internal static string[] WithoutHelpAsAVerb(string[] args) => args is ["help", .. var verb] ? [.. verb, "--help"] : args;

    /// <summary>All that can be typed.</summary>
    public static RootCommand Root(CommandSettings environment)
    {
        var port = NumberOption.Of("--port", 0, 65535, 7071, "Port to listen on; 0 takes a free one", "PORT");
        var listen = new Option<IPAddress>("--listen")
        {
            Description = "Address to listen on",
            DefaultValueFactory = _ => IPAddress.Loopback,
            HelpName = "ADDRESS",
            CustomParser = result =>
            {
                var text = result.Tokens is [var token, ..] ? token.Value : "";
                if (IPAddress.TryParse(text, out var address))
                    return address;
                result.AddError($"--listen: '{text}'; accepted is an IP address, for example 0.0.0.0.");
                return null;
            },
        };
        var hosts = new Option<string[]>("--host")
        {
            Description = "A host name to answer to; may be repeated",
            DefaultValueFactory = _ => [],
            HelpName = "NAME",
        };
        var ticks = new Option<int?>("--ticks") { Description = "Stop after N delivered ticks, or N failed runs", HelpName = "N" };
        ticks.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && !(int.TryParse(token.Value, out var value) && value > 0))
                result.AddError($"--ticks: '{token.Value}'; accepted is a whole number from 1.");
        });
        var readyFile = new Option<string?>("--ready-file") { Description = "Once it is serving, write its addresses here as JSON", HelpName = "PATH" };

        var state = new Option<string?>("--state") { Description = "Keep the progress in this folder, for the next run", HelpName = "DIR" };

        var log = new Option<LogForm>("--log")
        {
            Description = "How to log: text for people, the default, or JSON",
            HelpName = "json|text",
            CustomParser = result =>
            {
                var found = result.Tokens[0].Value;
                if (found is not ("json" or "text"))
                    result.AddError($"--log: '{found}'; accepted is json or text.");
                return found == "json" ? LogForm.Json : LogForm.Text;
            },
        };
        log.CompletionSources.Clear();
        log.CompletionSources.Add("json", "text");

        var keep = KeepOption.Of("Bytes that the embedded brokers keep, as 2GB");
        var now = new Option<bool>("--now") { Description = "Begin with the tick that was due last, at once" };
        var amount = new Amount();

        var root = new RootCommand(About) { listen, port, hosts, ticks };
        amount.AddTo(root, ticks);
        foreach (var option in new Option[] { now, keep, readyFile, state, log })
            root.Add(option);
        root.SetAction((result, cancellation) =>
        {
            var (asked, settings) = amount.Of(result, result.GetValue(ticks));
            return RunCommand.RunAsync(
                environment,
                new RunCommand.Options(
                    result.GetValue(listen)!, result.GetValue(port), result.GetValue(hosts)!, asked, result.GetValue(readyFile), result.GetValue(state), result.GetValue(log),
                    result.GetValue(now), result.GetValue(keep), settings),
                cancellation);
        });
        root.Add(SettingsCommand.Verb(environment));
        root.Add(AuditCommand.Verb(environment));
        root.Add(AnswersCommand.Verb(environment));
        root.Add(ReplayCommand.Verb(environment));
        root.Add(TailCommand.Verb(environment));
        root.Add(PlanCommand.Verb(environment));
        root.Add(BrokerCommand.Verb(environment, readyFile));
        root.Add(DoctorCommand.Verb(environment));
        root.Options.OfType<VersionOption>().Single().Aliases.Add("-v");
        VerbHelp.AddTo(root,
            ("shoes", "produce until Ctrl+C"),
            ("shoes --count 1000 --now", "exactly 1000 shoes, at once"),
            ("shoes --state progress --log json", "go on where the last run ended"));
        return root;
    }

    private static int Complain(string message, int exitCode)
    {
        Console.Error.WriteLine(message);
        return exitCode;
    }
}
