namespace ShoeFunctions.Local.Machine;

/// <summary>Whether enough threads can be started: later, the client's C library aborts the process where it gets none.</summary>
internal static class Threads
{
    /// <summary>What a run with embedded brokers and registry has, and some more.</summary>
    public const int Needed = 32;

    /// <summary>Starts so many, and lets them end.</summary>
    public static bool AreEnough()
    {
        using var tried = new ManualResetEvent(false);
        var threads = new List<Thread>(Needed);
        try
        {
            while (threads.Count < Needed)
            {
                var thread = new Thread(() => tried.WaitOne());
                thread.Start();
                threads.Add(thread);
            }

            return true;
        }
        catch (Exception none) when (none is OutOfMemoryException or ThreadStartException)
        {
            return false;
        }
        finally
        {
            tried.Set();
            foreach (var thread in threads)
                thread.Join();
        }
    }
}
