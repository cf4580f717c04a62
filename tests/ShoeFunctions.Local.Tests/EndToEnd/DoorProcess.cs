using System.Diagnostics;
using System.Text.Json;
using ShoeFunctions.Engine.Tests.Processes;

namespace ShoeFunctions.Local.Tests.EndToEnd;

/// <summary>The local door as a process of its own.</summary>
internal sealed class DoorProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly Task<string> _output;
    private readonly Task<string> _errors;
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("shoes-");

    public sealed record Ready(string Http, string KafkaBootstrapServers, string SchemaRegistryUrl, string Topic);

    public sealed record Ended(int ExitCode, string Output, string Errors);

    private DoorProcess(IEnumerable<string> arguments, IEnumerable<(string Name, string Value)> settings)
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
        _output = _process.StandardOutput.ReadToEndAsync();
        _errors = _process.StandardError.ReadToEndAsync();
    }

    private string ReadyPath => Path.Combine(_folder.FullName, "ready.json");

    /// <summary>Starts it on a free port.</summary>
    public static DoorProcess Start(string arguments, params (string Name, string Value)[] settings) =>
        new([.. arguments.Contains("--port", StringComparison.Ordinal) ? Array.Empty<string>() : ["--port", "0"], .. arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries)], settings);

    /// <summary>Runs it to its end.</summary>
    public static async Task<Ended> RunAsync(string arguments, params (string Name, string Value)[] settings)
    {
        await using var door = Start(arguments, settings);
        return await door.EndAsync();
    }

    /// <summary>Waits until it serves.</summary>
    public async Task<Ready> ReadyAsync()
    {
        await UntilAsync(() => Task.FromResult(File.Exists(ReadyPath)));
        return JsonSerializer.Deserialize<Ready>(await File.ReadAllTextAsync(ReadyPath), JsonSerializerOptions.Web)!;
    }

    /// <summary>Waits for something that it is to bring about.</summary>
    public Task UntilAsync(Func<Task<bool>> isTrue) => Wait.UntilAsync(isTrue, _process, async () => await _output + await _errors);

    /// <summary>Sends it a signal, TERM or INT.</summary>
    public Task SignalAsync(string signal) => Child.SignalAsync(_process, signal);

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
            Assert.Fail($"It did not end within {Wait.Patience.TotalMinutes} minutes: {await _output}{await _errors}");
        }

        return new Ended(_process.ExitCode, await _output, await _errors);
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
}
