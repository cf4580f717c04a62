namespace ShoeFunctions.Local.Terminal;

/// <summary>How the program ends.</summary>
internal static class ExitCode
{
    public const int Done = 0;
    public const int Failed = 1;
    public const int WrongUsage = 2;

    /// <summary>Ctrl+C came before it was done: 128 and the signal's number, as shells have it.</summary>
    public const int Interrupted = 130;
}
