using Microsoft.Extensions.Logging;
using ShoeFunctions.Engine.Failures;

namespace ShoeFunctions.Engine.Progress.Stores;

/// <summary>
/// A file that one process at a time has open while it produces: two that keep their progress in the same place would
/// both produce every tick. The system closes it when the process ends, however it ends.
/// </summary>
public sealed partial class ProgressHold : IDisposable
{
    /// <summary>How often a process that stands by looks whether the other one is gone.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(0.5);

    private readonly FileStream _file;

    private ProgressHold(FileStream file) => _file = file;

    /// <summary>Takes hold of a topic's progress in a folder, or returns null where another process has it.</summary>
    /// <exception cref="FailureException">The folder cannot be written to.</exception>
    public static ProgressHold? TryTake(string folder, string cluster, string topic)
    {
        var path = PathOf(folder, cluster, topic);
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            return new ProgressHold(new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException held) when (ProgressFailures.IsHeld(held))
        {
            return null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new FailureException(ProgressFailures.OfFile(error, ProgressFailures.Writing, path), error);
        }
    }

    /// <summary>Takes hold of it as soon as no other process has it.</summary>
    /// <exception cref="FailureException">The folder cannot be written to.</exception>
    public static async Task<ProgressHold> TakeAsync(string folder, string cluster, string topic, TimeProvider time, ILogger<ProgressHold> logger, CancellationToken cancellation)
    {
        for (var waited = false; ; waited = true)
        {
            if (TryTake(folder, cluster, topic) is { } hold)
            {
                if (waited)
                    Log.TakenOver(logger, topic);
                return hold;
            }

            if (!waited)
                Log.StandingBy(logger, topic, Path.GetFullPath(folder));
            await Task.Delay(Interval, time, cancellation);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    private static string PathOf(string folder, string cluster, string topic) => Path.Combine(FileProgressStore.FolderOf(folder, cluster), topic + ".running");

    private static partial class Log
    {
        [LoggerMessage(604, LogLevel.Warning, "another process produces topic {Topic} with the progress in {Folder}: this one stands by and takes over when that one ends")]
        public static partial void StandingBy(ILogger logger, string topic, string folder);

        [LoggerMessage(605, LogLevel.Information, "the other process is gone: this one produces topic {Topic} from here on")]
        public static partial void TakenOver(ILogger logger, string topic);
    }
}
