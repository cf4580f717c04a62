using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace ShoeFunctions.Engine.Tests.Processes;

/// <summary>
/// Lets the processes that tests start take signals, whatever the tests' own parent ignores: a shell starts what runs in the
/// background with SIGINT ignored, and what is ignored stays so in every child.
/// </summary>
internal static class DefaultSignals
{
    private const nint Default = 0;
    private const nint Ignored = 1;

    /// <summary>SIGINT, SIGQUIT and SIGTERM. Not SIGHUP: whoever ignores that wants the tests to outlive the terminal.</summary>
    private static readonly int[] Signals = [2, 3, 15];

#pragma warning disable CA2255 // Before Main, as the runtime takes no notice of signals that were ignored at its start.
    [ModuleInitializer]
    internal static void Restore()
#pragma warning restore CA2255
    {
        if (OperatingSystem.IsWindows())
            return;

        // A struct sigaction begins with the handler, and is smaller than this on every system.
        var action = new nint[64];
        foreach (var signal in Signals)
            if (Read(signal, 0, action) == 0 && action[0] == Ignored)
                Set(signal, Default);
    }

    [DllImport("libc", EntryPoint = "sigaction")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Read(int signal, nint none, [Out] nint[] action);

    [DllImport("libc", EntryPoint = "signal")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern nint Set(int signal, nint handler);
}
