using System.Security.Cryptography;
using System.Text;
using ShoeFunctions.Engine.Failures;
using ShoeFunctions.Engine.Kafka;

namespace ShoeFunctions.Engine.Progress.Stores;

/// <summary>
/// Keeps progress in a file, <c>folder/cluster/topic.json</c>, for several processes at once. Whenever one of them dies,
/// the file is whole. The cluster is the servers' names until its id is known; then it is that, and <c>topic.cluster</c>
/// under the names holds the id. Earlier programs knew no cluster: their <c>folder/topic.json</c> is moved to the first that writes
/// and that it fits.
/// </summary>
public sealed class FileProgressStore : IProgressStore
{
    /// <summary>Another process is waited for at most this long.</summary>
    public static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(4);

    private const int LongestPauseMs = 10;

    private readonly string _root;
    private readonly string _cluster;
    private readonly string _topic;
    private readonly string _earlier;
    private readonly TimeProvider _time;
    private readonly EarlierProgress? _fitting;
    private string? _path;

    /// <summary>A store in a folder, which is made with the first write.</summary>
    public FileProgressStore(string folder, string cluster, string topic, TimeProvider time, EarlierProgress? earlier = null)
    {
        (_root, _cluster, _topic, _time, _fitting) = (Path.GetFullPath(folder), cluster, topic, time, earlier);
        _earlier = Path.Combine(_root, topic + ".json");
    }

    /// <inheritdoc/>
    /// <exception cref="FailureException">The file cannot be read.</exception>
    public async Task<ProgressState> ReadAsync(CancellationToken cancellation) =>
        await ReadAsync(CurrentPath(), cancellation) ?? await ReadAsync(NamedPath, cancellation) ?? await ReadEarlierAsync(cancellation) ?? ProgressState.Empty;

    /// <summary>The folder of a cluster's progress.</summary>
    internal static string FolderOf(string folder, string cluster) => Path.Combine(Path.GetFullPath(folder), cluster);

    /// <summary>What an earlier program kept without a cluster, if it is there and fits.</summary>
    private async Task<ProgressState?> ReadEarlierAsync(CancellationToken cancellation) =>
        await ReadAsync(_earlier, cancellation) is { } state && _fitting?.Fits(state, $"File {_earlier}") is not false ? state : null;

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
        while (true)
        {
            var path = CurrentPath();
            await using var held = await LockAsync(path, cancellation);
            if (path != CurrentPath())
                continue;

            if (path == NamedPath)
                await TakeOverAsync(path, cancellation);
            var state = await ReadAsync(cancellation);
            var changed = change(state);
            if (!ReferenceEquals(changed, state))
                Replace(path, ProgressText.Write(changed));
            return changed;
        }
    }

    /// <inheritdoc/>
    /// <exception cref="FailureException">The files cannot be read or written.</exception>
    public async Task<ClusterMove> UseClusterAsync(string clusterId, CancellationToken cancellation)
    {
        // Its id is another one every time.
        if (_cluster == ClusterName.Embedded)
            return ClusterMove.None;

        await using var held = await LockAsync(NamedPath, cancellation);
        var (former, own) = (FormerCluster(), PathOf(ClusterName.OfId(clusterId)));
        try
        {
            if (former == clusterId && (File.Exists(own) || !File.Exists(NamedPath)))
            {
                _path = own;
                return ClusterMove.None;
            }

            await using var other = await LockAsync(own, cancellation);
            var isKnown = File.Exists(own);
            if (former is null)
                await TakeOverAsync(NamedPath, cancellation);
            // The way to it first, then the state: who looks in between finds it under the names.
            Replace(PointerPath, clusterId);
            var isTaken = !isKnown && File.Exists(NamedPath);
            if (isTaken)
                File.Move(NamedPath, own);
            else
                File.Delete(NamedPath);
            _path = own;
            return isKnown ? ClusterMove.Found : isTaken ? ClusterMove.TakenOver : former is null ? ClusterMove.None : ClusterMove.Begun;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new FailureException(ProgressFailures.OfFile(error, ProgressFailures.Writing, own), error);
        }
    }

    private string NamedPath => PathOf(_cluster);

    private string PointerPath => Path.ChangeExtension(NamedPath, ".cluster");

    private string PathOf(string cluster) => Path.Combine(_root, cluster, _topic + ".json");

    private string CurrentPath() => _path ?? (FormerCluster() is { } clusterId ? PathOf(ClusterName.OfId(clusterId)) : NamedPath);

    /// <summary>Whose progress the names lead to; null before anybody knew.</summary>
    private string? FormerCluster()
    {
        try
        {
            return File.ReadAllText(PointerPath);
        }
        catch (Exception none) when (none is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new FailureException(ProgressFailures.OfFile(error, ProgressFailures.Reading, PointerPath), error);
        }
    }

    /// <summary>Opens the lock file for this process alone. The system closes it when the process ends, however it ends.</summary>
    private async Task<FileStream> LockAsync(string path, CancellationToken cancellation)
    {
        var began = _time.GetTimestamp();
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            try
            {
                Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                return new FileStream(Path.ChangeExtension(path, ".lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException held) when (ProgressFailures.IsHeld(held) && _time.GetElapsedTime(began) < LongestWait)
            {
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                throw new FailureException(ProgressFailures.OfFile(error, ProgressFailures.Writing, path), error);
            }

            await Task.Delay(TimeSpan.FromMilliseconds(RandomNumberGenerator.GetInt32(1, LongestPauseMs)), _time, cancellation);
        }
    }

    /// <summary>A move: of two programs with two clusters one has it.</summary>
    private async Task TakeOverAsync(string path, CancellationToken cancellation)
    {
        try
        {
            if (!File.Exists(path) && await ReadEarlierAsync(cancellation) is not null)
                File.Move(_earlier, path);
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
    private static void Replace(string path, string text)
    {
        var beside = Path.ChangeExtension(path, ".new");
        try
        {
            using (var file = new FileStream(beside, FileMode.Create, FileAccess.Write, FileShare.None))
            {
                file.Write(Encoding.UTF8.GetBytes(text));
                file.Flush(flushToDisk: true);
            }

            File.Move(beside, path, overwrite: true);
            FolderFlush.Try(Path.GetDirectoryName(path)!);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new FailureException(ProgressFailures.OfFile(error, ProgressFailures.Writing, path), error);
        }
    }
}
