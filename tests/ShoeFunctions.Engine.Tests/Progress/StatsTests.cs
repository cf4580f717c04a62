using System.Text.Json;
using Confluent.Kafka;
using ShoeFunctions.Engine.Configuration;
using ShoeFunctions.Engine.Progress;
using ShoeFunctions.Engine.Tests.Doubles;

namespace ShoeFunctions.Engine.Tests.Progress;

public sealed class StatsTests
{
    [Fact]
    public async Task Before_the_first_tick_everything_is_zero()
    {
        using var engine = new TestEngine();
        var answer = await AnswerAsync(engine);
        Assert.Equal((0, 0, 0, 0), (answer.Totals.Delivered, answer.Totals.Ticks, answer.PendingTicks, answer.LastTicks.Length));
        Assert.Null(answer.Since);
        Assert.Null(answer.Latency);
    }

    [Fact]
    public async Task Totals_rates_and_the_last_ticks_are_those_of_the_runs()
    {
        using var engine = new TestEngine();
        for (var tick = 0; tick < 12; tick++)
        {
            await engine.Runner.RunDueAsync(TestContext.Current.CancellationToken);
            engine.Time.Advance(TimeSpan.FromSeconds(10));
        }

        var answer = await AnswerAsync(engine);
        Assert.Equal((12, 120, 0, 1), (answer.Totals.Ticks, answer.Totals.Delivered, answer.Totals.Failed, answer.PendingTicks));
        Assert.Equal(engine.Sender.Messages.Sum(message => (long)message.Value.Length), answer.Totals.Bytes);
        Assert.Equal(1.0, answer.Rate.OverallPerSecond);
        Assert.InRange(answer.Rate.LastMinutePerSecond, 0.8, 1.0);
        Assert.Equal(12, answer.LastTicks.Length);
        Assert.Equal(TestEngine.Start.AddSeconds(105), answer.LastTicks[0].Tick);
    }

    [Fact]
    public async Task Only_the_last_120_runs_are_kept_but_every_shoe_is_counted()
    {
        using var engine = new TestEngine();
        for (var tick = 0; tick < 130; tick++)
        {
            await engine.Runner.RunDueAsync(TestContext.Current.CancellationToken);
            engine.Time.Advance(TimeSpan.FromSeconds(10));
        }

        var answer = await AnswerAsync(engine);
        Assert.Equal((120, 1300), (answer.LastTicks.Length, answer.Totals.Delivered));
    }

    [Fact]
    public async Task A_failed_run_shows_and_its_tick_is_pending()
    {
        using var engine = new TestEngine();
        engine.Sender.Outcome = _ => ErrorCode.Local_MsgTimedOut;
        await engine.Runner.RunDueAsync(TestContext.Current.CancellationToken);
        var answer = await AnswerAsync(engine);
        Assert.Equal((0, 10, 1), (answer.Totals.Delivered, answer.Totals.Failed, answer.PendingTicks));
        Assert.Equal(10, answer.LastTicks[0].Failed);
    }

    [Fact]
    public async Task The_answer_is_camelCase_JSON_with_times_in_UTC()
    {
        using var engine = new TestEngine();
        await engine.Runner.RunDueAsync(TestContext.Current.CancellationToken);
        var json = JsonSerializer.SerializeToElement(await AnswerAsync(engine), ShoeJson.Default.StatsAnswer);
        Assert.Equal("2026-11-23T14:00:05+00:00", json.GetProperty("since").GetString());
        Assert.Equal(10, json.GetProperty("totals").GetProperty("delivered").GetInt64());
        Assert.Equal("2026-11-23T14:00:00+00:00", json.GetProperty("lastTicks")[0].GetProperty("tick").GetString());
        Assert.Equal(JsonValueKind.Number, json.GetProperty("latency").GetProperty("p99Ms").ValueKind);
    }

    private static Task<StatsAnswer> AnswerAsync(TestEngine engine) => engine.Stats.AnswerAsync(TestContext.Current.CancellationToken);
}
