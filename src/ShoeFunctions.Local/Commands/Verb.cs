using System.CommandLine;

namespace ShoeFunctions.Local.Commands;

/// <summary>A verb of the command, with the help that it alone shows.</summary>
/// <param name="name">What is typed.</param>
/// <param name="summary">What it does, in one line: the help of the whole command lists it.</param>
/// <param name="about">What else there is to know, in paragraphs of lines that fit on a terminal.</param>
/// <param name="examples">Two or three, each with what it is for.</param>
internal sealed class Verb(string name, string summary, string about, params (string Line, string Purpose)[] examples) : Command(name, summary)
{
    /// <summary>What its own help begins with.</summary>
    public string About { get; } = $"{summary}.\n\n{about}";

    /// <summary>What its own help ends with.</summary>
    public IReadOnlyList<(string Line, string Purpose)> Examples { get; } = examples;
}
