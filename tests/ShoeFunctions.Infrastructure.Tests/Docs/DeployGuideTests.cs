using System.Globalization;
using System.Text.RegularExpressions;
using ShoeFunctions.Infrastructure.Tests.Bicep;

namespace ShoeFunctions.Infrastructure.Tests.Docs;

public sealed partial class DeployGuideTests
{
    private const string Path = "docs/deploy.md";

    private static readonly string Guide = Repository.Read(Path);

    [Fact]
    public void There_are_ten_steps_and_each_shows_what_is_typed()
    {
        var steps = Step.Matches(Guide);
        Assert.Equal(Enumerable.Range(1, 10), steps.Select(step => int.Parse(step.Groups[1].Value, CultureInfo.InvariantCulture)));
        Assert.All(Guide.Split("\n## ")[0].Split("\n**")[1..], step => Assert.Contains("```\n$ ", step, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Every_parameter_that_it_names_is_one()
    {
        var parameters = (await BicepCompiler.CompileAsync()).GetProperty("parameters").EnumerateObject().Select(parameter => parameter.Name).ToHashSet();
        var named = Parameter.Matches(Guide).Select(match => match.Groups[1].Value).Distinct().ToArray();
        Assert.Contains("alertWithoutTickMinutes", named);
        Assert.All(named, name => Assert.Contains(name, parameters));
    }

    [Fact]
    public void What_it_links_in_the_repository_is_there_and_the_README_links_it()
    {
        var links = Link.Matches(Guide).Select(match => match.Groups[1].Value).Where(link => !link.StartsWith("https://", StringComparison.Ordinal)).ToArray();
        Assert.NotEmpty(links);
        Assert.All(links, link => Assert.True(File.Exists(Repository.PathOf(System.IO.Path.Combine("docs", link))), link));
        Assert.Contains($"]({Path})", Repository.Read("README.md"), StringComparison.Ordinal);
    }

    [Fact]
    public void The_variables_to_set_are_those_that_setup_oidc_prints() =>
        Assert.All(Variable.Matches(Repository.Read("script/setup-oidc")).Select(match => match.Value), variable => Assert.Contains(variable, Guide, StringComparison.Ordinal));

    [GeneratedRegex(@"^\*\*(\d+)\. ", RegexOptions.Multiline)]
    private static partial Regex Step { get; }

    /// <summary>A name in camel case, alone between backticks or with a value.</summary>
    [GeneratedRegex("`([a-z]+[A-Z][A-Za-z]*)(?: = [^`]*)?`")]
    private static partial Regex Parameter { get; }

    [GeneratedRegex(@"\]\(([^)#]+)\)")]
    private static partial Regex Link { get; }

    [GeneratedRegex("gh variable set [A-Z_]+")]
    private static partial Regex Variable { get; }
}
