using System.Globalization;
using System.Text.RegularExpressions;
using ShoeFunctions.Engine.Running;
using ShoeFunctions.Engine.Ticks;
using ShoeFunctions.Infrastructure.Tests.Bicep;

namespace ShoeFunctions.Infrastructure.Tests.Docs;

public sealed partial class DeployGuideTests
{
    private static readonly string Guide = Repository.Read("docs/deploy.md");

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
    public void It_names_the_variables_that_setup_oidc_sets()
    {
        var variables = Variable.Matches(Repository.Read("script/setup-oidc")).Select(match => match.Groups[1].Value).ToArray();
        Assert.Equal(5, variables.Length);
        Assert.All(variables, variable => Assert.Contains(variable, Guide, StringComparison.Ordinal));
    }

    /// <summary>A fork leaves gh with the repository that was forked, and each command after it would act there.</summary>
    [Fact]
    public void Right_after_the_fork_gh_is_told_which_repository_is_meant() =>
        Assert.Matches(@"gh repo fork \S+ --clone && cd (\S+) && gh repo set-default me/\1\n", Guide);

    [Fact]
    public void A_provider_that_a_subnet_is_given_to_is_registered()
    {
        var providers = Delegation.Matches(Repository.Read("infra/network.bicep")).Select(match => match.Groups[1].Value).ToArray();
        Assert.NotEmpty(providers);
        Assert.All(providers, provider => Assert.Contains($"`az provider register --namespace {provider} --wait`", Guide, StringComparison.Ordinal));
    }

    [Fact]
    public void Who_looks_at_the_topic_has_a_key_that_may_read_it()
    {
        var reader = Regex.Match(Guide, @"confluent api-key create --resource lkc-\w+ --service-account (\S+) --use").Groups[1].Value;
        Assert.Contains($"--service-account {reader} --operations read,describe --topic js_shoe", Guide, StringComparison.Ordinal);
        Assert.Contains($"--service-account {reader} --operations read --consumer-group confluent_cli_consumer_ --prefix", Guide, StringComparison.Ordinal);
        Assert.True(Guide.IndexOf(" --use\n", StringComparison.Ordinal) < Guide.IndexOf("confluent kafka topic consume", StringComparison.Ordinal));
    }

