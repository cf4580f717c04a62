using System.Text.RegularExpressions;

namespace ShoeFunctions.Infrastructure.Tests.Docs;

public sealed partial class LinkTests
{
    public static TheoryData<string> Files =>
    [
        "bench/README.md",
        .. new[] { "", "docs" }.SelectMany(folder => Directory.EnumerateFiles(Repository.PathOf(folder), "*.md").Select(file => Path.Combine(folder, Path.GetFileName(file)))),
    ];

    [Theory]
    [MemberData(nameof(Files))]
    public void What_it_links_in_the_repository_is_there(string file)
    {
        var folder = Path.GetDirectoryName(Repository.PathOf(file))!;
        Assert.All(Links(file), link => Assert.True(Path.Exists(Path.Combine(folder, link)), link));
    }

    [Theory]
    [InlineData("docs/architecture.md")]
    [InlineData("docs/command.md")]
    [InlineData("docs/data.md")]
    [InlineData("docs/deploy.md")]
    [InlineData("bench/README.md")]
    [InlineData("CONTRIBUTING.md")]
    public void The_README_leads_to_it(string file) =>
        Assert.Contains(file, Links("README.md"));

    [Theory]
    [InlineData("docs/architecture.md")]
    [InlineData("CONTRIBUTING.md")]
    public void What_it_names_in_the_repository_is_there(string file)
    {
        var named = Named.Matches(Repository.Read(file)).Select(match => match.Value).ToArray();
        Assert.NotEmpty(named);
        Assert.All(named, path => Assert.True(Path.Exists(Repository.PathOf(path)), path));
    }

    private static string[] Links(string file) =>
        [.. Link.Matches(Repository.Read(file)).Select(match => match.Groups[1].Value).Where(link => !link.StartsWith("https://", StringComparison.Ordinal))];

    [GeneratedRegex(@"\]\(([^)#]+)\)")]
    private static partial Regex Link { get; }

    /// <summary>A path from the repository's root, outside links.</summary>
    [GeneratedRegex(@"(?<![\w./(-])(?:bench|docs|infra|script|src|tests)/\w[\w./-]*\w")]
    private static partial Regex Named { get; }
}
