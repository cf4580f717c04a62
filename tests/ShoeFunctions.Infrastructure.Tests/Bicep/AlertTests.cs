using System.Reflection;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging;
using ShoeFunctions.Engine.Running;
using ShoeFunctions.Engine.Ticks;

namespace ShoeFunctions.Infrastructure.Tests.Bicep;

public sealed partial class AlertTests
{
    private static readonly TickReport SomeTick = new()
    {
        Tick = Tick.At(new DateTimeOffset(2026, 11, 23, 14, 39, 30, TimeSpan.Zero)),
        StartedAt = default,
        Duration = default,
        Shoes = 10,
        Delivered = 10,
    };

    [Theory]
    [InlineData("shoes-no-tick", "LessThan", 1)]
    [InlineData("shoes-failed-runs", "GreaterThanOrEqual", 3)]
    public async Task There_is_an_alert_without_ticks_and_one_on_failures(string name, string comparison, int threshold)
    {
        var condition = await ConditionAsync(name);
        Assert.Equal((comparison, threshold), (condition.GetProperty("operator").GetString(), condition.GetProperty("threshold").GetInt32()));
        Assert.Contains("\"ProduceShoes\"", condition.GetProperty("query").GetString(), StringComparison.Ordinal);
        Assert.DoesNotMatch(@"\{\d\}", condition.GetProperty("query").GetString());
    }

    /// <summary>A timer run that only puts chunks into the queue succeeds as well, whatever becomes of them.</summary>
    [Fact]
    public async Task Where_large_ticks_are_split_it_is_chunks_that_say_whether_shoes_arrive()
    {
        var query = (await ConditionAsync("shoes-no-tick", "param fanOutAbove = 1")).GetProperty("query").GetString()!;
        Assert.DoesNotContain("ProduceShoes", query, StringComparison.Ordinal);
        Assert.Contains("Message startswith \"Executed 'Functions.ProduceChunk' (Succeeded\"", query, StringComparison.Ordinal);
        Assert.Contains("((Name has \"ProduceChunk\" or Name startswith \"send \") and Success == true)", query, StringComparison.Ordinal);
        Assert.Contains("$\"send {kafka.Topic}\"", Repository.Read("src/ShoeFunctions.Engine/Telemetry/Instrumentation.cs"), StringComparison.Ordinal);
        Assert.Contains("\"ProduceShoes\"", (await ConditionAsync("shoes-failed-runs", "param fanOutAbove = 1")).GetProperty("query").GetString(), StringComparison.Ordinal);
    }

    /// <summary>The queries look for the app's own lines: by their text, and by event id and category.</summary>
    [Theory]
    [InlineData("shoes-no-tick", 100, 0)]
    [InlineData("shoes-failed-runs", 101, 7)]
    public async Task The_queries_find_the_apps_lines_on_a_tick(string alert, int eventId, int failed)
    {
        var query = (await ConditionAsync(alert)).GetProperty("query").GetString()!;
        var line = Line(eventId).Replace("{Tick}", $"{SomeTick.Tick}", StringComparison.Ordinal)
            .Replace("{Summary}", (SomeTick with { Delivered = SomeTick.Shoes - failed }).Summary(), StringComparison.Ordinal);
        Assert.Matches(TextOf(query), line);
        Assert.Contains($"Properties.EventId == \"{eventId}\"", query, StringComparison.Ordinal);
        Assert.Contains("Properties.CategoryName startswith \"ShoeFunctions.Engine.\"", query, StringComparison.Ordinal);
        Assert.All([typeof(TickRunner), typeof(ChunkBook), typeof(ChunkRunner), typeof(FanOut)], type => Assert.StartsWith("ShoeFunctions.Engine.", type.FullName, StringComparison.Ordinal));
    }

    /// <summary>Ticks of a thousand shoes and more have commas in their number.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(1_048_576)]
    public async Task A_tick_of_any_size_counts_as_written_down(int shoes) => Assert.Matches(
        TextOf((await ConditionAsync("shoes-no-tick")).GetProperty("query").GetString()!), $"tick {SomeTick.Tick}  {(SomeTick with { Shoes = shoes, Delivered = shoes }).Summary()}");

