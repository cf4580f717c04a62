using System.Runtime.InteropServices;

namespace ShoeFunctions.Engine.Delivery;

/// <summary>
/// What the C library has freed and its allocator keeps. Records are allocated on one thread and freed on another, so glibc's
/// arenas fill with holes that it hands back to nobody: 4 MB in use of 175 MB after 45 minutes of 20,000 shoes a second.
/// </summary>
internal sealed class ClientMemory(TimeProvider time)
{
    /// <summary>Handing back walks through all arenas, which takes milliseconds.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    private long? _handedBackAt;

    /// <summary>Hands back to the system what is free, at most once in <see cref="Interval"/>.</summary>
    /// <returns>Whether it was time.</returns>
    public bool HandBack()
    {
        if (_handedBackAt is { } last && time.GetElapsedTime(last) < Interval)
            return false;

        _handedBackAt = time.GetTimestamp();
        if (IsGlibc)
            _ = Trim(0);
        return true;
    }

    /// <summary>Other C libraries hand back by themselves, or have no such call.</summary>
    private static bool IsGlibc { get; } =
        OperatingSystem.IsLinux() && NativeLibrary.TryLoad("libc.so.6", out var library) && NativeLibrary.TryGetExport(library, "malloc_trim", out _);

    [DllImport("libc.so.6", EntryPoint = "malloc_trim")]
    private static extern int Trim(nuint keep);
}
