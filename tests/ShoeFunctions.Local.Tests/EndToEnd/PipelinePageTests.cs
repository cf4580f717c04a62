using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using ShoeFunctions.Engine.Tests.Processes;
using ShoeFunctions.Local.Tests.Auditing;

namespace ShoeFunctions.Local.Tests.EndToEnd;

/// <summary>What docs/testing-pipelines.md tells people to type, and what it says that they will see.</summary>
public sealed partial class PipelinePageTests
{
    private const string WhyNot = "The commands of docs/testing-pipelines.md are not run: bash, kcat or jq is missing; install them.";

    /// <summary>A line that no command prints.</summary>
    private const string End = "== end of block ==";

    public static bool AreToolsThere { get; } = Runs("bash", "--version") && Runs("kcat", "-V") && Runs("jq", "--version");

    [Fact(SkipUnless = nameof(AreToolsThere), Skip = WhyNot)]
    public async Task Each_block_prints_what_stands_below_it()
    {
        var blocks = Block.Matches(Page());
        Assert.NotEmpty(blocks);
        await using var cluster = await Cluster.StartAsync();
        var printed = (await TypeAsync([.. blocks.Select(block => block.Groups["typed"].Value)], [.. cluster.Settings()[..2], ("KAFKA_TOPIC", "js_shoe")])).Split($"{End}\n");
        Assert.Equal(blocks.Select(block => Speed.Replace(block.Groups["printed"].Value, "at some speed")), printed[..^1].Select(text => Speed.Replace(text, "at some speed")));
        Assert.Equal("", printed[^1]);
    }

    /// <summary>Has one shell run the blocks, in a folder that has script/run as the repository's has.</summary>
    private static async Task<string> TypeAsync(string[] blocks, (string Name, string Value)[] settings)
    {
        var folder = Directory.CreateTempSubdirectory("pipelines-");
        try
        {
            var bash = $"""
                exec 2>&1
                mkdir script
                printf '#!/bin/sh\nexec dotnet "%s" "$@"\n' '{Path.Combine(AppContext.BaseDirectory, "ShoeFunctions.Local.dll")}' > script/run
                chmod +x script/run
                {string.Concat(blocks.Select(block => $"{block}echo '{End}'\n"))}
                """;
            var start = new ProcessStartInfo("bash", ["--norc", "-c", bash]) { WorkingDirectory = folder.FullName, RedirectStandardOutput = true };
            foreach (var (name, value) in settings.Append(("TMPDIR", folder.FullName)))
                start.Environment[name] = value;
            using var process = Child.Start(start);
            var printed = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
            return printed;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static bool Runs(string program, string argument)
    {
        try
        {
            using var process = Child.Start(new ProcessStartInfo(program, [argument]) { RedirectStandardOutput = true, RedirectStandardError = true });
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (Win32Exception)
        {
            return false;
        }
    }

    private static string Page([CallerFilePath] string thisFile = "") =>
        File.ReadAllText(Path.Combine(Path.GetDirectoryName(thisFile)!, "../../../docs/testing-pipelines.md")).ReplaceLineEndings("\n");

    /// <summary>What is typed, and the block right below it, where there is one.</summary>
    [GeneratedRegex("```sh\n(?<typed>.*?)```\n(?:\n```\n(?<printed>.*?)```\n)?", RegexOptions.Singleline)]
    private static partial Regex Block { get; }

    /// <summary>How long something took.</summary>
    [GeneratedRegex(@"in [\d.,]+ \w+, [\d,]+ shoes/s")]
    private static partial Regex Speed { get; }
}
