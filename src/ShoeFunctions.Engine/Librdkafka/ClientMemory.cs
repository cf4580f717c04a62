using System.Runtime.InteropServices;

namespace ShoeFunctions.Engine.Librdkafka;

/// <summary>
/// The allocator that the C library uses, where it is glibc's. That one has an arena for each thread and hands back to nobody
/// what is free in it, which for a producer that is given up is all that it had: 276 MB after 13 failed ticks of 50,000 shoes.
/// </summary>
internal sealed class ClientMemory(TimeProvider time)
{
    /// <summary>Handing back walks through all arenas, which takes milliseconds.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    /// <summary>M_MXFAST.</summary>
    private const int LargestPutAside = 1;

    private long? _handedBackAt;

    /// <summary>
    /// Has the allocator join what is freed with what is free beside it at once, instead of putting small pieces aside by their
    /// size: those come back in another order than they lie in, and a million shoes cost twice the processor time
    /// (bench/README.md). For the whole process.
    /// </summary>
    /// <remarks>Source: mallopt(3), M_MXFAST.</remarks>
    public static void KeepTogether()
    {
        if (IsGlibc)
            _ = SetOption(LargestPutAside, 0);
    }

    /// <summary>Hands back to the system what is free, at most once in <see cref="Interval"/>.</summary>
    /// <param name="isMuch">Whether it is to be done at once, because a producer was given up.</param>
    /// <returns>Whether it was time.</returns>
    public bool HandBack(bool isMuch)
    {
        if (!isMuch && _handedBackAt is { } last && time.GetElapsedTime(last) < Interval)
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

    [DllImport("libc.so.6", EntryPoint = "mallopt")]
    private static extern int SetOption(int name, int value);
}
