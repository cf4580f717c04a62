namespace ShoeFunctions.Infrastructure.Tests.Scripts;

public sealed class CheckAppTests : IDisposable
{
    private static readonly string[] Needed =
    [
        "host.json", "worker.config.json", "extensions.json", "functions.metadata", "ShoeFunctions.dll",
        ".azurefunctions/function.deps.json", ".azurefunctions/Microsoft.Azure.WebJobs.Extensions.FunctionMetadataLoader.dll",
    ];

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("shoes-app-");

    public static TheoryData<string> Files => [.. Needed];

    [Fact]
    public async Task A_whole_app_passes()
    {
        Write(Needed);
        Assert.Equal(0, (await Script.RunAsync("check-app", [_folder.FullName])).ExitCode);
    }

    [Theory]
    [InlineData(false, 1)]
    [InlineData(true, 0)]
    public async Task Asked_for_the_complete_app_it_wants_Confluents_serialiser_too(bool isThere, int exitCode)
    {
        Write(isThere ? [.. Needed, "Confluent.SchemaRegistry.Serdes.Protobuf.dll"] : Needed);
        Assert.Equal(exitCode, (await Script.RunAsync("check-app", ["--complete", _folder.FullName])).ExitCode);
        Assert.Equal(isThere, !(await Script.RunAsync("check-app", [_folder.FullName])).Output.Contains("but not Confluent's serialiser", StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Files))]
    public async Task What_is_missing_is_named(string file)
    {
        Write(Needed.Where(needed => needed != file));
        var ran = await Script.RunAsync("check-app", [_folder.FullName]);
        Assert.Equal(1, ran.ExitCode);
        Assert.Contains($"lacks {file}.", Assert.Single(ran.Errors.TrimEnd().Split('\n')), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Wrong_usage_is_said_in_one_line()
    {
        Script.AssertIsWrongUsage(await Script.RunAsync("check-app", []), "found 0 arguments");
        Script.AssertIsWrongUsage(await Script.RunAsync("check-app", ["no/such/folder"]), "'no/such/folder' is no folder");
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private void Write(IEnumerable<string> files)
    {
        foreach (var file in files)
        {
            var path = Path.Combine(_folder.FullName, file);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, "something");
        }
    }
}
