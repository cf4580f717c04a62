namespace ShoeFunctions.Infrastructure.Tests.Scripts;

/// <summary>Runs a shell script of the repository.</summary>
internal static class Script
{
    public static Task<Ran> RunAsync(string name, IEnumerable<string> arguments, params IEnumerable<(string Name, string? Value)> environment)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "It is a shell script.");
        return Ran.ProgramAsync(Repository.PathOf($"script/{name}"), arguments, environment);
    }

    /// <summary>Wrong usage: exit code 2, nothing on the standard output, and one line that has this text.</summary>
    public static void AssertIsWrongUsage(Ran ran, string text)
    {
        Assert.Equal((2, ""), (ran.ExitCode, ran.Output));
        Assert.Contains(text, Assert.Single(ran.Errors.TrimEnd().Split('\n')), StringComparison.Ordinal);
    }
}
