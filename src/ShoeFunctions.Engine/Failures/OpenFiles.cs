namespace ShoeFunctions.Engine.Failures;

/// <summary>Files and connections that cannot be opened because too many are open.</summary>
public static class OpenFiles
{
    /// <summary>ENFILE and EMFILE: the whole system, or this process, has too many.</summary>
    private const int TooManyOfTheSystem = 23, TooManyOfTheProcess = 24;

    /// <summary>Whether that is why a file could not be opened.</summary>
    public static bool AreTooMany(IOException error) => error.HResult is TooManyOfTheSystem or TooManyOfTheProcess;
}
