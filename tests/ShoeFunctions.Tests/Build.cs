using System.Reflection;

namespace ShoeFunctions.Tests;

/// <summary>What this build of the tests, and of the app with them, has.</summary>
internal static class Build
{
    public static bool HasConfluentSerializer { get; } =
        typeof(Build).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(metadata => metadata.Key == "ConfluentSerializer").Value == "true";
}
