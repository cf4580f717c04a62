using System.Diagnostics;
using System.Net.Sockets;
using ShoeFunctions.Engine.Tests.Processes;
using ShoeFunctions.Local.EmbeddedKafka;
using ShoeFunctions.Local.EmbeddedSchemaRegistry;

namespace ShoeFunctions.Local.Tests.EndToEnd;

/// <summary>Every verb where the system denies what it takes for granted: on Linux, by a shell that arranges it so.</summary>
public sealed class LastWordsTests : IAsyncLifetime
{
    private const string Range = "--from 2026-11-23T14:00:00Z --to 2026-11-23T14:00:01Z";

    private static readonly string[] All = ["", "settings", "doctor", "plan", "tail", $"audit {Range}", $"replay {Range} --yes", "broker --port 0", "--help"];

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("shoes-");
    private readonly EmbeddedCluster _kafka = new();
    private EmbeddedRegistry _registry = null!;

    /// <summary>Those that end by themselves.</summary>
    public static TheoryData<string> Ending => [.. All.Where(verb => !IsBroker(verb))];

    /// <summary>Every verb with nothing to write to, and every other way to have nothing for the brokers' and for a run, which opens the most.</summary>
    public static TheoryData<string, string> WithoutOutput => [.. Cases("<&- >&- 2>&-", ">/dev/full", ">&-", "<&- >&-")];

    public static TheoryData<string, string> WithoutErrors => [.. Cases("<&- 2>&-", "2>&-", "2>/dev/full", "<&-")];

