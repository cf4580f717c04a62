namespace ShoeFunctions.Engine.Tests.Processes;

/// <summary>A build that a test starts.</summary>
internal static class InnerBuild
{
    /// <summary>
    /// What is typed for it to leave no process behind. Whoever sets UseSharedCompilation to true has a compiler for all
    /// builds, which is warm by now and takes a third of the time, and ends that.
    /// </summary>
    public static string[] Servers => Environment.GetEnvironmentVariable("UseSharedCompilation") == "true" ? [] : ["--disable-build-servers"];
}
