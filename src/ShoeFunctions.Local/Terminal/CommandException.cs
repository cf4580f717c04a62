namespace ShoeFunctions.Local.Terminal;

/// <summary>Ends the program with a message for the user and an exit code, and no stack trace.</summary>
internal sealed class CommandException(string message, int exitCode) : Exception(message)
{
    public int ExitCode { get; } = exitCode;
}
