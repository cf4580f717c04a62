using Microsoft.Win32.SafeHandles;

namespace ShoeFunctions.Local.Machine;

/// <summary>Whether enough files and connections can be opened: later, anything at all may fail for want of one, and not say so.</summary>
internal static class Handles
{
    /// <summary>What a run with embedded brokers and registry opens, and some more.</summary>
    public const int Needed = 256;

    /// <summary>Opens so many, and closes them.</summary>
    public static bool AreEnough()
    {
        var handles = new List<SafeFileHandle>(Needed);
        try
        {
            while (handles.Count < Needed)
                handles.Add(File.OpenHandle(Environment.ProcessPath!));
            return true;
        }
        catch (IOException)
        {
            return false;
        }
        finally
        {
            foreach (var handle in handles)
                handle.Dispose();
        }
    }
}
