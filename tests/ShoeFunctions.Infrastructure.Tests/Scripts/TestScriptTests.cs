namespace ShoeFunctions.Infrastructure.Tests.Scripts;

/// <summary>script/test and script/restore, with stand-ins for dotnet and npm.</summary>
public sealed class TestScriptTests : IDisposable
{
    private const string Serialiser = "Confluent.SchemaRegistry.Serdes.Protobuf";

    private const string AllPassed = """
        Test run summary: Passed!
          total: 12
          failed: 0
          succeeded: 12
          skipped: 0
        """;

    private const string SomeSkipped = """
        skipped ShoeFunctions.Tests.One(file: "a") (1ms)
          The dashboard is not tested: Chromium is missing.
          from /bin/Tests.dll
        skipped ShoeFunctions.Tests.One(file: "b") (1ms)
          The dashboard is not tested: Chromium is missing.
          from /bin/Tests.dll
        skipped ShoeFunctions.Tests.Other
          Node.js is missing.

        Test run summary: Passed!
          total: 12
          failed: 0
          succeeded: 9
          skipped: 3
        """;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("shoes-test-script-");

    private string Calls => Path.Combine(_folder.FullName, "calls");

    [Fact]
    public async Task With_all_packages_nothing_is_left_out_and_the_tally_is_said()
    {
        var ran = await RunAsync(lacks: null, AllPassed);
        Assert.Equal((0, ""), (ran.ExitCode, ran.Errors));
        Assert.EndsWith("12 tests passed, 0 failed, 0 skipped.\n", ran.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("Left out", ran.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("ConfluentSerializer", await File.ReadAllTextAsync(Calls, TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_only_Confluents_serialiser_is_missing_all_else_is_tested_and_one_line_says_so()
    {
        var ran = await RunAsync(lacks: Serialiser, AllPassed);
        Assert.Equal(0, ran.ExitCode);
        Assert.StartsWith("Left out: Confluent's serialiser, because the package feeds lack", Assert.Single(ran.Errors.TrimEnd().Split('\n')), StringComparison.Ordinal);
        Assert.Contains("12 tests passed, 0 failed, 0 skipped.\nLeft out:\n  Confluent's serialiser, because", ran.Output, StringComparison.Ordinal);
        var test = Assert.Single(await File.ReadAllLinesAsync(Calls, TestContext.Current.CancellationToken), call => call.StartsWith("test ", StringComparison.Ordinal));
        Assert.Contains(" --solution ShoeFunctions.sln -p:ConfluentSerializer=false", test, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_another_package_is_missing_that_is_the_answer_and_nothing_is_tested()
    {
        var ran = await RunAsync(lacks: "Some.Other", AllPassed);
        Assert.Equal(1, ran.ExitCode);
        Assert.Contains("Unable to find package Some.Other", ran.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain(await File.ReadAllLinesAsync(Calls, TestContext.Current.CancellationToken), call => call.StartsWith("test ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_was_skipped_is_said_by_reason()
    {
        var ran = await RunAsync(lacks: null, SomeSkipped);
        Assert.Equal(0, ran.ExitCode);
        Assert.EndsWith(
            "9 tests passed, 0 failed, 3 skipped.\nLeft out:\n  2 tests: The dashboard is not tested: Chromium is missing.\n  1 test: Node.js is missing.\n",
            ran.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, AllPassed, 0)]
    [InlineData(Serialiser, AllPassed, 1)]
    [InlineData(null, SomeSkipped, 1)]
    public async Task Where_all_is_required_leaving_something_out_is_a_failure(string? lacks, string printed, int exitCode) =>
        Assert.Equal(exitCode, (await RunAsync(lacks, printed, environment: ("REQUIRE_ALL", "true"))).ExitCode);

    [Fact]
    public async Task A_failed_test_fails_it() => Assert.Equal(2, (await RunAsync(lacks: null, AllPassed, testsEndWith: 2)).ExitCode);

    public void Dispose() => _folder.Delete(recursive: true);

    private async Task<Ran> RunAsync(string? lacks, string printed, int testsEndWith = 0, params (string Name, string? Value)[] environment)
    {
        await WriteAsync("npm", "");
        await WriteAsync("dotnet", $$"""
            echo "$*" >> '{{Calls}}'
            case "$1 $*" in
              restore*ConfluentSerializer=false*) [ '{{lacks}}' = {{Serialiser}} ] || exit 1 ;;
              restore*) [ -z '{{lacks}}' ] || { echo 'error NU1101: Unable to find package {{lacks}}. No packages exist with this id in source(s): gallery'; exit 1; } ;;
              test*) cat '{{Path.Combine(_folder.FullName, "printed")}}'; exit {{testsEndWith}} ;;
            esac
            """);
        await File.WriteAllTextAsync(Path.Combine(_folder.FullName, "printed"), printed + "\n");
        return await Script.RunAsync("test", [], [("PATH", $"{_folder.FullName}:{Environment.GetEnvironmentVariable("PATH")}"), ("REQUIRE_ALL", null), .. environment]);
    }

    private async Task WriteAsync(string program, string body)
    {
        var path = Path.Combine(_folder.FullName, program);
        await File.WriteAllTextAsync(path, $"#!/bin/sh\n{body}\n");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }
}
