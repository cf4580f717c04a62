namespace ShoeFunctions.Local.Terminal;

/// <summary>Which of the standard streams are a terminal: none, until that is looked at.</summary>
internal static class Terminals
{
    /// <summary>Whether somebody can be asked.</summary>
    public static bool HaveInput { get; private set; }

    /// <summary>Whether results are read as they come, on lines of so many columns.</summary>
    public static bool HaveOutput { get; private set; }

    /// <summary>Whether what is said meanwhile is seen.</summary>
    public static bool HaveErrors { get; private set; }

    /// <summary>Looks at the streams that the program was started with.</summary>
    public static void Look() => (HaveInput, HaveOutput, HaveErrors) = (!Console.IsInputRedirected, !Console.IsOutputRedirected, !Console.IsErrorRedirected);
}
