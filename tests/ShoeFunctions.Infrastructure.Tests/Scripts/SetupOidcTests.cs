using System.ComponentModel;
using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace ShoeFunctions.Infrastructure.Tests.Scripts;

/// <summary>With an az and a gh beside the script that keep what they make, and an az that is late to show it.</summary>
public sealed class SetupOidcTests : IDisposable
{
    private const string Scope = "/subscriptions/s/resourceGroups/shoes-rg";

    private static readonly string[] Wanted = ["--repository", "me/shoes", "--resource-group", "shoes-rg"];

    private static readonly string[] Applied = [.. Wanted, "--apply"];

    /// <summary>What is in a call that makes or changes something.</summary>
    private static readonly string[] Making = [" create ", " set ", " --method "];

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("shoes-oidc-");

    private string State => Path.Combine(_folder.FullName, "state");

    [Fact]
    public async Task It_prints_and_runs_nothing()
    {
        var ran = await RunAsync(Wanted);
        Assert.Equal((0, ""), (ran.ExitCode, ran.Errors));
        Assert.Contains("az identity create --name shoes-deploy", ran.Output, StringComparison.Ordinal);
        Assert.Empty(Calls());
    }

    [Fact]
    public async Task What_it_prints_is_what_it_runs()
    {
        var printed = (await RunAsync(Wanted)).Output;
        Assert.Equal(0, (await RunAsync(Applied)).ExitCode);
        var (applied, calls) = (Made(), Calls());

        StartAgain();
        Assert.Equal(0, (await Ran.ProgramAsync("bash", ["-euo", "pipefail", "-c", printed], StandIns())).ExitCode);
        Assert.Equal(applied, Made());
        Assert.Equal(calls, Calls());
    }

    [Fact]
    public async Task Wherever_a_run_stopped_the_next_one_comes_to_the_same_end()
    {
        Assert.Equal(0, (await RunAsync(Applied)).ExitCode);
        var (wanted, calls) = (Made(), Calls());
        // Where nothing was made it is as if it had stopped a call earlier.
        var making = Enumerable.Range(0, calls.Length).Where(i => Making.Any(word => calls[i].Contains(word, StringComparison.Ordinal))).ToArray();
        Assert.InRange(making.Length, 15, 30);

        foreach (var last in making)
        {
            StartAgain();
            var stopped = await RunAsync(Applied, ("CALLS", (last + 1).ToString(CultureInfo.InvariantCulture)));
            Assert.True(stopped.ExitCode != 0 || last == making[^1], $"After '{calls[last]}' it went on: {stopped.Output}{stopped.Errors}");
            var again = await RunAsync(Applied);
            Assert.True(again.ExitCode == 0, $"After '{calls[last]}' it cannot be repeated: {again.Errors}");
            Assert.Equal(wanted, Made());
        }
    }

    [Fact]
    public async Task What_differs_by_now_is_brought_up_to_date()
    {
        Assert.Equal(0, (await RunAsync(Applied)).ExitCode);
        var wanted = Made();
        Replace("assignment_principalId_of_shoes-deploy_Role_Based", "b7e6dc6d-f1e8-4753-8033-0f276bb0955b", Guid.Empty.ToString());
        Replace("definition_", "Microsoft.Resources/deployments/whatIf/action", "Microsoft.Resources/deployments/write");
        Replace("credential_github-production", "shoes@34", "shoes@33");
        Replace("variable AZURE_TENANT_ID", "tenantId", "another");
        Assert.NotEqual(wanted, Made());

        Assert.Equal(0, (await RunAsync(Applied)).ExitCode);
        Assert.Equal(wanted, Made());
    }

    /// <summary>Who may change a resource group could give an identity in it another credential, and stay.</summary>
    [Fact]
    public async Task Neither_identity_has_a_right_where_the_identities_are()
    {
        Assert.Equal(0, (await RunAsync(Applied)).ExitCode);
        Assert.Equal(["shoes-rg-identities\n", "shoes-rg-identities\n"], Made().Where(made => made.Name.StartsWith("identity_", StringComparison.Ordinal)).Select(made => made.Text));
        Assert.Equal([Scope, Scope, Scope], Assignments().Select(assignment => assignment.GetProperty("scope").GetString()));
    }

