namespace ShoeFunctions.Infrastructure.Tests.Scripts;

public sealed class ShellTests
{
    public static TheoryData<string> Scripts => [.. Directory.EnumerateFiles(Repository.PathOf("script")).Select(file => Path.GetFileName(file)!)];

    /// <summary>Those that need what a test machine lacks are at least such as their interpreter understands.</summary>
    [Theory]
    [MemberData(nameof(Scripts))]
    public async Task Every_script_can_be_parsed(string name)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "What bash is there is another system's.");
        var path = Repository.PathOf($"script/{name}");
        var first = File.ReadLines(path).First();
        var ran = first switch
        {
            "#!/usr/bin/env node" => await Node.RunAsync(["--check", path]),
            "#!/bin/sh" or "#!/usr/bin/env bash" => await Ran.ProgramAsync("bash", ["-n", path]),
            _ => throw new InvalidOperationException($"{name} begins with '{first}'."),
        };
        Assert.Equal((0, ""), (ran.ExitCode, ran.Errors));
    }

    [Fact]
    public async Task The_end_to_end_script_says_what_it_needs() =>
        Script.AssertIsWrongUsage(await Script.RunAsync("end-to-end", []), "found 0 arguments");
}
