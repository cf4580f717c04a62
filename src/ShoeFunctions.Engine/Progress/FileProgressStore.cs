using System.Security.Cryptography;
using System.Text;
using ShoeFunctions.Engine.Failures;

namespace ShoeFunctions.Engine.Progress;

/// <summary>
/// Keeps progress in a file of a folder, <c>topic.json</c>, for several processes at once. Whenever one of them dies,
/// the file is whole.
/// </summary>
public sealed class FileProgressStore : IProgressStore
{
    /// <summary>Another process is waited for at most this long.</summary>
    public static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(4);

    private const int LongestPauseMs = 10;

    private readonly string _folder;
    private readonly string _path;
    private readonly TimeProvider _time;

    /// <summary>A store in a folder, which is made with the first write.</summary>
    public FileProgressStore(string folder, string topic, TimeProvider time)
    {
        _folder = Path.GetFullPath(folder);
        _path = Path.Combine(_folder, topic + ".json");
        _time = time;
    }

    /// <inheritdoc/>
    /// <exception cref="FailureException">The file cannot be read.</exception>
    public async Task<ProgressState> ReadAsync(CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        try
        {
            // Deleting is shared so that the file can be replaced on Windows too.
            await using var file = new FileStream(_path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var reader = new StreamReader(file, Encoding.UTF8);
            return ProgressText.Read(await reader.ReadToEndAsync(cancellation), $"File {_path}");
        }
        catch (Exception none) when (none is FileNotFoundException or DirectoryNotFoundException)
        {
            return ProgressState.Empty;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new FailureException(ProgressFailures.OfFile(error, ProgressFailures.Reading, _path), error);
        }
    }

    /// <inheritdoc/>
    /// <exception cref="FailureException">The file cannot be read or written.</exception>
    public async Task<ProgressState> UpdateAsync(Func<ProgressState, ProgressState> change, CancellationToken cancellation)
    {
        await using var held = await LockAsync(cancellation);
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
