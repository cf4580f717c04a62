namespace ShoeFunctions.Infrastructure.Tests.Scripts;

/// <summary>A program that a script finds instead of the real one.</summary>
internal static class StandIn
{
    /// <summary>Puts it into a folder and answers with the PATH on which that comes first.</summary>
    public static (string Name, string? Value) Put(DirectoryInfo folder, string name, string script)
    {
        var path = Path.Combine(folder.FullName, name);
        File.WriteAllText(path, script.ReplaceLineEndings("\n"));
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return ("PATH", $"{folder.FullName}{Path.PathSeparator}{Environment.GetEnvironmentVariable("PATH")}");
    }
}
