using System.Text.RegularExpressions;
using ShoeFunctions.Infrastructure.Tests.Bicep;

namespace ShoeFunctions.Infrastructure.Tests.Docs;

public sealed partial class ClustersPageTests
{
    private static readonly string Page = Repository.Read("docs/clusters.md");

    [Fact]
    public async Task Every_setting_that_it_names_can_be_deployed()
    {
        var parameters = (await BicepCompiler.CompileAsync()).GetProperty("parameters");
        var named = Setting.Matches(Page).Select(match => match.Groups[1].Value).Distinct().ToArray();
        Assert.Contains("KAFKA_SSL_KEY_PASSWORD", named);
        Assert.All(named, name => Assert.True(parameters.TryGetProperty(BicepCompiler.ParameterOf(name), out _), name));
    }

    /// <summary>Nobody is to take what was read for what was tried.</summary>
    [Fact]
    public void Every_row_says_how_it_was_checked_and_of_a_vendor_where()
    {
        var rows = Row.Matches(Page).Select(row => row.Value).ToArray();
        Assert.Equal(12, rows.Length);
        Assert.All(rows, row => Assert.Matches(@"\| tried against brokers [a-z ]+ \|$|\| read only \(\[[^]]+]\(https://[^)]+\)\)[^|]* \|$", row));
    }

    [Fact]
    public void It_is_short() => Assert.InRange(Page.Split('\n').Length, 1, 140);

    [GeneratedRegex("(?<=^|[` ])((?:KAFKA|SCHEMA_REGISTRY|OAUTH)_[A-Z_]*[A-Z])(?=[=`])", RegexOptions.Multiline)]
    private static partial Regex Setting { get; }

    [GeneratedRegex(@"^\| (?!sign-in |cluster |\|)[^-].*$", RegexOptions.Multiline)]
    private static partial Regex Row { get; }
}