    [Theory]
    [InlineData("repo:me/shoes")]
    [InlineData("repo:me@12/shoes@34")]
    public async Task The_deployer_is_trusted_from_the_environment_alone_and_the_previewer_from_pull_requests(string prefix)
    {
        Assert.Equal(0, (await RunAsync(Applied, ("PREFIX", prefix))).ExitCode);
        const string Issuer = "https://token.actions.githubusercontent.com";
        Assert.Equal(
            [
                $"shoes-deploy in shoes-rg-identities: {Issuer} {prefix}:environment:production api://AzureADTokenExchange\n",
                $"shoes-preview in shoes-rg-identities: {Issuer} {prefix}:pull_request api://AzureADTokenExchange\n",
            ],
            Made().Where(made => made.Name.StartsWith("credential_", StringComparison.Ordinal)).Select(made => made.Text));
        Assert.Equal("main\n", File.ReadAllText(Path.Combine(State, "branches")));
    }

    [Theory]
    [InlineData("DEFAULT", "false")]
    [InlineData("PREFIX", "")]
    public async Task Where_GitHub_does_not_say_how_its_tokens_subjects_begin_nothing_is_made(string name, string value)
    {
        var ran = await RunAsync(Applied, (name, value));
        Assert.Equal(1, ran.ExitCode);
        Assert.Contains("GitHub names no subject for the tokens of me/shoes", ran.Errors, StringComparison.Ordinal);
        Assert.Empty(Made());
    }

    [Fact]
    public async Task The_previewer_can_change_nothing()
    {
        Assert.Equal(0, (await RunAsync(Applied)).ExitCode);
        Assert.Equal(
            ["shoes-deploy: Contributor", "shoes-deploy: Role Based Access Control Administrator", "shoes-preview: What-if in shoes-rg"],
            Assignments().Select(assignment => $"{assignment.GetProperty("principalId").GetString()!.Split(' ')[^1]}: {assignment.GetProperty("roleDefinitionName")}"));
        var definition = JsonElement.Parse(Assert.Single(Made(), made => made.Name.StartsWith("definition_", StringComparison.Ordinal)).Text);
        Assert.Equal(
            ["*/read", "Microsoft.Resources/deployments/validate/action", "Microsoft.Resources/deployments/whatIf/action"],
            definition.GetProperty("Actions").EnumerateArray().Select(action => action.GetString()));
        Assert.Equal(Scope, Assert.Single(definition.GetProperty("AssignableScopes").EnumerateArray()).GetString());
    }

    [Fact]
    public async Task The_deployer_can_hand_out_the_templates_roles_and_no_others()
    {
        Assert.Equal(0, (await RunAsync(Applied)).ExitCode);
        var condition = Assert.Single(Assignments().Select(assignment => assignment.GetProperty("condition").GetString()).OfType<string>());
        var lists = Regex.Matches(condition, @"GuidEquals \{([^}]*)\}").Select(match => match.Groups[1].Value.Split(", ")).ToArray();
        var roles = Regex.Matches(Repository.Read("infra/main.bicep"), "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}").Select(match => match.Value).ToArray();
        Assert.Equal(2, lists.Length);
        Assert.All(lists, list => Assert.Equal(roles, list));
    }

    [Fact]
    public async Task The_variables_are_set_in_the_repository_that_was_named()
    {
        Assert.Equal(0, (await RunAsync(Applied)).ExitCode);
        Assert.Equal(
            [
                ("AZURE_DEPLOY_CLIENT_ID of me_shoes", "clientId of shoes-deploy\n"), ("AZURE_PREVIEW_CLIENT_ID of me_shoes", "clientId of shoes-preview\n"),
                ("AZURE_RESOURCE_GROUP of me_shoes", "shoes-rg\n"), ("AZURE_SUBSCRIPTION_ID of me_shoes", "id of the account\n"), ("AZURE_TENANT_ID of me_shoes", "tenantId of the account\n"),
            ],
            Made().Where(made => made.Name.StartsWith("variable ", StringComparison.Ordinal)).Select(made => (made.Name["variable ".Length..], made.Text)));
    }

    [Theory]
    [InlineData("me/shoes", "true", "ADMIN", 0)]
    [InlineData("upstream/shoes", "false", "READ", 2)]
    [InlineData("upstream/shoes", "true", "READ", 2)]
    [InlineData("me/original", "false", "ADMIN", 2)]
    public async Task Without_a_name_it_is_a_fork_of_ones_own_or_nothing(string repository, string isFork, string right, int exitCode)
    {
        var ran = await RunAsync(["--resource-group", "shoes-rg", "--apply"], ("VIEW", $$"""{"nameWithOwner": "{{repository}}", "isFork": {{isFork}}, "viewerPermission": "{{right}}"}"""));
        Assert.Equal(exitCode, ran.ExitCode);
        if (exitCode == 0)
        {
            Assert.Contains(Calls(), call => call.StartsWith($"gh variable set AZURE_TENANT_ID --repo {repository} ", StringComparison.Ordinal));
            return;
        }

        Script.AssertIsWrongUsage(ran, $"'{repository}', is no fork of yours. Name yours with --repository OWNER/REPO, or: gh repo set-default OWNER/REPO.");
        Assert.Empty(Made());
    }

