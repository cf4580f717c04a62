using System.CommandLine;
using ShoeFunctions.Engine.Configuration;

namespace ShoeFunctions.Local.Commands;

/// <summary>What is meant where something is typed that does not exist.</summary>
internal static class Suggestion
{
    /// <summary>Words with fewer letters may have one mistake, others two at least.</summary>
    private const int Short = 5;

    /// <summary>What to say of the first word that is unknown; null where nothing is near to it.</summary>
    public static string? For(ParseResult parsed)
    {
        if (parsed.UnmatchedTokens is not [var typed, ..])
            return null;

        var command = parsed.CommandResult.Command;
        var known = typed.StartsWith('-')
            ? command.Options.Concat(parsed.RootCommandResult.Command.Options.Where(option => option.Recursive)).SelectMany(option => option.Aliases.Prepend(option.Name))
            : command.Subcommands.Select(verb => verb.Name);
        return Misspelling.Of(typed, known, name => name, typed.TrimStart('-').Length < Short ? 1 : 2) is { } meant ? $"Did you mean {meant}?" : null;
    }
}
