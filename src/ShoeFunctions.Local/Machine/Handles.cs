using System.Runtime.InteropServices;

namespace ShoeFunctions.Local.Machine;

/// <summary>Whether enough files and connections can be opened: later, anything at all may fail for want of one, and not say so.</summary>
internal static class Handles
{
    /// <summary>What a run with embedded brokers and registry opens, and some more.</summary>
    public const int Needed = 256;

    /// <summary>RLIMIT_NOFILE.</summary>
    private static int Files => OperatingSystem.IsMacOS() ? 8 : 7;

    /// <summary>Whether the limit lets so many be opened beside those that are open; it is asked for, because to try costs a start 20 ms.</summary>
    /// <remarks>Source: getrlimit(2).</remarks>
    public static bool AreEnough()
    {
        if (OperatingSystem.IsWindows())
            return true;

        try
        {
            return GetLimit(Files, out var limit) != 0 || limit.Now >= (ulong)Directory.EnumerateFileSystemEntries("/dev/fd").Count() + Needed;
        }
        catch (DirectoryNotFoundException)
        {
            // The system does not say what is open, and that is no reason to refuse.
            return true;
        }
        catch (IOException)
        {
            // Not even these can be counted.
            return false;
        }
    }

    [DllImport("libc", EntryPoint = "getrlimit")]
    private static extern int GetLimit(int resource, out Limit limit);

    private readonly struct Limit
    {
        public readonly ulong Now;
        public readonly ulong Highest;
    }
}