    [Fact]
    public async Task There_is_an_alert_on_chunks_that_are_given_up_and_ticks_that_wait()
    {
        var condition = await ConditionAsync("shoes-chunks");
        Assert.Equal(("GreaterThanOrEqual", 1), (condition.GetProperty("operator").GetString(), condition.GetProperty("threshold").GetInt32()));
        var query = condition.GetProperty("query").GetString()!;
        Assert.Contains($"Message has \"{IQueuedChunks.PoisonName}\"", query, StringComparison.Ordinal);
        Assert.Contains("Properties.EventId in (\"111\", \"123\")", query, StringComparison.Ordinal);
        Assert.Contains("{Queue}", Line(123), StringComparison.Ordinal);
        Assert.Contains("are open already", Line(111), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_failed_tick_does_not_count_as_written_down_nor_a_delivered_one_as_failed()
    {
        var (written, failed) = (TextOf((await ConditionAsync("shoes-no-tick")).GetProperty("query").GetString()!), TextOf((await ConditionAsync("shoes-failed-runs")).GetProperty("query").GetString()!));
        Assert.All([0, 3], delivered => Assert.DoesNotMatch(written, $"tick {SomeTick.Tick}  {(SomeTick with { Delivered = delivered }).Summary()}"));
        Assert.DoesNotMatch(failed, $"tick {SomeTick.Tick}  {SomeTick.Summary()}");
    }

    [Fact]
    public async Task The_time_is_chosen()
    {
        foreach (var (parameters, window) in new (string[], string)[] { ([], "PT15M"), (BicepCompiler.Other, "PT60M"), (BicepCompiler.OneCredential, "P1D") })
            Assert.All(await RulesAsync(parameters), rule => Assert.Equal(window, rule.GetProperty("properties").GetProperty("windowSize").GetString()));
    }

    [Fact]
    public async Task Whoever_is_to_be_told_is_told_by_all()
    {
        var deployed = await BicepCompiler.DeployedAsync(BicepCompiler.Other);
        var people = Assert.Single(deployed, resource => resource.GetProperty("type").GetString() == "Microsoft.Insights/actionGroups");
        Assert.Contains("owner@example.com", people.GetRawText(), StringComparison.Ordinal);
        Assert.All(
            deployed.Where(resource => resource.GetProperty("type").GetString() == "Microsoft.Insights/scheduledQueryRules"),
            rule => Assert.Equal(people.GetProperty("id").GetString(), Assert.Single(rule.GetProperty("properties").GetProperty("actions").GetProperty("actionGroups").EnumerateArray()).GetString()));
        Assert.DoesNotContain(await BicepCompiler.DeployedAsync(), resource => resource.GetProperty("type").GetString() == "Microsoft.Insights/actionGroups");
    }

    private static async Task<JsonElement[]> RulesAsync(params string[] parameters)
    {
        var rules = (await BicepCompiler.DeployedAsync(parameters)).Where(resource => resource.GetProperty("type").GetString() == "Microsoft.Insights/scheduledQueryRules").ToArray();
        Assert.Equal(3, rules.Length);
        return rules;
    }

    private static async Task<JsonElement> ConditionAsync(string name, params string[] parameters)
    {
        var rule = (await RulesAsync(parameters)).Single(rule => rule.GetProperty("name").GetString() == name);
        return Assert.Single(rule.GetProperty("properties").GetProperty("criteria").GetProperty("allOf").EnumerateArray());
    }

    /// <summary>The pattern of a query; Kusto's and .NET's mean the same by it.</summary>
    private static string TextOf(string query) => MatchesRegex.Match(query).Groups[1].Value;

    private static string Line(int eventId) => typeof(TickRunner).Assembly.GetTypes()
        .SelectMany(type => type.GetMethods(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static))
        .Select(method => method.GetCustomAttribute<LoggerMessageAttribute>())
        .Single(message => message?.EventId == eventId)!.Message;

    [GeneratedRegex("matches regex @\"([^\"]+)\"")]
    private static partial Regex MatchesRegex { get; }
}