    [Fact]
    public async Task Where_Azure_refuses_something_it_says_so_once_and_stops_there()
    {
        var ran = await RunAsync(Applied, ("REFUSED", "role assignment create"));
        Assert.Equal((7, ""), (ran.ExitCode, ran.Output));
        Assert.Equal("ERROR: (AuthorizationFailed) You may not.", ran.Errors.TrimEnd());
        Assert.StartsWith("role assignment create", Calls()[^1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--repository: 'me'; accepted is OWNER/REPO", "--repository", "me", "--resource-group", "g")]
    [InlineData("--repository: 'me@1/shoes'", "--repository", "me@1/shoes", "--resource-group", "g")]
    [InlineData("--repository: 'me/shoes; rm'", "--repository", "me/shoes; rm", "--resource-group", "g")]
    [InlineData("--resource-group: ''", "--repository", "me/shoes")]
    [InlineData("--resource-group: '$(id)'", "--repository", "me/shoes", "--resource-group", "$(id)")]
    [InlineData("--location: 'West Europe'", "--repository", "me/shoes", "--resource-group", "g", "--location", "West Europe")]
    [InlineData("--repository needs a value", "--repository")]
    [InlineData("'--frob' is not known", "--frob")]
    public async Task Wrong_usage_is_said_in_one_line(string text, params string[] arguments) => Script.AssertIsWrongUsage(await RunAsync(arguments), text);

    [Fact]
    public async Task Help_says_what_it_is_for() => Assert.Contains("shoes-preview", (await RunAsync(["--help"])).Output, StringComparison.Ordinal);

    public void Dispose() => _folder.Delete(recursive: true);

    private async Task<Ran> RunAsync(IEnumerable<string> arguments, params IEnumerable<(string Name, string? Value)> environment)
    {
        try
        {
            await Ran.ProgramAsync("jq", ["--version"]);
        }
        catch (Win32Exception)
        {
            Assert.Skip("The way into Azure is not tested: jq is missing; install it.");
        }

        return await Script.RunAsync("setup-oidc", arguments, [.. StandIns(), .. environment]);
    }

    /// <summary>Nothing is there, and nobody was called.</summary>
    private void StartAgain()
    {
        Directory.Delete(State, recursive: true);
        File.Delete(Path.Combine(_folder.FullName, "calls"));
    }

    private string[] Calls() => File.Exists(Path.Combine(_folder.FullName, "calls")) ? File.ReadAllLines(Path.Combine(_folder.FullName, "calls")) : [];

    /// <summary>All that is there; how often somebody looked is no part of it.</summary>
    private (string Name, string Text)[] Made() =>
        Directory.Exists(State)
            ? [.. Directory.EnumerateFiles(State).Select(file => (Path.GetFileName(file), File.ReadAllText(file))).Where(made => !made.Item1.StartsWith("looks.", StringComparison.Ordinal)).Order()]
            : [];

    private IEnumerable<JsonElement> Assignments() => Made().Where(made => made.Name.StartsWith("assignment_", StringComparison.Ordinal)).Select(made => JsonElement.Parse(made.Text));

    private void Replace(string file, string text, string by)
    {
        var path = Assert.Single(Directory.EnumerateFiles(State), path => Path.GetFileName(path).StartsWith(file, StringComparison.Ordinal));
        var changed = File.ReadAllText(path).Replace(text, by, StringComparison.Ordinal);
        Assert.NotEqual(File.ReadAllText(path), changed);
        File.WriteAllText(path, changed);
    }

    private (string, string?)[] StandIns()
    {
        // It waits for Azure without waiting.
        var path = StandIn.Put(_folder, "sleep", "#!/bin/sh\n");
        foreach (var program in new[] { "az", "gh" })
            StandIn.Put(_folder, program, Repository.Read($"tests/ShoeFunctions.Infrastructure.Tests/Scripts/StandIns/{program}"));
        return [path, ("STATE", State), ("PREFIX", "repo:me@12/shoes@34"), ("VIEW", "{}"), ("CALLS", null), ("REFUSED", null), ("DEFAULT", null)];
    }
}
