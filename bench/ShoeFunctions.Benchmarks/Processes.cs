using System.Diagnostics;
using System.Text.Json;

namespace ShoeFunctions.Benchmarks;

/// <summary>Starts the processes that are measured.</summary>
internal static class Processes
{
    /// <summary>The root of the repository.</summary>
    public static string Repository { get; } = Root(AppContext.BaseDirectory);

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    /// <summary>Runs this program again, in a process of its own, and reads the JSON that it prints last.</summary>
    public static Task<T> MeasureAsync<T>(IReadOnlyDictionary<string, string?> settings, params string[] arguments) =>
        MeasureAsync<T>(settings, Patience, arguments);

    /// <summary>The same, for what takes longer.</summary>
    public static async Task<T> MeasureAsync<T>(IReadOnlyDictionary<string, string?> settings, TimeSpan patience, params string[] arguments)
    {
        using var process = Start("dotnet", settings, [typeof(Processes).Assembly.Location, .. arguments]);
        var output = await process.StandardOutput.ReadToEndAsync().WaitAsync(patience);
        await process.WaitForExitAsync();
        return process.ExitCode == 0
            ? JsonSerializer.Deserialize<T>(output.TrimEnd().Split('\n')[^1])!
            : throw new InvalidOperationException($"{string.Join(' ', arguments)}: exit code {process.ExitCode}\n{output}");
    }

    /// <summary>Starts the command <c>shoes</c>.</summary>
    public static Process StartShoes(IReadOnlyDictionary<string, string?> settings, params string[] arguments) =>
        Start("dotnet", settings, [Path.Combine(AppContext.BaseDirectory, "ShoeFunctions.Local.dll"), .. arguments]);

    /// <summary>Starts a program with some settings and no others.</summary>
    public static Process Start(string program, IReadOnlyDictionary<string, string?> settings, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true };
        foreach (var setting in Engine.Configuration.Settings.All)
            start.Environment.Remove(setting.Name);
        foreach (var (name, value) in settings)
            start.Environment[name] = value;
        return Process.Start(start)!;
    }

    /// <summary>Paths of source files are not true in a program that is built to be the same everywhere.</summary>
    private static string Root(string folder) => File.Exists(Path.Combine(folder, "ShoeFunctions.sln"))
        ? folder
        : Root(Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("The program is not in its repository."));
}
