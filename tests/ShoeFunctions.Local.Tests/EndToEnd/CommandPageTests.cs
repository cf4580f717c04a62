using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using ShoeFunctions.Engine.Tests.Processes;

namespace ShoeFunctions.Local.Tests.EndToEnd;

/// <summary>What docs/command.md and the README's table tell people to type.</summary>
public sealed partial class CommandPageTests
{
    public static TheoryData<string> Typed =>
    [
        .. Row.Matches(Read("README.md")).SelectMany(row => Code.Matches(row.Value)).Select(code => code.Groups[1].Value).Where(code => code.StartsWith("script/run", StringComparison.Ordinal)),
        .. Line.Matches(Read("docs/command.md")).Select(line => line.Groups[1].Value),
    ];

    [Theory]
    [MemberData(nameof(Typed))]
    public void What_it_says_to_type_can_be_typed(string line)
    {
        var words = line.Split(' ').SkipWhile(word => word is not ("shoes" or "script/run")).Skip(1);
        Assert.Empty(ShoesCommand.Root.Parse([.. words]).Errors);
    }

    [Theory]
    [InlineData("shoes au", "audit")]
    [InlineData("shoes audit --f", "--from")]
    [InlineData("shoes --log ", "json text")]
    public async Task Completion_in_bash_is_as_it_says(string typed, string completed)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "It is for bash.");
        var shoes = $"shoes() {{ dotnet '{Path.Combine(AppContext.BaseDirectory, "ShoeFunctions.Local.dll")}' \"$@\"; }}";
        var words = typed.Split(' ');
        var bash = $$"""
            {{shoes}}
            {{Bash.Match(Read("docs/command.md")).Groups[1].Value}}
            COMP_LINE='{{typed}}' COMP_POINT={{typed.Length}} COMP_WORDS=({{string.Join(' ', words.Select(word => $"'{word}'"))}}) COMP_CWORD={{words.Length - 1}}
            _shoes
            echo "${COMPREPLY[*]}"
            """;
        using var process = Child.Start(new ProcessStartInfo("bash", ["--norc", "-c", bash]) { RedirectStandardOutput = true });
        Assert.Equal($"{completed}\n", await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken));
    }

    private static string Read(string name, [CallerFilePath] string thisFile = "") =>
        File.ReadAllText(Path.Combine(Path.GetDirectoryName(thisFile)!, "../../..", name)).ReplaceLineEndings("\n");

    [GeneratedRegex(@"^\| .* \|$", RegexOptions.Multiline)]
    private static partial Regex Row { get; }

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Code { get; }

    /// <summary>In a block of its own.</summary>
    [GeneratedRegex(@"^(?:\$ |[A-Z_]+='[^']*' )?(shoes .*)$", RegexOptions.Multiline)]
    private static partial Regex Line { get; }

    [GeneratedRegex("```bash\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Bash { get; }
}
