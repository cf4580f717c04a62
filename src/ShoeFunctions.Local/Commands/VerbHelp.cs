using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace ShoeFunctions.Local.Commands;

/// <summary>The library's help, with what a verb says about itself, and examples at its end.</summary>
internal sealed class VerbHelp(HelpAction library, IReadOnlyList<(string Line, string Purpose)> examples) : SynchronousCommandLineAction
{
    /// <summary>Puts it in the place of the library's own.</summary>
    /// <param name="root">The whole command.</param>
    /// <param name="examples">Examples of the command without a verb.</param>
    public static void AddTo(RootCommand root, params (string Line, string Purpose)[] examples)
    {
        var help = root.Options.OfType<HelpOption>().Single();
        help.Action = new VerbHelp((HelpAction)help.Action!, examples);
    }

    /// <summary>Help is shown whatever else is typed.</summary>
    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        var verb = parseResult.CommandResult.Command as Verb;
        if (verb is not null)
            verb.Description = verb.About;
        var exitCode = library.Invoke(parseResult);

        var (shown, output) = (verb?.Examples ?? examples, parseResult.InvocationConfiguration.Output);
        output.WriteLine("Examples:");
        foreach (var (line, purpose) in shown)
            output.WriteLine($"  {line.PadRight(shown.Max(example => example.Line.Length))}  {purpose}");
        return exitCode;
    }
}
