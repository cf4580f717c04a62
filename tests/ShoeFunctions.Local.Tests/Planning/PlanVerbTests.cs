using System.Runtime.CompilerServices;
using System.Text.Json;
using ShoeFunctions.Engine.Ticks;
using ShoeFunctions.Local.Tests.EndToEnd;

namespace ShoeFunctions.Local.Tests.Planning;

public sealed class PlanVerbTests
{
    private static readonly (string, string)[] Hourly = [("PRODUCE_SCHEDULE", "0 0 * * * *"), ("BATCH_SIZE", "10"), ("KAFKA_MESSAGE_KEY", "brand"), ("KAFKA_COMPRESSION", "zstd")];

    [Fact]
    public async Task It_prints_the_coming_ticks_and_what_thirty_days_come_to()
    {
        var ended = await ShoesCommand.RunAsync("plan --from 2026-11-23T14:00:05Z --count 2", Hourly);
        Assert.Equal((0, ""), (ended.ExitCode, ended.Errors));
        Assert.Equal(
            """
            tick                  shoes          first id           last id
            2026-11-23T15:00:00Z     10  1882661584896000  1882661584896009
            2026-11-23T16:00:00Z     10  1882665359769600  1882665359769609

            In 30 days, 2026-11-23T14:00:05Z to before 2026-12-23T14:00:05Z:
            runs                  720  of the function
            shoes               7,200
            bytes             383,513  of values, 53.3 a shoe
            bytes             949,429  with keys and headers, 131.9 a shoe
            Bytes are before compression (zstd) and before what Kafka adds; the means are of the first 7,200 shoes.

            """.ReplaceLineEndings("\n"),
            ended.Output);
    }

    [Fact]
    public async Task The_same_as_JSON_has_whole_numbers()
    {
        var ended = await ShoesCommand.RunAsync("plan --from 2026-11-23T14:00:05Z --count 1 --json", Hourly);
        Assert.Equal((0, ""), (ended.ExitCode, ended.Errors));
        var plan = JsonElement.Parse(ended.Output);
        Assert.Equal(
            """[{"tick":"2026-11-23T15:00:00+00:00","shoes":10,"firstId":1882661584896000,"lastId":1882661584896009}]""",
            JsonSerializer.Serialize(plan.GetProperty("ticks"), JsonSerializerOptions.Web).Replace("\\u002B", "+"));
        Assert.Equal((720, 949_429), (plan.GetProperty("month").GetProperty("runs").GetInt32(), plan.GetProperty("month").GetProperty("recordBytes").GetInt32()));
    }

    [Fact]
    public async Task Without_a_time_and_a_schedule_it_begins_now_with_ten_seconds()
    {
        var before = TimeProvider.System.GetUtcNow();
        var ended = await ShoesCommand.RunAsync("plan --json");
        var ticks = JsonElement.Parse(ended.Output).GetProperty("ticks").EnumerateArray().Select(tick => tick.GetProperty("tick").GetDateTimeOffset()).ToArray();
        Assert.Equal(10, ticks.Length);
        Assert.InRange(ticks[0], before, TimeProvider.System.GetUtcNow().AddSeconds(1));
        Assert.Equal(Enumerable.Range(0, 10).Select(index => ticks[0].AddSeconds(index)), ticks);
    }

    [Fact]
    public async Task A_tick_as_it_is_printed_is_taken_as_the_time_to_begin_at()
    {
        var ended = await ShoesCommand.RunAsync($"plan --count 1 --from {new Tick(1_795_442_400)}");
        Assert.StartsWith("2026-11-23T14:00:00Z", ended.Output.Split('\n')[1], StringComparison.Ordinal);
    }

    private static readonly (string, string)[] Loaded =
    [
        ("PRODUCE_SCHEDULE", "0 */10 * * * *"), ("MESSAGE_INTERVAL", "1s"), ("LOAD_CURVE", "00:00=0.2,08:00=1,20:00=3"), ("LOAD_WEEK", "sat=1.5,sun=0.5"), ("LOAD_SPIKES", "2026-11-27T08:00:00Z/1h=5"),
    ];

