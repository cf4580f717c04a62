namespace ShoeFunctions.Local.Terminal;

/// <summary>A file that is asked for by an option.</summary>
internal static class WholeFile
{
    /// <summary>Writes it whole or not at all; a link stays one, and is followed.</summary>
    /// <param name="option">The option, to begin a sentence with.</param>
    /// <param name="path">Where.</param>
    /// <param name="text">What.</param>
    /// <exception cref="CommandException">It cannot be written.</exception>
    public static void Write(string option, string path, string text)
    {
        var beside = path + ".new";
        try
        {
            if (File.Exists(path) && File.GetAttributes(path).HasFlag(FileAttributes.ReparsePoint))
            {
                File.WriteAllText(path, text);
                return;
            }

            File.WriteAllText(beside, text);
            File.Move(beside, path, overwrite: true);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new CommandException($"{option}: '{TextTable.Printable(path)}' cannot be written: {error.Message.ReplaceLineEndings(" ")}", ExitCode.Failed);
        }
    }
}
