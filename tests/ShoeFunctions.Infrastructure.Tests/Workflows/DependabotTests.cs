using YamlDotNet.RepresentationModel;

namespace ShoeFunctions.Infrastructure.Tests.Workflows;

public sealed class DependabotTests
{
    private static readonly YamlMappingNode[] Updates =
        [.. ((YamlSequenceNode)Yaml.Read(".github/dependabot.yml").Children["updates"]).Children.Cast<YamlMappingNode>()];

    [Fact]
    public void Everything_that_has_versions_is_kept_up_to_date() =>
        Assert.Equal(
            ["docker", "docker-compose", "dotnet-sdk", "github-actions", "npm", "nuget"],
            Updates.Select(update => Yaml.Text(update, "package-ecosystem")).Order());

    [Fact]
    public void Every_folder_with_npm_packages_is_named()
    {
        var folders = Directory.EnumerateFiles(Repository.PathOf("tests"), "package.json", new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = 1 })
            .Select(file => $"/tests/{Path.GetFileName(Path.GetDirectoryName(file))}").Order().ToArray();
        Assert.Equal(folders, Yaml.List(Updates.Single(update => Yaml.Text(update, "package-ecosystem") == "npm"), "directories").Order());
        Assert.All(folders, folder => Assert.Contains(folder[1..], Repository.Read("script/test"), StringComparison.Ordinal));
    }
}
