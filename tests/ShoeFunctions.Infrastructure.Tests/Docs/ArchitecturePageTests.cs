using System.Text.RegularExpressions;

namespace ShoeFunctions.Infrastructure.Tests.Docs;

public sealed partial class ArchitecturePageTests
{
    private static readonly string Page = Repository.Read("docs/architecture.md");

    /// <summary>The rooms of the picture, from the ground up, and on a floor in the order in which they stand there.</summary>
    private static readonly string[] Rooms =
        [.. Enumerable.Reverse(Floors(Page)).SelectMany(floor => floor)];

    private static readonly string Engine = Repository.PathOf("src/ShoeFunctions.Engine");

    [Fact]
    public void The_picture_has_every_room_once() =>
        Assert.Equal(Directory.EnumerateDirectories(Engine).Select(folder => Path.GetFileName(folder)!).Except(["bin", "obj"]).Order(), Rooms.Order());

    [Fact]
    public void A_room_uses_only_those_that_the_picture_lets_it_use() =>
        Assert.Empty(
            from file in Directory.EnumerateFiles(Engine, "*.cs", SearchOption.AllDirectories)
            let path = Path.GetRelativePath(Engine, file).Split(Path.DirectorySeparatorChar)
            where path.Length > 1 && path[0] is not ("bin" or "obj")
            from used in Using.Matches(File.ReadAllText(file)).Select(match => match.Groups[1].Value)
            where used != path[0] && Array.IndexOf(Rooms, used) > Array.IndexOf(Rooms, path[0])
            select $"{string.Join('/', path)} uses {used}");

    [Fact]
    public void The_road_has_ten_steps_and_each_names_a_file()
    {
        var steps = Step.Matches(Page).Select(match => match.Value).ToArray();
        Assert.Equal(10, steps.Length);
        Assert.All(steps, step => Assert.Contains(".cs`](../src/", step, StringComparison.Ordinal));
    }

    /// <summary>A floor a line; one without a name goes on with the floor of the line before.</summary>
    private static List<string[]> Floors(string page)
    {
        var floors = new List<string[]>();
        foreach (Match line in Floor.Matches(page))
        {
            var rooms = line.Groups[2].Value.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (string.IsNullOrWhiteSpace(line.Groups[1].Value))
                floors[^1] = [.. floors[^1], .. rooms];
            else
                floors.Add(rooms);
        }

        return floors;
    }

    [GeneratedRegex(@"^ │ ([a-z]+ +| +)((?:[A-Z][A-Za-z]+ +)+)│$", RegexOptions.Multiline)]
    private static partial Regex Floor { get; }

    [GeneratedRegex(@"^using (?:static )?ShoeFunctions\.Engine\.([A-Za-z]+)", RegexOptions.Multiline)]
    private static partial Regex Using { get; }

    [GeneratedRegex(@"^\d+\. .*$", RegexOptions.Multiline)]
    private static partial Regex Step { get; }
}
