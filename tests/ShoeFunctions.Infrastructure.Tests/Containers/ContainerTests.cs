using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;
using ShoeFunctions.Engine.Tests.Processes;

namespace ShoeFunctions.Infrastructure.Tests.Containers;

/// <summary>What can be tested of the container without Docker: that what is in it runs under the conditions there.</summary>
public sealed class ContainerTests(BuiltCommand built) : IClassFixture<BuiltCommand>
{
    [Fact]
    public async Task It_runs_as_a_user_without_rights_from_a_folder_that_cannot_be_written_is_healthy_and_stops_in_time()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The container is one of Linux.");
        var file = Dockerfile.Read();
        var port = LoopbackPorts.Take();
        using var process = Start(file, port);
        // What it says beyond a pipe's room would hold it up.
        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        try
        {
            await Wait.UntilAsync(async () => await ProbeAsync(file, process) == 0, process, async () => await output + await errors);

            Assert.Equal("1001", await UserOfAsync(process));
            using var http = new HttpClient();
            var health = await http.GetFromJsonAsync<JsonElement>($"http://127.0.0.1:{port}/api/health", TestContext.Current.CancellationToken);
            Assert.Equal(BuiltCommand.Commit, health.GetProperty("commit").GetString());

            Assert.Equal(0, (await Ran.ProgramAsync("kill", ["-TERM", $"{process.Id}"])).ExitCode);
            await process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(Wait.Patience, TestContext.Current.CancellationToken);
            Assert.NotEqual(0, await ProbeAsync(file, process));
            Assert.True(process.ExitCode == 0, $"It ended with {process.ExitCode}: {await errors}");
            // Told to stop on a slow machine it may still be opening the producer, or a tick may not be acknowledged in the seconds that are left.
            Assert.Matches(@"(?m)^\d+ ticks?, \d+ shoes? delivered, \d+ failed$|^Told to stop before anything was produced", await output + await errors);
        }
        finally
        {
            process.Kill(entireProcessTree: true);
        }
    }

    [Fact]
    public async Task Whoever_deploys_it_can_wait_until_it_runs_the_commit_and_has_delivered_a_tick()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The container is one of Linux.");
        var port = LoopbackPorts.Take();
        using var process = Start(Dockerfile.Read(), port);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        try
        {
            var ran = await AwaitAsync(port, BuiltCommand.Commit, "300s");
            Assert.Equal((0, ""), (ran.ExitCode, ran.Errors));
            Assert.Matches($"runs {BuiltCommand.Commit}: tick .*, 1 shoe delivered\n$", ran.Output);

            var other = new string('f', 40);
            Assert.Contains($"names commit {BuiltCommand.Commit}, not {other}", (await AwaitAsync(port, other, "1s")).Errors, StringComparison.Ordinal);
        }
        finally
        {
            process.Kill(entireProcessTree: true);
        }
    }

    private static Task<Ran> AwaitAsync(int port, string commit, string timeout) =>
        Node.RunAsync([Repository.PathOf("script/await-deployment"), "--url", $"http://127.0.0.1:{port}", "--commit", commit, "--timeout", timeout]);

    private Process Start(Dockerfile file, int port)
    {
        string[] command = [Path.Combine(built.Folder, Path.GetFileName(file.EntryPoint[0])), .. file.EntryPoint[1..], "--port", $"{port}"];
        string[] asUser = Environment.UserName == "root" ? ["setpriv", "--reuid=1001", "--regid=1001", "--clear-groups", "--no-new-privs"] : [];
        string[] whole = [.. asUser, .. command];
        var start = new ProcessStartInfo(whole[0], whole[1..]) { WorkingDirectory = built.Folder, RedirectStandardOutput = true, RedirectStandardError = true };
        var path = start.Environment["PATH"];
        start.Environment.Clear();
        start.Environment["PATH"] = path;
        foreach (var (name, value) in file.Environment)
            start.Environment[name] = value;
        return Process.Start(start)!;
    }

    /// <summary>The container's own health check, of a command that is not the first process here.</summary>
    private static async Task<int> ProbeAsync(Dockerfile file, Process process)
    {
        var command = file.HealthCommand;
        return (await Ran.ProgramAsync(command[0], [.. command[1..].Select(argument => argument.Replace("/proc/1/", $"/proc/{process.Id}/", StringComparison.Ordinal))])).ExitCode;
    }

    /// <summary>1001, or where the tests are no root either, whoever they are.</summary>
    private static async Task<string> UserOfAsync(Process process)
    {
        var status = await File.ReadAllLinesAsync($"/proc/{process.Id}/status", TestContext.Current.CancellationToken);
        var user = status.Single(line => line.StartsWith("Uid:", StringComparison.Ordinal)).Split('\t')[1];
        Assert.NotEqual("0", user);
        return Environment.UserName == "root" ? user : "1001";
    }
}
