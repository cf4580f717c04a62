using System.Text.Json;
using System.Text.RegularExpressions;

namespace ShoeFunctions.Infrastructure.Tests.Containers;

/// <summary>The repository's Dockerfile, read: an instruction a line, comments gone and continued lines joined.</summary>
internal sealed partial class Dockerfile
{
    public sealed record Instruction(string Name, string Arguments);

    private Dockerfile(IReadOnlyList<Instruction> instructions) => Instructions = instructions;

    public IReadOnlyList<Instruction> Instructions { get; }

    /// <summary>From a FROM to the next.</summary>
    public IReadOnlyList<IReadOnlyList<Instruction>> Stages
    {
        get
        {
            var stages = new List<List<Instruction>>();
            foreach (var instruction in Instructions)
            {
                if (instruction.Name == "FROM")
                    stages.Add([]);
                stages[^1].Add(instruction);
            }

            return stages;
        }
    }

    /// <summary>What the health check runs, as a program and its arguments.</summary>
    public string[] HealthCommand => Json(Final("HEALTHCHECK")[Final("HEALTHCHECK").IndexOf('[')..]);

    public string[] EntryPoint => Json(Final("ENTRYPOINT"));

    /// <summary>What the final stage sets.</summary>
    public IEnumerable<(string Name, string? Value)> Environment =>
        Final("ENV").Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(pair => pair.Split('=')).Select(pair => (pair[0], (string?)pair[1]));

    /// <summary>How the app is published, as it would be typed.</summary>
    public string Publish => Stages[0].Single(instruction => instruction.Name == "RUN").Arguments;

    public static Dockerfile Read()
    {
        var lines = Repository.Read("Dockerfile").Split('\n').Where(line => line.Length > 0 && line[0] != '#');
        return new Dockerfile([.. Continued.Replace(string.Join('\n', lines), " ").Split('\n').Select(line => line.Split(' ', 2)).Select(parts => new Instruction(parts[0], parts[1]))]);
    }

    /// <summary>The only such instruction of the final stage.</summary>
    public string Final(string name) => Stages[^1].Single(instruction => instruction.Name == name).Arguments;

    private static string[] Json(string array) => JsonSerializer.Deserialize<string[]>(array)!;

    [GeneratedRegex(@"\s*\\\n\s*")]
    private static partial Regex Continued { get; }
}
