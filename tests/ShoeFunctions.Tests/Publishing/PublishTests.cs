using System.Diagnostics;
using System.Reflection.PortableExecutable;
using ShoeFunctions.Tests.HostProtocol;
using ShoeFunctions.Tests.Worker;

namespace ShoeFunctions.Tests.Publishing;

public sealed class PublishTests(PublishedApp app) : IClassFixture<PublishedApp>
{
    [Theory]
    [InlineData("ShoeFunctions.dll")]
    [InlineData("ShoeFunctions.runtimeconfig.json")]
    [InlineData("ShoeFunctions.deps.json")]
    [InlineData("host.json")]
    [InlineData("worker.config.json")]
    [InlineData("functions.metadata")]
    [InlineData("extensions.json")]
    [InlineData(".azurefunctions/Microsoft.Azure.WebJobs.Extensions.FunctionMetadataLoader.dll")]
    [InlineData(".azurefunctions/function.deps.json")]
    [InlineData("librdkafka.so")]
    [InlineData("centos8-librdkafka.so")]
    public void The_host_and_the_worker_find_what_they_need(string file) =>
        Assert.True(new FileInfo(Path.Combine(app.Folder, file)) is { Exists: true, Length: > 0 }, file);

    /// <summary>What the workflows ask before they keep and deploy it.</summary>
    [Fact]
    public async Task The_workflows_check_passes_it()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "It is a shell script.");
        using var check = Process.Start(Path.Combine(Repository.Root, "script/check-app"), Build.HasConfluentSerializer ? ["--complete", app.Folder] : [app.Folder]);
        await check.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, check.ExitCode);
    }

    [Fact]
    public void Nothing_of_a_developers_machine_is_published() =>
        Assert.Empty(Directory.EnumerateFiles(app.Folder, "*settings*.json", SearchOption.AllDirectories));

    [Fact]
    public void The_app_is_compiled_ahead()
    {
        using var assembly = new PEReader(File.OpenRead(Path.Combine(app.Folder, "ShoeFunctions.dll")));
        Assert.NotEqual(0, assembly.PEHeaders.CorHeader!.ManagedNativeHeaderDirectory.Size);
    }

    [Fact]
    public async Task The_published_worker_loads_its_functions_and_delivers_a_tick()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "It is published for Linux.");
        await using var cluster = await TestCluster.StartAsync();
        await using var worker = await WorkerProcess.StartInAsync(app.Folder, cluster.Settings());
        Assert.Equal(["GetDashboard", "GetHealth", "GetHealthLive", "GetStats", "ProduceShoes"], worker.Functions.Keys.Order());
        Assert.Equal(new WorkerProcess.Invocation(StatusResult.Types.Status.Success, ""), await worker.InvokeTimerAsync());
        Assert.Equal(25, cluster.Count());
    }
}
