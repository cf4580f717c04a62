using System.Reflection;

namespace ShoeFunctions.Engine.Setup;

/// <summary>Which build of the program this is.</summary>
public static class Build
{
    /// <summary>The commit that it was built from, or the version where that is not known.</summary>
    public static string Commit { get; } =
        typeof(Build).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[^1];
}
