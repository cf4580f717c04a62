using System.Text.RegularExpressions;

namespace ShoeFunctions.Infrastructure.Tests.Scripts;

public sealed partial class SetupOidcTests : IDisposable
{
    private static readonly string[] Wanted = ["--repository", "me/shoes", "--resource-group", "shoes-rg"];

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("shoes-oidc-");

    private string Log => Path.Combine(_folder.FullName, "log");

    [Fact]
    public async Task It_prints_and_runs_nothing()
    {
        var ran = await RunAsync(Wanted);
        Assert.Equal((0, ""), (ran.ExitCode, ran.Errors));
        Assert.Contains("az identity create --name shoes-deploy --resource-group shoes-rg", ran.Output, StringComparison.Ordinal);
        Assert.False(File.Exists(Log));
    }

    [Fact]
    public async Task What_it_prints_is_what_it_runs()
    {
        var printed = (await RunAsync(Wanted)).Output;
        Assert.Equal(0, (await RunAsync([.. Wanted, "--apply"])).ExitCode);
        var applied = await CallsAsync();

        File.Delete(Log);
        Assert.Equal(0, (await Ran.ProgramAsync("bash", ["-euo", "pipefail", "-c", printed], WithAz())).ExitCode);
        Assert.Equal(applied, await CallsAsync());
    }

    [Theory]
    [InlineData("me/shoes", "repo:me/shoes:")]
    [InlineData("me@12/shoes@34", "repo:me@12/shoes@34:")]
    public async Task The_deployer_is_trusted_from_the_environment_alone_and_the_previewer_from_pull_requests(string repository, string subject)
    {
        Assert.Equal(0, (await RunAsync(["--repository", repository, "--resource-group", "shoes-rg", "--apply"])).ExitCode);
        var calls = await CallsAsync();
        Assert.Equal(2, calls.Count(call => call.Contains("federated-credential", StringComparison.Ordinal)));
        Assert.Single(calls, call => call.Contains("--identity-name shoes-deploy", StringComparison.Ordinal) && call.Contains($"--subject {subject}environment:production ", StringComparison.Ordinal));
        Assert.Single(calls, call => call.Contains("--identity-name shoes-preview", StringComparison.Ordinal) && call.Contains($"--subject {subject}pull_request ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_previewer_can_change_nothing()
    {
        Assert.Equal(0, (await RunAsync([.. Wanted, "--apply"])).ExitCode);
        var calls = await CallsAsync();
        Assert.Equal(["Contributor", "Role Based Access Control Administrator", "What-if in shoes-rg"], calls.Select(call => RoleOf.Match(call).Groups[1].Value).Where(role => role.Length > 0));
        var definition = Assert.Single(calls, call => call.Contains("role definition create", StringComparison.Ordinal));
        Assert.Contains("""["*/read", "Microsoft.Resources/deployments/validate/action", "Microsoft.Resources/deployments/whatIf/action"]""", definition, StringComparison.Ordinal);
        Assert.All(calls.Where(call => call.Contains("role assignment create", StringComparison.Ordinal)), call => Assert.Contains("--scope answer-of-group-show", call, StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_deployer_can_hand_out_the_templates_roles_and_no_others()
    {
        Assert.Equal(0, (await RunAsync([.. Wanted, "--apply"])).ExitCode);
        var condition = Assert.Single(await CallsAsync(), call => call.Contains("--condition", StringComparison.Ordinal));
        var lists = Regex.Matches(condition, @"GuidEquals \{([^}]*)\}").Select(match => match.Groups[1].Value.Split(", ")).ToArray();
        var roles = Regex.Matches(Repository.Read("infra/main.bicep"), "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}").Select(match => match.Value).ToArray();
        Assert.Equal(2, lists.Length);
        Assert.All(lists, list => Assert.Equal(roles, list));
    }

    [Fact]
    public async Task It_says_which_variables_the_repository_needs()
    {
        var ran = await RunAsync([.. Wanted, "--apply"]);
        Assert.Equal(
            [
                "gh variable set AZURE_TENANT_ID --body answer-of-account-show", "gh variable set AZURE_SUBSCRIPTION_ID --body answer-of-account-show",
                "gh variable set AZURE_RESOURCE_GROUP --body shoes-rg", "gh variable set AZURE_DEPLOY_CLIENT_ID --body answer-of-identity-show",
                "gh variable set AZURE_PREVIEW_CLIENT_ID --body answer-of-identity-show",
            ],
            ran.Output.TrimEnd().Split('\n'));
    }

    [Fact]
    public async Task Where_Azure_refuses_something_it_stops_there()
    {
        var ran = await RunAsync([.. Wanted, "--apply"], ("REFUSED", "identity create"));
        Assert.Equal(7, ran.ExitCode);
        Assert.Equal(3, (await CallsAsync()).Length);
        Assert.Equal("", ran.Output);
    }

    [Theory]
    [InlineData("--repository: ''; accepted is OWNER/REPO")]
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

    private Task<Ran> RunAsync(IEnumerable<string> arguments, params IEnumerable<(string Name, string? Value)> environment) =>
        Script.RunAsync("setup-oidc", arguments, [.. WithAz(), .. environment]);

    private async Task<string[]> CallsAsync() => await File.ReadAllLinesAsync(Log, TestContext.Current.CancellationToken);

    /// <summary>An az that writes down how it is called, one line a call, and answers with what it was asked.</summary>
    private (string, string?)[] WithAz()
    {
        if (OperatingSystem.IsWindows())
            return [];

        var az = Path.Combine(_folder.FullName, "az");
        File.WriteAllText(az,
            $$"""
            #!/bin/sh
            echo "$*" >> {{Log}}
            case "$*" in "${REFUSED:-nothing}"*) exit 7 ;; *"--output tsv") echo "answer-of-$1-$2" ;; esac

            """.ReplaceLineEndings("\n"));
        File.SetUnixFileMode(az, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        return [("PATH", $"{_folder.FullName}:{Environment.GetEnvironmentVariable("PATH")}")];
    }

    [GeneratedRegex("role assignment create --role (.*?) --assignee")]
    private static partial Regex RoleOf { get; }
}
