using System.IO.Compression;
using System.Reflection.PortableExecutable;
using System.Text;
using ShoeFunctions.Engine.Tests.Processes;
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
    public void The_host_and_the_worker_find_what_they_need(string file) =>
        Assert.True(new FileInfo(Path.Combine(app.Folder, file)) is { Exists: true, Length: > 0 }, file);

    /// <summary>What the workflows ask before they keep and deploy it.</summary>
    [Fact]
    public async Task The_workflows_check_passes_it()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "It is a shell script.");
        using var check = Child.Start(new(Path.Combine(Repository.Root, "script/check-app"), Build.HasConfluentSerializer ? ["--complete", app.Folder] : [app.Folder]));
        await check.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, check.ExitCode);
    }

    /// <summary>The platform's image may have libsasl2 or not; musl and other systems it is not.</summary>
    [Fact]
    public void There_is_one_build_of_the_client_library_and_it_needs_nothing_that_the_image_may_lack()
    {
        var library = Assert.Single(Directory.EnumerateFiles(app.Folder, "*rdkafka*", SearchOption.AllDirectories));
        Assert.Equal("librdkafka.so", Path.GetFileName(library));
        Assert.DoesNotContain("libsasl2.so", Encoding.Latin1.GetString(File.ReadAllBytes(library)), StringComparison.Ordinal);
    }

    [Fact]
    public void It_is_small()
    {
        using var zip = new MemoryStream();
        ZipFile.CreateFromDirectory(app.Folder, zip);
        Assert.InRange(zip.Length, 1_000_000, 21_000_000);
        Assert.Empty(Directory.EnumerateFiles(app.Folder, "*.xml", SearchOption.AllDirectories));
    }

    [Fact]
    public void No_file_names_the_machine_that_built_it()
    {
        string[] paths = [Repository.Root, Path.GetDirectoryName(app.Folder)!, Environment.GetFolderPath(Environment.SpecialFolder.UserProfile) + "/."];
        var forms = paths.SelectMany(path => new[] { Encoding.UTF8.GetBytes(path), Encoding.Unicode.GetBytes(path) }).ToArray();
        var naming = Directory.EnumerateFiles(app.Folder, "*", SearchOption.AllDirectories)
            .Where(file => !file.EndsWith(".so", StringComparison.Ordinal))
            .Where(file => forms.Any(form => File.ReadAllBytes(file).AsSpan().IndexOf(form) >= 0));
        Assert.Empty(naming.Select(file => Path.GetRelativePath(app.Folder, file)));
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
        Assert.Equal(["GetDashboard", "GetHealth", "GetHealthLive", "GetMetrics", "GetStats", "ProduceChunk", "ProduceShoes"], worker.Functions.Keys.Order());
        Assert.Equal(new WorkerProcess.Invocation(StatusResult.Types.Status.Success, ""), await worker.InvokeTimerAsync());
        Assert.Equal(25, cluster.Count());
    }
}
