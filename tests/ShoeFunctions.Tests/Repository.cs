using System.Runtime.CompilerServices;

namespace ShoeFunctions.Tests;

/// <summary>Where things lie in the repository.</summary>
internal static class Repository
{
    private static readonly string TestsFolder = Path.GetDirectoryName(ThisFile())!;

    public static string Root { get; } = Path.GetFullPath(Path.Combine(TestsFolder, "../.."));

    /// <summary>
    /// The app's own build output, of the configuration of these tests. The copy beside the tests lacks what they have
    /// from the ASP.NET framework.
    /// </summary>
    public static string BuiltApp { get; } =
        Path.TrimEndingDirectorySeparator(Path.GetFullPath(Path.GetRelativePath(TestsFolder, AppContext.BaseDirectory), Path.Combine(Root, "src/ShoeFunctions")));

    private static string ThisFile([CallerFilePath] string path = "") => path;
}
