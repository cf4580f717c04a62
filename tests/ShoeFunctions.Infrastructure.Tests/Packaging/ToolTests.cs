using System.IO.Compression;
using System.Text;
using System.Text.Json;

namespace ShoeFunctions.Infrastructure.Tests.Packaging;

public sealed class ToolTests(PackedTool tool) : IClassFixture<PackedTool>
{
    [Fact]
    public async Task Installed_from_the_packed_file_alone_it_delivers_two_ticks()
    {
        var ran = await tool.RunAsync(["--ticks", "2", "--port", "0", "--log", "json"], ("PRODUCE_SCHEDULE", "* * * * * *"), ("BATCH_SIZE", "10"));
        Assert.Equal((0, ""), (ran.ExitCode, ran.Errors));
        var ticks = ran.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonSerializer.Deserialize<JsonElement>(line).GetProperty("State"))
            .Where(state => state.TryGetProperty("Tick", out _));
        Assert.Equal([10, 10], ticks.Select(tick => tick.GetProperty("Delivered").GetInt32()));
    }

    [Theory]
    [InlineData("linux-x64", "librdkafka.so")]
    [InlineData("linux-x64", "centos8-librdkafka.so")]
    [InlineData("linux-x64", "alpine-librdkafka.so")]
    [InlineData("linux-arm64", "librdkafka.so")]
    [InlineData("linux-arm64", "alpine-librdkafka.so")]
    [InlineData("osx-x64", "librdkafka.dylib")]
    [InlineData("osx-arm64", "librdkafka.dylib")]
    [InlineData("win-x64", "librdkafka.dll")]
    public void It_has_the_clients_C_library_for_each_platform(string platform, string library)
    {
        using var package = ZipFile.OpenRead(tool.Package);
        Assert.True(package.GetEntry($"tools/net10.0/any/runtimes/{platform}/native/{library}") is { Length: > 1_000_000 });
    }

    [Fact]
    public async Task The_packages_version_is_the_one_that_the_command_names()
    {
        var version = Path.GetFileNameWithoutExtension(tool.Package).Replace($"{PackedTool.Name}.", "", StringComparison.Ordinal);
        Assert.Equal(version, (await tool.RunAsync(["--version"])).Output.Split('+')[0].TrimEnd());
    }

    [Fact]
    public void The_README_installs_it_from_where_it_is_packed() =>
        Assert.Contains($"`dotnet pack {PackedTool.Project} && dotnet tool install --global --add-source {PackedTool.Project}/bin/Release {PackedTool.Name}`", Repository.Read("README.md"), StringComparison.Ordinal);

    [Fact]
    public void No_file_in_it_names_the_machine_that_packed_it()
    {
        using var package = ZipFile.OpenRead(tool.Package);
        string[] paths = [Repository.Root, Path.GetTempPath() + "shoes-tool-", Environment.GetFolderPath(Environment.SpecialFolder.UserProfile) + "/."];
        var forms = paths.SelectMany(path => new[] { Encoding.UTF8.GetBytes(path), Encoding.Unicode.GetBytes(path) }).ToArray();
        var own = package.Entries.Where(entry => !entry.FullName.Contains("/native/", StringComparison.Ordinal)).ToArray();
        Assert.Contains(own, entry => entry.Name == "ShoeFunctions.Local.dll");
        Assert.Empty(own.Where(entry => forms.Any(form => Bytes(entry).AsSpan().IndexOf(form) >= 0)).Select(entry => entry.FullName));
    }

    private static byte[] Bytes(ZipArchiveEntry entry)
    {
        using var stream = entry.Open();
        using var bytes = new MemoryStream();
        stream.CopyTo(bytes);
        return bytes.ToArray();
    }
}
