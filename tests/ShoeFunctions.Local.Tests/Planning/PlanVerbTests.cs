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
        var ended = await ShoesProcess.RunAsync("plan --from 2026-11-23T14:00:05Z --count 2", Hourly);
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
        var ended = await ShoesProcess.RunAsync("plan --from 2026-11-23T14:00:05Z --count 1 --json", Hourly);
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
        var ended = await ShoesProcess.RunAsync("plan --json");
        var ticks = JsonElement.Parse(ended.Output).GetProperty("ticks").EnumerateArray().Select(tick => tick.GetProperty("tick").GetDateTimeOffset()).ToArray();
        Assert.Equal(10, ticks.Length);
        Assert.InRange(ticks[0], before, TimeProvider.System.GetUtcNow().AddSeconds(1));
        Assert.Equal(Enumerable.Range(0, 10).Select(index => ticks[0].AddSeconds(index)), ticks);
    }

    [Fact]
    public async Task A_tick_as_it_is_printed_is_taken_as_the_time_to_begin_at()
    {
        var ended = await ShoesProcess.RunAsync($"plan --count 1 --from {new Tick(1_795_442_400)}");
        Assert.StartsWith("2026-11-23T14:00:00Z", ended.Output.Split('\n')[1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("plan --count 10001", "--count: '10001'; accepted is a whole number from 1 to 10000")]
    [InlineData("plan --from soon", "--from: 'soon'; accepted is a time in ISO 8601")]
    [InlineData("plan --to 2026-11-24", "'--to'")]
    public async Task Wrong_usage_ends_it_with_2_and_one_clear_line(string arguments, string message)
    {
        var ended = await ShoesProcess.RunAsync(arguments);
        Assert.Equal((2, ""), (ended.ExitCode, ended.Output));
        Assert.Contains(message, Assert.Single(ended.Errors.TrimEnd().Split('\n')), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Wrong_settings_end_it_with_2()
    {
        var ended = await ShoesProcess.RunAsync("plan", ("PRODUCE_SCHEDULE", "daily"));
        Assert.Equal((2, ""), (ended.ExitCode, ended.Output));
        Assert.Contains("PRODUCE_SCHEDULE: 'daily'", ended.Errors, StringComparison.Ordinal);
    }
}
