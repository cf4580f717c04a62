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
    [MemberData(nameof(Files))]
    public void The_heading_that_it_links_is_there(string file)
    {
        var folder = Path.GetDirectoryName(Repository.PathOf(file))!;
        Assert.All(Place.Matches(Repository.Read(file)), place =>
        {
            var page = place.Groups[1].Value.Length == 0 ? Repository.PathOf(file) : Path.Combine(folder, place.Groups[1].Value);
            Assert.Contains(place.Groups[2].Value, Heading.Matches(File.ReadAllText(page)).Select(heading => Punctuation.Replace(heading.Groups[1].Value.ToLowerInvariant(), "").Replace(' ', '-')));
        });
    }

    [Theory]
    [InlineData("docs/architecture.md")]
    [InlineData("docs/clusters.md")]
    [InlineData("docs/command.md")]
    [InlineData("docs/data.md")]
    [InlineData("docs/deploy.md")]
    [InlineData("docs/exactly-once.md")]
    [InlineData("docs/scale.md")]
    [InlineData("docs/testing-pipelines.md")]
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

    /// <summary>A heading of this page or of another one here.</summary>
    [GeneratedRegex(@"\]\(((?!https?:)[^)#]*)#([^)]+)\)")]
    private static partial Regex Place { get; }

    [GeneratedRegex("^#+ (.+)$", RegexOptions.Multiline)]
    private static partial Regex Heading { get; }

    /// <summary>What GitHub leaves out of a heading's name.</summary>
    [GeneratedRegex(@"[^\w -]")]
    private static partial Regex Punctuation { get; }

    /// <summary>A path from the repository's root, outside links.</summary>
    [GeneratedRegex(@"(?<![\w./(-])(?:bench|docs|infra|script|src|tests)/\w[\w./-]*\w")]
    private static partial Regex Named { get; }
}