    /// <summary>Without the filter's two halves others could write: every application of the tenant, or every token of the app.</summary>
    [Fact]
    public void The_way_without_a_secret_comes_first_and_lets_the_apps_identity_in_alone()
    {
        var steps = Guide.Split("\n## ")[0];
        Assert.DoesNotMatch(@"(?m)^\$ .*API_(KEY|SECRET)", steps);
        Assert.Matches(@"\$ identity=.* --name shoes-app .*\n\$ audience=", steps);
        Assert.Contains(@"--filter ""claims.aud == \""$audience\"" && claims.oid == \""$identity\""", steps, StringComparison.Ordinal);
        Assert.Contains("name: '${name}-app'", Repository.Read("infra/main.bicep"), StringComparison.Ordinal);
        Assert.Contains("\n## With API keys\n", Guide, StringComparison.Ordinal);
    }

    /// <summary>What is in the shell for the first deployment is in the repository's variables for those after it.</summary>
    [Fact]
    public void What_the_first_deployment_is_given_every_later_one_is()
    {
        var step = Regex.Match(Guide, @"\n\*\*8\. .*?\n\*\*9\. ", RegexOptions.Singleline).Value;
        var set = Regex.Match(step, @"for name in ([A-Z_ \\\n]+); do gh variable set \$name").Groups[1].Value.Split([' ', '\n', '\\'], StringSplitOptions.RemoveEmptyEntries);
        Assert.NotEmpty(set);
        Assert.Equal(set.Order(), Regex.Matches(step, "(?<=^\\$ export |^\\$ export .* )([A-Z_]+)=", RegexOptions.Multiline).Select(match => match.Groups[1].Value).Order());
        Assert.All(set, name => Assert.Contains($"  {name}: ${{{{ vars.{name} }}}}\n", Repository.Read(".github/workflows/deploy.yml"), StringComparison.Ordinal));
    }

    [Fact]
    public void The_events_that_it_explains_are_those_that_the_code_logs()
    {
        var logged = Directory.EnumerateFiles(Repository.PathOf("src"), "*.cs", SearchOption.AllDirectories)
            .SelectMany(file => Logged.Matches(File.ReadAllText(file))).Select(match => match.Groups[1].Value).ToHashSet();
        var explained = Events.Matches(Guide).SelectMany(match => match.Groups[1].Value.Split(", ")).ToArray();
        Assert.Contains("101", explained);
        Assert.All(explained, id => Assert.Contains(id, logged));
    }

    /// <summary>What a query asks for has a name that the workspace knows, and its text is such as the app writes.</summary>
    [Fact]
    public void Its_queries_ask_for_what_is_there()
    {
        var queries = Query.Matches(Guide).Select(match => match.Groups[1].Value).ToArray();
        Assert.Equal(2, queries.Length);
        var alerts = Repository.Read("infra/alerts.bicep");
        Assert.All(queries, query =>
        {
            Assert.StartsWith("AppTraces\n", query, StringComparison.Ordinal);
            Assert.Contains("AppTraces", alerts, StringComparison.Ordinal);
            Assert.All(Column.Matches(query).Select(match => match.Value), column =>
                Assert.Contains(column, (string[])["AppTraces", "TimeGenerated", "Message", "Properties", "CategoryName", "EventId", "ShoeFunctions", "Engine", "Delivered", "Failed"]));
        });
        foreach (var (shoes, delivered, read) in new (int, int, string[])[] { (10, 7, ["7", "3"]), (10, 10, ["10", ""]), (1, 1, ["1", ""]) })
        {
            var tick = new TickReport { Tick = default, StartedAt = default, Duration = default, Shoes = shoes, Delivered = delivered, Bytes = 538 };
            Assert.Equal(read, Regex.Matches(queries[1], "@\"([^\"]+)\"").Select(pattern => Regex.Match($"tick {tick.Tick}  {tick.Summary()}", pattern.Groups[1].Value).Groups[1].Value));
        }

        Assert.Equal(2, Regex.Count(Repository.Read("src/ShoeFunctions.Engine/Running/TickLog.cs"), @"""tick \{Tick}  \{Summary}"));
    }

    /// <summary>The first query is what the alerts' rows send to.</summary>
    [Fact]
    public void Its_first_query_finds_why_ticks_and_chunks_failed() =>
        Assert.All(["101", "123"], id => Assert.Contains($"\"{id}\"", Query.Match(Guide).Groups[1].Value, StringComparison.Ordinal));

    [Fact]
    public void It_says_what_large_ticks_need()
    {
        var section = Regex.Match(Guide, @"\n## Large ticks on many instances\n(.*?)\n## ", RegexOptions.Singleline).Groups[1].Value;
        Assert.All(
            ["`fanOutAbove = ", "`fanOutChunk`", "`maximumInstanceCount`", "`alwaysReadyForChunks`", $"`{IQueuedChunks.Name}`", "`ProduceChunk`", "(scale.md)"],
            name => Assert.Contains(name, section, StringComparison.Ordinal));
    }

    [Fact]
    public async Task It_counts_the_private_endpoints_that_are_paid_for()
    {
        string[] numbers = ["none", "one", "two", "three", "four", "five"];
        var (keys, tokens) = (await CountAsync("param privateNetwork = true"), await CountAsync(BicepCompiler.Tokens));
        Assert.Matches($@"`privateNetwork`\s+{numbers[tokens]}\s+private\s+endpoints,\s+with\s+a\s+vault\s+{numbers[keys]}", Guide);

        static async Task<int> CountAsync(params string[] parameters) =>
            (await BicepCompiler.DeployedAsync(parameters)).Count(resource => resource.GetProperty("type").GetString() == "Microsoft.Network/privateEndpoints");
    }

    [Fact]
    public void It_explains_all_alerts()
    {
        var alerts = Regex.Matches(Repository.Read("infra/alerts.bicep"), @"name: '\$\{name\}(-[a-z-]+)'\n    severity").Select(match => match.Groups[1].Value).ToArray();
        Assert.Equal(3, alerts.Length);
        Assert.All(alerts, alert => Assert.Contains($"| `shoes{alert}` |", Guide, StringComparison.Ordinal));
    }

    [GeneratedRegex(@"^\*\*(\d+)\. ", RegexOptions.Multiline)]
    private static partial Regex Step { get; }

    /// <summary>A name in camel case, alone between backticks or with a value.</summary>
    [GeneratedRegex("`([a-z]+[A-Z][A-Za-z]*)(?: = [^`]*)?`")]
    private static partial Regex Parameter { get; }

    [GeneratedRegex("gh variable set ([A-Z_]+)")]
    private static partial Regex Variable { get; }

    [GeneratedRegex("serviceName: '([^/']+)/")]
    private static partial Regex Delegation { get; }

    [GeneratedRegex(@"LoggerMessage\((?:EventId = )?(\d+)")]
    private static partial Regex Logged { get; }

    /// <summary>A row of the table whose first column is numbers.</summary>
    [GeneratedRegex(@"^\| (\d{3}(?:, \d{3})*) \|", RegexOptions.Multiline)]
    private static partial Regex Events { get; }

    [GeneratedRegex("```kusto\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Query { get; }

    [GeneratedRegex("[A-Z][A-Za-z]+")]
    private static partial Regex Column { get; }
}
