using System.Net.Sockets;

namespace ShoeFunctions.Engine.Failures;

/// <summary>What this machine, or the limits of this process, did not give: no peer is to blame for it.</summary>
public static class MachineLimits
{
    /// <summary>ENFILE and EMFILE: the whole system, or this process, has too many.</summary>
    private const int TooManyOfTheSystem = 23, TooManyOfTheProcess = 24;

    /// <summary>Whether too many files and connections are open for a file to be opened.</summary>
    public static bool AreTooMany(IOException error) => error.HResult is TooManyOfTheSystem or TooManyOfTheProcess;

    /// <summary>The failure where an exception, or one that it carries, comes from want of memory, threads or open files; else null.</summary>
    /// <param name="error">What was thrown.</param>
    /// <param name="source">With which peer something was to be done.</param>
    /// <param name="operation">What was to be done.</param>
    public static Failure? Of(Exception error, FailureSource source, string operation)
    {
        for (var cause = error; cause is not null; cause = cause.InnerException)
            switch (cause)
            {
                case OutOfMemoryException or ThreadStartException:
                    return new Failure(source, operation, FailureKind.Fatal, cause.GetType().Name, true,
                        "This machine lacks memory or threads: give it more, or raise the limits (ulimit -v, ulimit -u, DOTNET_GCHeapHardLimit).");
                case SocketException { SocketErrorCode: SocketError.TooManyOpenSockets }:
                case IOException many when AreTooMany(many):
                    return new Failure(source, operation, FailureKind.Fatal, "too-many-files", true,
                        "Too many files and connections are open: raise the limit of open files (ulimit -n).");
            }

        return null;
    }
}
