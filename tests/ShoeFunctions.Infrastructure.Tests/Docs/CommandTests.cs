using System.Text.RegularExpressions;

namespace ShoeFunctions.Infrastructure.Tests.Docs;

/// <summary>What a reader types, and what a script or a workflow runs, of tools that are not here to be asked.</summary>
public sealed partial class CommandTests
{
    /// <summary>Each verb, and the flags that it knows.</summary>
    private static readonly Dictionary<string, string[]> Known = Repository.Read("tests/ShoeFunctions.Infrastructure.Tests/Docs/commands.txt").Split('\n', StringSplitOptions.TrimEntries)
        .Where(line => line.Length > 0 && line[0] != '#').Select(line => line.Split(':')).ToDictionary(parts => parts[0], parts => parts[1].Split(' ', StringSplitOptions.RemoveEmptyEntries));

    public static TheoryData<string> Files =>
    [
        "README.md", "docs/clusters.md", "docs/deploy.md", "infra/main.bicep", "infra/alerts.bicep", "infra/network.bicep",
        .. new[] { "script", ".github/workflows" }.SelectMany(folder => Directory.EnumerateFiles(Repository.PathOf(folder)).Select(file => $"{folder}/{Path.GetFileName(file)}")),
    ];

    [Theory]
    [MemberData(nameof(Files))]
    public void Every_command_of_another_tool_is_one_that_it_knows(string file) => Assert.Empty(Wrong(Repository.Read(file)));

    [Fact]
    public void Every_verb_that_is_listed_is_used_somewhere() =>
        Assert.Equal(Known.Keys.Where(verb => verb.Contains(' ', StringComparison.Ordinal)).Order(), Files.SelectMany(file => Commands(Repository.Read(file.Data))).Select(VerbOf).OfType<string>().Distinct().Order());

    [Theory]
    [InlineData("$ az group craete --name shoes", "az group craete --name shoes: no such verb")]
    [InlineData("$ az group create --nmae shoes", "az group create --nmae shoes: no flag --nmae")]
    [InlineData("  there=$(az role definition list --names \"What-if in $group\") || return", "az role definition list --names Q: no flag --names")]
    [InlineData("$ az functionapp list-flexconsumption-locations --details", "az functionapp list-flexconsumption-locations --details: no flag --details")]
    [InlineData("$ az role assignment create --role Reader --resource-group shoes", "az role assignment create --role Reader --resource-group shoes: no flag --resource-group")]
    [InlineData("$ az login && gh auth stauts", "gh auth stauts: no such verb")]
    [InlineData("Delete it: `confluent api-key remove OLDKEY`.", "confluent api-key remove OLDKEY: no such verb")]
    [InlineData("$ confluent kafka topic create js_shoe \\\n    --partition 6", "confluent kafka topic create js_shoe --partition 6: no flag --partition")]
    [InlineData("      - run: gh variable set X ${3:+--boddy \"$3\"}", "gh variable set X ${3:+--boddy Q}: no flag --boddy")]
    public void A_misspelt_verb_or_flag_is_found(string text, string found) => Assert.Equal([found], Wrong(text));

    private static string[] Wrong(string text) =>
        [.. from command in Commands(text)
            let verb = VerbOf(command)
            let flags = verb is null ? [] : Flag.Matches(command).Select(match => match.Value).Except([.. Known[verb], .. Known[verb.Split(' ')[0]]])
            from wrong in verb is null ? ["no such verb"] : flags.Select(flag => $"no flag {flag}")
            select $"{command}: {wrong}"];

    /// <summary>The commands, each from its tool's name to where the shell takes it to end, and what is quoted as Q.</summary>
    private static IEnumerable<string> Commands(string text)
    {
        var lines = Continued.Replace(Comment.Replace(text.ReplaceLineEndings("\n"), ""), " ");
        return Start.Matches(lines).Select(match => End.Split(Quoted.Replace(lines[match.Index..].Split("\n\n")[0], "Q"))[0].TrimEnd());
    }

    /// <summary>The longest listed verb that a command begins with.</summary>
    private static string? VerbOf(string command) =>
        Known.Keys.Where(verb => verb.Contains(' ', StringComparison.Ordinal) && $"{command} ".StartsWith($"{verb} ", StringComparison.Ordinal)).MaxBy(verb => verb.Length);

    /// <summary>A tool's name where a command begins.</summary>
    [GeneratedRegex(@"(?<=(?:^|[(`]|\$ |&& |\|\| |; |: |do |then )\s*)(?:az|gh|confluent)(?= [a-z])", RegexOptions.Multiline)]
    private static partial Regex Start { get; }

    [GeneratedRegex("'[^']*'|\"(?:\\\\.|[^\"\\\\])*\"", RegexOptions.Singleline)]
    private static partial Regex Quoted { get; }

    [GeneratedRegex(@"\n|&&|\||;|\)|`|<|'|""|\. |\.$| #|   +")]
    private static partial Regex End { get; }

    [GeneratedRegex(@"(?<=[\s+])--?[a-z][a-z-]*")]
    private static partial Regex Flag { get; }

    [GeneratedRegex(@"\s*\\\n\s*")]
    private static partial Regex Continued { get; }

    [GeneratedRegex(@"^\s*(?:#|//) .*$", RegexOptions.Multiline)]
    private static partial Regex Comment { get; }
}
