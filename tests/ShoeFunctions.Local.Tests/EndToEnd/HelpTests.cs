using System.CommandLine;

namespace ShoeFunctions.Local.Tests.EndToEnd;

public sealed class HelpTests
{
    private const int Columns = 80;

    public static TheoryData<string> Verbs => [.. ShoesCommand.Root.Subcommands.Select(verb => verb.Name)];

    [Fact]
    public void The_commands_help_has_a_line_for_each_verb_and_every_line_fits_on_a_terminal()
    {
        var help = Help();
        Assert.All(help, line => Assert.InRange(line.Length, 0, Columns));
        Assert.Equal(Verbs.Select(verb => verb.Data), Section(help, "Commands:").Select(line => line.Trim().Split(' ')[0]));
        AssertExamples(help, "shoes");
    }

    [Theory]
    [MemberData(nameof(Verbs))]
    public void A_verbs_help_says_more_in_lines_that_fit_and_has_examples(string verb)
    {
        var help = Help(verb);
        Assert.All(help, line => Assert.InRange(line.Length, 0, Columns));
        Assert.Contains(help, line => line.StartsWith("  Exit code: 0", StringComparison.Ordinal));
        Assert.Contains(Section(Help(), "Commands:"), line => line.EndsWith($"  {Section(help, "Description:")[0].Trim().TrimEnd('.')}", StringComparison.Ordinal));
        AssertExamples(help, $"shoes {verb}");
    }

    /// <summary>Two or three, each of which can be typed so.</summary>
    private static void AssertExamples(string[] help, string start)
    {
        var examples = Section(help, "Examples:");
        Assert.InRange(examples.Length, 2, 3);
        Assert.All(examples, example =>
        {
            var parts = example.Trim().Split("  ", 2);
            Assert.NotEmpty(parts[1].Trim());
            var words = parts[0].Split(' ').SkipWhile(word => word.Contains('=', StringComparison.Ordinal)).ToArray();
            Assert.StartsWith($"{start} ", $"{string.Join(' ', words)} ", StringComparison.Ordinal);
            Assert.Empty(ShoesCommand.Root.Parse(words[1..]).Errors);
        });
    }

    private static string[] Section(string[] help, string title) =>
        [.. help.SkipWhile(line => line != title).Skip(1).TakeWhile(line => line.Length > 0)];

    private static string[] Help(params string[] verb)
    {
        var output = new StringWriter();
        Assert.Equal(0, ShoesCommand.Root.Parse([.. verb, "--help"]).Invoke(new InvocationConfiguration { Output = output }));
        return output.ToString().ReplaceLineEndings("\n").TrimEnd('\n').Split('\n');
    }
}
