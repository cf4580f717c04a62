using System.Reflection;
using ShoeFunctions.Engine.Failures;

namespace ShoeFunctions.Local.Terminal;

/// <summary>What is said, in one line, where a program ends by an exception.</summary>
internal static class LastWords
{
    private const string NoFiles = "No more files or connections can be opened: raise the limit of open files (ulimit -n).";

    /// <summary>The line of an exception.</summary>
    public static string Of(Exception error)
    {
        // Assemblies are files too; what is thrown where one cannot be opened does not say why.
        if (NoFileCanBeOpened())
            return NoFiles;

        return error switch
        {
            TargetInvocationException or TypeInitializationException or AggregateException or TaskSchedulerException when error.InnerException is { } inner => Of(inner),
            FailureException failure => failure.Message,
            OutOfMemoryException or ThreadStartException => "There is not enough memory, or no more threads can be started: raise the limits (ulimit -v, ulimit -u, ulimit -n, DOTNET_GCHeapHardLimit).",
            IOException or UnauthorizedAccessException => $"A file or connection cannot be used: {OneLine(error.Message)}",
            _ => $"It ended with an unexpected error ({error.GetType().Name}): {OneLine(error.Message)}",
        };
    }

    /// <summary>The end where nothing more can be loaded: it says what it knows without.</summary>
    public static int Whisper()
    {
        StandardStream.Whisper("It cannot start with so few open files, so little memory or so few threads: raise the limits (ulimit -n, ulimit -v, ulimit -u).\n"u8);
        return ExitCode.Failed;
    }

    private static bool NoFileCanBeOpened()
    {
        try
        {
            using var any = File.OpenHandle(typeof(LastWords).Assembly.Location);
            return false;
        }
        catch (IOException error)
        {
            return MachineLimits.AreTooMany(error);
        }
        catch (Exception error) when (error is ArgumentException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static string OneLine(string text) => text.ReplaceLineEndings(" ");
}
