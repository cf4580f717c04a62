using System.CommandLine;
using System.Net;
using ShoeFunctions.Engine.Configuration;
using ShoeFunctions.Local.Machine;
using ShoeFunctions.Local.Terminal;

namespace ShoeFunctions.Local.Commands;

/// <summary>What can be typed after <c>dotnet run --project src/ShoeFunctions.Local --</c>.</summary>
internal static class CommandLine
{
    /// <summary>Runs what was typed: whatever happens, it ends with at most a line on why, and an exit code.</summary>
    public static async Task<int> RunAsync(string[] args)
    {
        var output = StandardStream.TakeOver();
        AppDomain.CurrentDomain.UnhandledException += (_, unhandled) =>
            Environment.Exit(Complain(unhandled.ExceptionObject is Exception error ? LastWords.Of(error) : "It ended by an error that it does not know.", ExitCode.Failed));
        if (!Handles.AreEnough())
            return Complain($"It needs {Handles.Needed} files and connections more than may be open: raise the limit (ulimit -n).", ExitCode.Failed);
        if (!Threads.AreEnough())
            return Complain($"It needs {Threads.Needed} threads more than can be started: raise the limits (ulimit -u, ulimit -v).", ExitCode.Failed);

        var exitCode = await AnswerAsync(args);
        return exitCode == ExitCode.Done && output.HasFailed ? ExitCode.Failed : exitCode;
    }

    private static async Task<int> AnswerAsync(string[] args)
    {
        try
        {
            var parsed = Root().Parse(args);
            if (parsed.Errors is [var error, ..])
                return Complain($"{error.Message} See --help.", ExitCode.WrongUsage);

            // Signals are the host's: it stops in order, where the library would cut short.
            return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
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

    private static RootCommand Root()
    {
        var port = NumberOption.Of("--port", 0, 65535, 7071, "Port of the HTTP front; 0 takes a free one.", "PORT");
        var listen = new Option<IPAddress>("--listen")
        {
            Description = "Address of the HTTP front, which asks nobody who he is. Beyond this machine only where that is meant, as in a container: 0.0.0.0.",
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
            Description = "A further name under which the HTTP front is asked for; it answers to localhost and to addresses alone. May be given several times.",
            DefaultValueFactory = _ => [],
            HelpName = "NAME",
        };
        var ticks = new Option<int?>("--ticks") { Description = "Stop after so many ticks are delivered, or as many runs have failed; exit 0 only where all are delivered.", HelpName = "N" };
        ticks.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && !(int.TryParse(token.Value, out var value) && value > 0))
                result.AddError($"--ticks: '{token.Value}'; accepted is a whole number from 1.");
        });
        var readyFile = new Option<string?>("--ready-file") { Description = "Once it serves, write a JSON object here that says where.", HelpName = "PATH" };

        var state = new Option<string?>("--state") { Description = "Keep the progress in files of this folder, so that the next run goes on where this one ends; without it, it is kept in memory.", HelpName = "DIR" };

        var log = new Option<LogForm>("--log")
        {
            Description = "How to log: text, for people, which is the default, or json, one object a line and nothing else on the standard output.",
            HelpName = "json|text",
            CustomParser = result =>
            {
                var found = result.Tokens[0].Value;
                if (found is not ("json" or "text"))
                    result.AddError($"--log: '{found}'; accepted is json or text.");
                return found == "json" ? LogForm.Json : LogForm.Text;
            },
        };

        var root = new RootCommand(
            "Puts realistic shoes on a Kafka topic, on a schedule. Where neither KAFKA_BOOTSTRAP_SERVERS nor SCHEMA_REGISTRY_URL is set, "
            + "it starts a broker and a registry in this process; one of the two alone is refused.") { listen, port, hosts, ticks, readyFile, state, log };
        root.SetAction((result, cancellation) => RunCommand.RunAsync(
            new RunCommand.Options(
                result.GetValue(listen)!, result.GetValue(port), result.GetValue(hosts)!, result.GetValue(ticks), result.GetValue(readyFile), result.GetValue(state), result.GetValue(log)), cancellation));
        root.Add(SettingsVerb());
        root.Add(AuditCommand.Verb());
        root.Add(ReplayCommand.Verb());
        root.Add(TailCommand.Verb());
        root.Add(PlanCommand.Verb());
        root.Add(BrokerCommand.Verb(readyFile));
        root.Add(DoctorVerb());
        return root;
    }

    private static Command SettingsVerb()
    {
        var settings = new Command("settings", "Print the effective settings and where each comes from; secrets are masked.");
        settings.SetAction(_ => SettingsCommand.Run());
        return settings;
    }

    private static Command DoctorVerb()
    {
        var doctor = new Command("doctor", "Check the configuration from names to rights, without producing; exit 0 where nothing fails.");
        doctor.SetAction((_, cancellation) => DoctorCommand.RunAsync(cancellation));
        return doctor;
    }

    private static int Complain(string message, int exitCode)
    {
        Console.Error.WriteLine(message);
        return exitCode;
    }
}