    public async ValueTask InitializeAsync()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Handles and limits are arranged as Linux has them.");
        _registry = await EmbeddedRegistry.StartAsync(cancellation: TestContext.Current.CancellationToken);
        _kafka.CreateTopic("js_shoe", 1);
    }

    public async ValueTask DisposeAsync()
    {
        _kafka.Dispose();
        if (_registry is not null)
            await _registry.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    [Theory]
    [MemberData(nameof(Ending))]
    public async Task An_output_that_cannot_be_written_is_said_in_one_line_with_exit_1(string verb)
    {
        await ReplayAsync(verb);
        foreach (var output in new[] { new FullDisk(), null })
        {
            var errors = new MemoryStream();
            var ended = await ShoesCommand.RunAsync(Typed(verb), output, errors, Settings());
            AssertIsSaid(ended.ExitCode, ended.Errors);
        }
    }

    [Theory]
    [MemberData(nameof(WithoutOutput))]
    public async Task So_it_is_whatever_is_closed(string verb, string redirection)
    {
        await ReplayAsync(verb);
        var (exitCode, _, errors) = await RunAsync(verb, redirection);
        // Where the errors are closed too nobody is told but by the exit code.
        if (redirection.Contains("2>", StringComparison.Ordinal))
            Assert.Equal(1, exitCode);
        else
            AssertIsSaid(exitCode, errors);
    }

    [Theory]
    [MemberData(nameof(Ending))]
    public async Task Errors_that_cannot_be_written_change_nothing(string verb)
    {
        var expected = (await ShoesCommand.RunAsync(Typed(verb), Settings())).ExitCode;
        foreach (var errors in new[] { new FullDisk(), null })
        {
            var ended = await ShoesCommand.RunAsync(Typed(verb), new MemoryStream(), errors, Settings());
            Assert.Equal(expected, ended.ExitCode);
            AssertIsClean(ended.Output);
        }
    }

    [Theory]
    [MemberData(nameof(WithoutErrors))]
    public async Task Nor_does_input_that_is_closed(string verb, string redirection)
    {
        var expected = IsBroker(verb) ? 0 : (await ShoesCommand.RunAsync(Typed(verb), Settings())).ExitCode;
        var (exitCode, output, errors) = await RunAsync(verb, redirection);
        Assert.Equal(expected, exitCode);
        AssertIsClean(output + errors);
    }

    [Fact]
    public async Task With_nothing_open_at_all_a_delivery_goes_on()
    {
        var (exitCode, _, _) = await RunAsync("", "<&- >&- 2>&-");
        Assert.Equal(1, exitCode);
        var audit = await RunAsync("audit --from 2026-01-01 --to 2240-01-01 --json --show 0", "", ("PRODUCE_SCHEDULE", "0 0 0 1 1 *"));
        Assert.DoesNotContain("\"records\": 0,", audit.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_reader_that_has_enough_ends_nothing_loudly()
    {
        var (exitCode, output, errors) = await RunAsync("plan --count 10000", "| head -1");
        Assert.Equal((0, "tick", ""), (exitCode, output.Split(' ')[0], errors));
    }

    [Theory]
    [InlineData(28)]
    [InlineData(30)]
    [InlineData(32)]
    [InlineData(34)]
    [InlineData(36)]
    [InlineData(60)]
    [InlineData(80)]
    [InlineData(100)]
    [InlineData(128)]
    [InlineData(200)]
    [InlineData(250)]
    public async Task Too_few_handles_are_said_in_one_line(int handles)
    {
        var (exitCode, output, errors) = await RunAsync("", "", prefix: $"ulimit -n {handles}; ", embedded: true);
        Assert.Equal((1, ""), (exitCode, output));
        Assert.Contains("ulimit -n", Assert.Single(Lines(errors)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(512)]
    [InlineData(1024)]
    public async Task So_many_handles_are_enough(int handles)
    {
        var (exitCode, _, errors) = await RunAsync("", "", prefix: $"ulimit -n {handles}; ", embedded: true);
        Assert.Equal((0, ""), (exitCode, errors));
    }

    /// <summary>It ends by that, or goes on without until it is told to stop.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Handles_that_run_out_in_the_middle_end_nothing_in_a_trace(bool embedded)
    {
        (string, string)[] addresses = embedded ? [] : [("KAFKA_BOOTSTRAP_SERVERS", _kafka.BootstrapServers), ("SCHEMA_REGISTRY_URL", _registry.Url.AbsoluteUri)];
        await using var shoes = ShoesProcess.Start("", [("PRODUCE_SCHEDULE", "* * * * * *"), ("KAFKA_TIMEOUT", "5s"), .. addresses]);
        var ready = await shoes.ReadyAsync();
        await shoes.UntilAsync(() => Task.FromResult(shoes.ErrorsSoFar.Contains("  tick ", StringComparison.Ordinal)));

        await shoes.DenyFilesAsync();
        var guests = new List<Socket>();
        var front = new Uri(ready.Http);
        await Wait.UntilAsync(() =>
        {
            var guest = new Socket(SocketType.Stream, ProtocolType.Tcp);
            guests.Add(guest);
            try
            {
                guest.Connect(front.Host, front.Port);
            }
            catch (SocketException)
            {
                // It is no longer there.
            }

            return shoes.HasEnded || guests.Count >= 20;
        });
        if (!shoes.HasEnded)
            await shoes.SignalAsync("TERM");
        var ended = await shoes.EndAsync();
        guests.ForEach(guest => guest.Dispose());

        Assert.InRange(ended.ExitCode, 0, 1);
        if (ended.ExitCode == 1)
            Assert.Contains("ulimit -n", Lines(ended.Errors)[^1], StringComparison.Ordinal);
        AssertIsClean(ended.Output + ended.Errors);
    }

    /// <summary>With stacks of a gigabyte each, which any user may ask for: a limit of threads does not hold for root.</summary>
    [Theory]
    [InlineData("plan")]
    [InlineData("")]
    public async Task Too_few_threads_are_said_in_one_line(string verb)
    {
        var (exitCode, output, errors) = await RunAsync(verb, "", prefix: "ulimit -s 1000000 && ulimit -v 30000000 || exit 99; ", embedded: true);
        Assert.SkipWhen(exitCode == 99, "Stacks cannot be made so large here.");
        Assert.Equal((1, ""), (exitCode, output));
        Assert.Contains("32 threads more", Assert.Single(Lines(errors)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("plan --count 10000")]
    [InlineData("plan --count 10000 --json")]
    public async Task Too_little_memory_is_said_in_one_line(string verb)
    {
        var (exitCode, _, errors) = await RunAsync(verb, "", ("DOTNET_GCHeapHardLimit", "0x500000"));
        Assert.Equal(1, exitCode);
        Assert.StartsWith("There is not enough memory", Assert.Single(Lines(errors)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Progress_that_a_full_disk_does_not_take_is_said_at_the_end_with_exit_1()
    {
        var embedded = Directory.CreateDirectory(Path.Combine(_folder.FullName, "embedded"));
        var full = File.CreateSymbolicLink(Path.Combine(embedded.FullName, "js_shoe.new"), "/dev/full");
        var (exitCode, output, errors) = await HereAsync($"--state {_folder.FullName}", embedded: true);
        Assert.Equal(1, exitCode);
        Assert.Contains("1 tick, 1 shoe delivered, 0 failed", output, StringComparison.Ordinal);
        Assert.True(Lines(errors).Length == 2, errors);
        Assert.Collection(
            Lines(errors),
            line => Assert.Contains("progress cannot be stored and is kept in memory", line, StringComparison.Ordinal),
            line => Assert.StartsWith("--state: the progress of this run is not stored", line, StringComparison.Ordinal));

        full.Delete();
        (exitCode, _, errors) = await HereAsync($"--state {_folder.FullName}", embedded: true);
        Assert.Equal((0, ""), (exitCode, errors));
    }

    [Fact]
    public async Task What_a_full_disk_did_not_take_is_written_down_when_it_does()
    {
        var embedded = Directory.CreateDirectory(Path.Combine(_folder.FullName, "embedded"));
        await using var process = ShoesProcess.Start($"--state {_folder.FullName}", ("PRODUCE_SCHEDULE", "* * * * * *"));
        await process.ReadyAsync();
        var state = Path.Combine(embedded.FullName, "js_shoe.json");
        await process.UntilAsync(() => Task.FromResult(File.Exists(state)));

        var full = new FileInfo(Path.Combine(embedded.FullName, "js_shoe.new"));
        await process.UntilAsync(() => Task.FromResult(TryBlock(full.FullName)));
        await process.UntilAsync(() => Task.FromResult(process.ErrorsSoFar.Contains("is kept in memory", StringComparison.Ordinal)));
        full.Delete();
        await process.UntilAsync(() => Task.FromResult(process.ErrorsSoFar.Contains("progress is stored again", StringComparison.Ordinal)));

        await process.SignalAsync("TERM");
        var ended = await process.EndAsync();
        Assert.Equal(0, ended.ExitCode);
        Assert.Contains("check whether the disk is full", Assert.Single(Lines(ended.Errors), line => line.Contains("  warning  ", StringComparison.Ordinal)), StringComparison.Ordinal);
        var ticks = Lines(ended.Errors).Count(line => line.Contains("  tick ", StringComparison.Ordinal));
        Assert.Contains($"\"ticks\": {ticks},", await File.ReadAllTextAsync(state, TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{\"version\":1,\"highW")]
    [InlineData("[]")]
    public async Task A_state_that_is_none_is_named_at_the_start_and_left_as_it_is(string text)
    {
        var path = Path.Combine(_folder.FullName, "js_shoe.json");
        await File.WriteAllTextAsync(path, text, TestContext.Current.CancellationToken);
        var (exitCode, output, errors) = await HereAsync($"--state {_folder.FullName}");
        Assert.Equal((1, ""), (exitCode, output));
        Assert.StartsWith($"File {path} does not hold valid progress", Assert.Single(Lines(errors)), StringComparison.Ordinal);
        Assert.Equal(text, await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_ready_file_that_cannot_be_written_is_named()
    {
        Directory.CreateDirectory(Path.Combine(_folder.FullName, "ready.json", "in the way"));
        var (exitCode, _, errors) = await HereAsync($"--ready-file {_folder.FullName}/ready.json");
        Assert.Equal(1, exitCode);
        Assert.StartsWith("--ready-file: '", Assert.Single(Lines(errors)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_ready_file_that_is_a_device_stays_one()
    {
        var device = File.CreateSymbolicLink(Path.Combine(_folder.FullName, "ready.json"), "/dev/full");
        var (exitCode, _, errors) = await HereAsync($"--ready-file {device.FullName}");
        Assert.Equal(1, exitCode);
        Assert.StartsWith("--ready-file: '", Assert.Single(Lines(errors)), StringComparison.Ordinal);
        Assert.Equal("/dev/full", new FileInfo(device.FullName).LinkTarget);
    }

    [Fact]
    public async Task A_ready_file_may_be_a_pipe()
    {
        var (exitCode, output, _) = await RunAsync("--ready-file /dev/stdout", "");
        Assert.Equal(0, exitCode);
        Assert.Contains("{\"http\":", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_ready_file_of_an_earlier_run_is_written_anew()
    {
        var path = Path.Combine(_folder.FullName, "ready.json");
        await File.WriteAllTextAsync(path, new string('x', 10_000), TestContext.Current.CancellationToken);
        Assert.Equal(0, (await HereAsync($"--ready-file {path}")).ExitCode);
        Assert.EndsWith("\"topic\":\"js_shoe\"}", await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_ready_file_that_a_full_disk_does_not_take_is_named()
    {
        var path = Path.Combine(_folder.FullName, "ready.json");
        File.CreateSymbolicLink(path + ".new", "/dev/full");
        var (exitCode, _, errors) = await HereAsync($"--ready-file {path}");
        Assert.Equal(1, exitCode);
        Assert.StartsWith("--ready-file: '", Assert.Single(Lines(errors)), StringComparison.Ordinal);
        Assert.False(File.Exists(path));
    }

    /// <summary>Puts a full device where a file is written, unless one is being written just then.</summary>
    private static bool TryBlock(string path)
    {
        try
        {
            File.CreateSymbolicLink(path, "/dev/full");
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    /// <summary>Each verb with the first, and the brokers' and a run with each.</summary>
    private static IEnumerable<TheoryDataRow<string, string>> Cases(string first, params string[] others) =>
    [
        .. All.Select(verb => new TheoryDataRow<string, string>(verb, first)),
        .. All.Where(verb => verb is "" || IsBroker(verb)).SelectMany(verb => others.Select(other => new TheoryDataRow<string, string>(verb, other))),
    ];

    private static bool IsBroker(string verb) => verb.StartsWith("broker", StringComparison.Ordinal);

    /// <summary>What is typed: a run is one of one tick.</summary>
    private static string Typed(string verb) =>
        verb is "" || verb.StartsWith("--state", StringComparison.Ordinal) || verb.StartsWith("--ready", StringComparison.Ordinal) ? $"{verb} --port 0 --ticks 1" : verb;

    /// <summary>Puts something on the topic for a verb that has nothing to print else.</summary>
    private async Task ReplayAsync(string verb)
    {
        if (verb is "tail")
            Assert.Equal(0, (await ShoesCommand.RunAsync($"replay {Range} --yes", Settings())).ExitCode);
    }

    private (string Name, string Value)[] Settings(bool embedded = false)
    {
        (string, string)[] addresses = embedded
            ? [] : [("KAFKA_BOOTSTRAP_SERVERS", _kafka.BootstrapServers), ("SCHEMA_REGISTRY_URL", _registry.Url.AbsoluteUri)];
        return [("PRODUCE_SCHEDULE", "* * * * * *"), ("LOG_LEVEL", "warn"), .. addresses];
    }

    private async Task<(int ExitCode, string Output, string Errors)> HereAsync(string verb, bool embedded = false)
    {
        var ended = await ShoesCommand.RunAsync(Typed(verb), Settings(embedded));
        return (ended.ExitCode, ended.Output, ended.Errors);
    }

    private static void AssertIsSaid(int exitCode, string errors)
    {
        Assert.Equal(1, exitCode);
        Assert.StartsWith("The standard output cannot be written", errors, StringComparison.Ordinal);
        Assert.Equal(1, Lines(errors).Count(line => line.StartsWith("The standard output", StringComparison.Ordinal)));
        AssertIsClean(errors);
    }

    private async Task<(int ExitCode, string Output, string Errors)> RunAsync(string verb, string redirection, params (string Name, string Value)[] settings) =>
        await RunAsync(verb, redirection, "", false, settings);

    private async Task<(int ExitCode, string Output, string Errors)> RunAsync(
        string verb, string redirection, string prefix, bool embedded = false, params (string Name, string Value)[] settings)
    {
        var program = $"dotnet '{Path.Combine(AppContext.BaseDirectory, "ShoeFunctions.Local.dll")}' {Typed(verb)} {redirection}";
        // The brokers' verb goes on until it is told to stop.
        var ready = Path.Combine(_folder.FullName, Path.GetRandomFileName());
        var line = IsBroker(verb)
            ? $"{program} --ready-file {ready} & shoes=$!; while kill -0 $shoes 2>/dev/null && [ ! -e {ready} ]; do sleep 0.05; done; kill -TERM $shoes 2>/dev/null; wait $shoes" : program;
        var start = new ProcessStartInfo("bash", ["-o", "pipefail", "-c", prefix + line]) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var name in Engine.Configuration.Settings.All.Select(setting => setting.Name))
            start.Environment.Remove(name);
        // A shell says so where it lacks its parent's language.
        start.Environment["LC_ALL"] = "C";
        foreach (var (name, value) in (IEnumerable<(string, string)>)[.. Settings(embedded), .. settings])
            start.Environment[name] = value;

        using var process = Child.Start(start);
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromMinutes(3), TimeProvider.System);
        return (process.ExitCode, await output, await errors);
    }

    private static string[] Lines(string text) => text.TrimEnd('\n').Split('\n');

    private static void AssertIsClean(string text)
    {
        Assert.DoesNotContain("   at ", text, StringComparison.Ordinal);
        Assert.DoesNotContain("Unhandled", text, StringComparison.Ordinal);
    }

    /// <summary>Takes nothing. The device of that kind is locked by whoever has it open, so that other tests would find it so.</summary>
    private sealed class FullDisk : MemoryStream
    {
        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

        public override void Write(ReadOnlySpan<byte> buffer) => throw new IOException("No space left on device");
    }
}
