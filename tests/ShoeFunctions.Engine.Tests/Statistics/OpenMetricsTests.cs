using System.Text.RegularExpressions;
using ShoeFunctions.Engine.Statistics;
using ShoeFunctions.Engine.Tests.Doubles;

namespace ShoeFunctions.Engine.Tests.Statistics;

public sealed partial class OpenMetricsTests
{
    [Fact]
    public async Task Every_family_has_its_type_counters_end_in_total_and_the_text_ends_as_it_must()
    {
        using var engine = new TestEngine();
        await engine.Runner.RunDueAsync(TestContext.Current.CancellationToken);
        var stats = await engine.Stats.AnswerAsync(TestContext.Current.CancellationToken);
        var text = OpenMetrics.Write(stats);
        Assert.EndsWith("\n# EOF\n", text, StringComparison.Ordinal);

        var lines = text.Split('\n')[..^2];
        Assert.All(lines, line => Assert.Matches(Line, line));
        var types = lines.Where(line => line.StartsWith("# TYPE ", StringComparison.Ordinal)).Select(line => line.Split(' ')).ToDictionary(words => words[2], words => words[3]);
        Assert.All(lines.Where(line => line[0] != '#'), line =>
        {
            var name = line.Split('{')[0];
            Assert.True(types.TryGetValue(name, out var type) ? type is "gauge" or "stateset" : types[name[..^"_total".Length]] == "counter" && name.EndsWith("_total", StringComparison.Ordinal), line);
        });
        Assert.Contains("shoefunctions_shoes_delivered_total{topic=\"js_shoe\"} 10", lines);
        Assert.Contains("shoefunctions_state{topic=\"js_shoe\",shoefunctions_state=\"delivering\"} 1", lines);
        Assert.Contains("shoefunctions_state{topic=\"js_shoe\",shoefunctions_state=\"failing\"} 0", lines);
        Assert.Contains("{topic=\"a\\\\\\\"\\nb\"}", OpenMetrics.Write(stats with { Topic = "a\\\"\nb" }), StringComparison.Ordinal);
    }

    [GeneratedRegex("""^(# (TYPE|HELP) [a-z_]+ .+|[a-z_]+\{[a-z_]+="[^"]*"(,[a-z_]+="[^"]*")*\} [0-9.E+-]+)$""")]
    private static partial Regex Line { get; }
}
