using System.Diagnostics;
using System.Text;
using System.Text.Json;
using ShoeFunctions.Engine.Tests.Processes;

namespace ShoeFunctions.Local.Tests.EndToEnd;

/// <summary>The command <c>shoes</c> as a process of its own.</summary>
internal sealed class ShoesProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly Told _output;
    private readonly Told _errors;
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("shoes-");

    public sealed record Ready(string Http, string KafkaBootstrapServers, string SchemaRegistryUrl, string Topic);

    public sealed record Ended(int ExitCode, string Output, string Errors);

    private ShoesProcess(IEnumerable<string> arguments, IEnumerable<(string Name, string Value)> settings)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        foreach (var argument in (IEnumerable<string>)[Path.Combine(AppContext.BaseDirectory, "ShoeFunctions.Local.dll"), "--ready-file", ReadyPath, .. arguments])
            start.ArgumentList.Add(argument);

        // What it leaves among the temporary files goes with them.
        foreach (var name in (string[])["TMPDIR", "TEMP", "TMP"])
            start.Environment[name] = _folder.FullName;
        foreach (var (name, value) in settings)
            start.Environment[name] = value;

        _process = Child.Start(start);
        _process.StandardInput.Close();
        (_output, _errors) = (new Told(_process.StandardOutput), new Told(_process.StandardError));
    }

    /// <summary>What it has written to its standard output so far.</summary>
    public string OutputSoFar => _output.SoFar;

    /// <summary>What it has written to its standard error so far.</summary>
    public string ErrorsSoFar => _errors.SoFar;

    private string ReadyPath => Path.Combine(_folder.FullName, "ready.json");

    /// <summary>Starts it on a free port.</summary>
    public static ShoesProcess Start(string arguments, params (string Name, string Value)[] settings) =>
        new(Arguments(arguments), settings);

    /// <summary>What is typed, on a free port unless it names one.</summary>
    public static string[] Arguments(string typed) =>
        [.. typed.Contains("--port", StringComparison.Ordinal) ? Array.Empty<string>() : ["--port", "0"], .. typed.Split(' ', StringSplitOptions.RemoveEmptyEntries)];

    /// <summary>Runs it to its end.</summary>
    public static async Task<Ended> RunAsync(string arguments, params (string Name, string Value)[] settings)
    {
        await using var process = Start(arguments, settings);
        return await process.EndAsync();
    }

    /// <summary>Waits until it serves.</summary>
    public async Task<Ready> ReadyAsync()
    {
        await UntilAsync(() => Task.FromResult(File.Exists(ReadyPath)));
        return JsonSerializer.Deserialize<Ready>(await File.ReadAllTextAsync(ReadyPath), JsonSerializerOptions.Web)!;
    }

    /// <summary>Waits for something that it is to bring about.</summary>
    public Task UntilAsync(Func<Task<bool>> isTrue) => Wait.UntilAsync(isTrue, _process, async () => await _output.All + await _errors.All);

    /// <summary>Sends it a signal, TERM or INT.</summary>
    public Task SignalAsync(string signal) => Child.SignalAsync(_process, signal);

    /// <summary>Whether it is gone.</summary>
    public bool HasEnded => _process.HasExited;

    /// <summary>Lets it open no file or connection more than it has open, on Linux.</summary>
    public async Task DenyFilesAsync()
    {
        var open = Directory.GetFileSystemEntries($"/proc/{_process.Id}/fd").Length;
        using var limit = Child.Start(new ProcessStartInfo("prlimit", [$"--pid={_process.Id}", $"--nofile={open}:"]));
        await limit.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, limit.ExitCode);
    }

    /// <summary>What is mapped into its memory, assemblies among it; on Linux only.</summary>
    public Task<string> LoadedAsync() => File.ReadAllTextAsync($"/proc/{_process.Id}/maps", TestContext.Current.CancellationToken);

    /// <summary>Waits for its end.</summary>
    public async Task<Ended> EndAsync()
    {
        try
        {
            await _process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(Wait.Patience, TimeProvider.System);
        }
        catch (TimeoutException)
        {
            _process.Kill(entireProcessTree: true);
            Assert.Fail($"It did not end within {Wait.Patience.TotalMinutes} minutes: {await _output.All}{await _errors.All}");
        }

        return new Ended(_process.ExitCode, await _output.All, await _errors.All);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
        _folder.Delete(recursive: true);
    }

    /// <summary>What a stream has told so far, and at its end.</summary>
    private sealed class Told
    {
        private readonly StringBuilder _text = new();

        public Told(StreamReader reader) => All = ReadAsync(reader);

        public Task<string> All { get; }

        public string SoFar
        {
            get
            {
                lock (_text)
                    return _text.ToString();
            }
        }

        private async Task<string> ReadAsync(StreamReader reader)
        {
            var part = new char[4096];
            while (await reader.ReadAsync(part) is > 0 and var length)
                lock (_text)
                    _text.Append(part, 0, length);
            return SoFar;
        }
    }
}
