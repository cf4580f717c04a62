using System.Diagnostics;
using ShoeFunctions.Engine.Tests.Processes;

namespace ShoeFunctions.Infrastructure.Tests.Containers;

/// <summary>
/// What the Dockerfile's first stage makes: its own command, run in a folder that holds what .dockerignore lets through.
/// The folder that comes of it is read-only.
/// </summary>
public sealed class BuiltCommand : IAsyncLifetime
{
    public const string Commit = "0123456789abcdef0123456789abcdef01234567";

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(20);

    private readonly DirectoryInfo _temporary = Directory.CreateTempSubdirectory("shoes-command-");

    public string Folder => Path.Combine(_temporary.FullName, "app");

    public async ValueTask InitializeAsync()
    {
        if (!OperatingSystem.IsLinux())
            return;

        var context = Path.Combine(_temporary.FullName, "context");
        var allowed = File.ReadLines(Repository.PathOf(".dockerignore")).Where(line => line.StartsWith('!')).Select(line => line[1..]);
        foreach (var name in allowed)
            Copy(Repository.PathOf(name), Path.Combine(context, name));

        var command = Dockerfile.Read().Publish.Replace("--output /app", $"--output {Folder}", StringComparison.Ordinal);
        var start = new ProcessStartInfo("sh", ["-c", string.Join(' ', [command, .. InnerBuild.Servers])]) { WorkingDirectory = context, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase)).ToArray())
            start.Environment.Remove(name);
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        start.Environment["TMPDIR"] = _temporary.CreateSubdirectory("tmp").FullName;
        start.Environment["COMMIT"] = Commit;

        using var build = Process.Start(start)!;
        var (output, errors) = (build.StandardOutput.ReadToEndAsync(), build.StandardError.ReadToEndAsync());
        try
        {
            await build.WaitForExitAsync().WaitAsync(Patience);
        }
        finally
        {
            build.Kill(entireProcessTree: true);
        }

        Assert.True(build.ExitCode == 0, $"{command} ended with {build.ExitCode}: {await output}{await errors}");
        Directory.Delete(context, recursive: true);
        MakeReadOnly(_temporary);
    }

    public ValueTask DisposeAsync()
    {
        if (OperatingSystem.IsLinux())
            foreach (var folder in _temporary.EnumerateDirectories("*", SearchOption.AllDirectories).Prepend(_temporary))
                folder.UnixFileMode |= UnixFileMode.UserWrite;
        _temporary.Delete(recursive: true);
        return ValueTask.CompletedTask;
    }

    /// <summary>Everybody may read and enter; nobody may write.</summary>
    [System.Runtime.Versioning.SupportedOSPlatform("linux")]
    private static void MakeReadOnly(DirectoryInfo folder)
    {
        const UnixFileMode ReadAll = UnixFileMode.UserRead | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
        const UnixFileMode ExecuteAll = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
        foreach (var file in folder.EnumerateFiles("*", SearchOption.AllDirectories))
            file.UnixFileMode = ReadAll | (file.UnixFileMode.HasFlag(UnixFileMode.UserExecute) ? ExecuteAll : 0);
        foreach (var inner in folder.EnumerateDirectories("*", SearchOption.AllDirectories).Prepend(folder))
            inner.UnixFileMode = ReadAll | ExecuteAll;
    }

    private static void Copy(string from, string to)
    {
        if (File.Exists(from))
        {
            Directory.CreateDirectory(Path.GetDirectoryName(to)!);
            File.Copy(from, to);
            return;
        }

        // As .dockerignore says after what it lets through.
        foreach (var entry in Directory.EnumerateFileSystemEntries(from).Where(entry => Path.GetFileName(entry) is not ("bin" or "obj" or "local.settings.json")))
            Copy(entry, Path.Combine(to, Path.GetFileName(entry)));
    }
}