    [Fact]
    public async Task A_load_is_drawn_and_the_tick_that_holds_most_is_named()
    {
        var ended = await ShoesCommand.RunAsync("plan --from 2026-11-27 --count 1", Loaded);
        Assert.Equal((0, ""), (ended.ExitCode, ended.Errors));
        var lines = ended.Output.Split('\n');
        Assert.Contains("highest             3,458  in the tick 2026-11-27T08:50:00Z", lines);
        var drawn = Array.FindIndex(lines, line => line.StartsWith("2026-11-27T00:00:00Z to 2026-11-28T00:00:00Z, a column a minute,", StringComparison.Ordinal));
        Assert.Equal("0 to 5.83 shoes a second high; at the right, the shoes of the hour's ticks:", lines[drawn + 1]);
        Assert.Equal($"00:00  {new string('▁', 60)}     900", lines[drawn + 2]);
        Assert.Equal($"08:00  {new string('▇', 33)}{new string('█', 27)}  19,500", lines[drawn + 10]);
        Assert.Equal(24, lines[(drawn + 2)..].Count(line => line.Length > 5 && line[2] == ':'));
        Assert.All(lines[drawn..(drawn + 26)], line => Assert.InRange(line.Length, 1, 80));

        // docs/data.md prints some of these lines.
        var printed = Read("docs/data.md").Split("shoes plan --from 2026-11-27 --count 1\n")[1].Split("```")[0].Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Subset(lines.Append("…").ToHashSet(), printed.ToHashSet());

        var json = JsonElement.Parse((await ShoesCommand.RunAsync("plan --from 2026-11-27 --count 1 --json", Loaded)).Output);
        Assert.Equal("2026-11-27T08:50:00Z", $"{Tick.At(json.GetProperty("month").GetProperty("highest").GetProperty("tick").GetDateTimeOffset())}");
        var hours = json.GetProperty("hours").EnumerateArray().ToArray();
        Assert.Equal((24, 19_500, 5, 5.833333), (hours.Length, hours[8].GetProperty("shoes").GetInt64(), hours[8].GetProperty("lowestFactor").GetDouble(), hours[8].GetProperty("highestFactor").GetDouble()));
    }

    [Fact]
    public async Task The_week_is_written_to_a_page_whole_or_not_at_all()
    {
        var folder = Directory.CreateTempSubdirectory("shoes-plan-");
        try
        {
            var path = Path.Combine(folder.FullName, "week.html");
            await File.WriteAllTextAsync(path, "what was there", TestContext.Current.CancellationToken);
            var ended = await ShoesCommand.RunAsync($"plan --from 2026-11-27 --count 1 --json --html {path}", Loaded);
            Assert.Equal((0, ""), (ended.ExitCode, ended.Errors));
            Assert.Equal(1, JsonElement.Parse(ended.Output).GetProperty("ticks").GetArrayLength());
            var page = await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken);
            Assert.StartsWith("<!doctype html>", page, StringComparison.Ordinal);
            Assert.EndsWith("</html>\n", page, StringComparison.Ordinal);
            Assert.Contains("highest: Fri 08:50:00, 3,458 shoes", page, StringComparison.Ordinal);
            Assert.Contains("<tr><th scope=\"row\">LOAD_WEEK</th><td>sat=1.5,sun=0.5</td></tr>", page, StringComparison.Ordinal);
            Assert.Equal([path], Directory.GetFiles(folder.FullName));

            ended = await ShoesCommand.RunAsync($"plan --count 1 --html {Path.Combine(folder.FullName, "none", "week.html")}", Loaded);
            Assert.Equal((1, ""), (ended.ExitCode, ended.Output));
            Assert.StartsWith("--html: '", Assert.Single(ended.Errors.TrimEnd().Split('\n')), StringComparison.Ordinal);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task A_tick_that_would_hold_too_many_ends_it_with_2_and_the_moment()
    {
        var ended = await ShoesCommand.RunAsync("plan", ("BATCH_SIZE", "1000000"), ("LOAD_SPIKES", "2040-01-01T00:00:00Z/1h=2"), ("LOAD_CURVE", "12:00=1.1"));
        Assert.Equal((2, ""), (ended.ExitCode, ended.Output));
        Assert.Contains("would hold 1,100,000 shoes; a tick holds at most 1048576: lower BATCH_SIZE or the factors.", ended.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("plan --count 10001", "--count: '10001'; accepted is a whole number from 1 to 10000")]
    [InlineData("plan --from soon", "--from: 'soon'; accepted is a time in ISO 8601")]
    [InlineData("plan --to 2026-11-24", "'--to'")]
    public async Task Wrong_usage_ends_it_with_2_and_one_clear_line(string arguments, string message)
    {
        var ended = await ShoesCommand.RunAsync(arguments);
        Assert.Equal((2, ""), (ended.ExitCode, ended.Output));
        Assert.Contains(message, Assert.Single(ended.Errors.TrimEnd().Split('\n')), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Wrong_settings_end_it_with_2()
    {
        var ended = await ShoesCommand.RunAsync("plan", ("PRODUCE_SCHEDULE", "daily"));
        Assert.Equal((2, ""), (ended.ExitCode, ended.Output));
        Assert.Contains("PRODUCE_SCHEDULE: 'daily'", ended.Errors, StringComparison.Ordinal);
    }

    private static string Read(string name, [CallerFilePath] string thisFile = "") =>
        File.ReadAllText(Path.Combine(Path.GetDirectoryName(thisFile)!, "../../..", name)).ReplaceLineEndings("\n");
}
