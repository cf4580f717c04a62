using System.Security.Cryptography;
using System.Text;
using ShoeFunctions.Engine.Failures;

namespace ShoeFunctions.Engine.Progress;

/// <summary>
/// Keeps progress in a file, <c>folder/cluster/topic.json</c>, for several processes at once. Whenever one of them dies,
/// the file is whole. Earlier programs knew no cluster: their <c>folder/topic.json</c> is moved to the first that writes.
/// </summary>
public sealed class FileProgressStore : IProgressStore
{
    /// <summary>Another process is waited for at most this long.</summary>
    public static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(4);

    private const int LongestPauseMs = 10;

    private readonly string _folder;
    private readonly string _path;
    private readonly string _earlier;
    private readonly TimeProvider _time;

    /// <summary>A store in a folder, which is made with the first write.</summary>
    public FileProgressStore(string folder, string cluster, string topic, TimeProvider time)
    {
        _folder = FolderOf(folder, cluster);
        _path = Path.Combine(_folder, topic + ".json");
        _earlier = Path.Combine(Path.GetFullPath(folder), topic + ".json");
        _time = time;
    }

    /// <inheritdoc/>
    /// <exception cref="FailureException">The file cannot be read.</exception>
    public async Task<ProgressState> ReadAsync(CancellationToken cancellation) =>
        await ReadAsync(_path, cancellation) ?? await ReadAsync(_earlier, cancellation) ?? ProgressState.Empty;

    /// <summary>The folder of a cluster's progress.</summary>
    internal static string FolderOf(string folder, string cluster) => Path.Combine(Path.GetFullPath(folder), cluster);

    private static async Task<ProgressState?> ReadAsync(string path, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        try
        {
            // Deleting is shared so that the file can be replaced on Windows too.
            await using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var reader = new StreamReader(file, Encoding.UTF8);
            return ProgressText.Read(await reader.ReadToEndAsync(cancellation), $"File {path}");
        }
        catch (Exception none) when (none is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new FailureException(ProgressFailures.OfFile(error, ProgressFailures.Reading, path), error);
        }
    }

    /// <inheritdoc/>
    /// <exception cref="FailureException">The file cannot be read or written.</exception>
    public async Task<ProgressState> UpdateAsync(Func<ProgressState, ProgressState> change, CancellationToken cancellation)
    {
        await using var held = await LockAsync(cancellation);
        TakeOver();
        var state = await ReadAsync(cancellation);
        var changed = change(state);
        if (!ReferenceEquals(changed, state))
            Replace(ProgressText.Write(changed));
        return changed;
    }

    /// <summary>Opens the lock file for this process alone. The system closes it when the process ends, however it ends.</summary>
    private async Task<FileStream> LockAsync(CancellationToken cancellation)
    {
        var began = _time.GetTimestamp();
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            try
            {
                Directory.CreateDirectory(_folder);
                return new FileStream(Path.ChangeExtension(_path, ".lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException held) when (ProgressFailures.IsHeld(held) && _time.GetElapsedTime(began) < LongestWait)
            {
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                throw new FailureException(ProgressFailures.OfFile(error, ProgressFailures.Writing, _path), error);
            }

            await Task.Delay(TimeSpan.FromMilliseconds(RandomNumberGenerator.GetInt32(1, LongestPauseMs)), _time, cancellation);
        }
    }

    /// <summary>A move: of two programs with two clusters one has it.</summary>
    private void TakeOver()
    {
        try
        {
            if (!File.Exists(_path))
                File.Move(_earlier, _path);
        }
        catch (FileNotFoundException)
        {
            // There is none, or another program has it.
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new FailureException(ProgressFailures.OfFile(error, ProgressFailures.Writing, _earlier), error);
        }
    }

    /// <summary>Writes beside the file and renames, each made to last before the next step.</summary>
    private void Replace(string text)
    {
        var beside = Path.ChangeExtension(_path, ".new");
        try
        {
            using (var file = new FileStream(beside, FileMode.Create, FileAccess.Write, FileShare.None))
            {
                file.Write(Encoding.UTF8.GetBytes(text));
                file.Flush(flushToDisk: true);
            }

            File.Move(beside, _path, overwrite: true);
            FolderFlush.Try(_folder);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new FailureException(ProgressFailures.OfFile(error, ProgressFailures.Writing, _path), error);
        }
    }
}
