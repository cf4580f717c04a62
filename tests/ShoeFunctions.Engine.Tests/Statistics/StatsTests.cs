using System.Text.Json;
using Confluent.Kafka;
using ShoeFunctions.Engine.Failures;
using ShoeFunctions.Engine.Progress;
using ShoeFunctions.Engine.Statistics;
using ShoeFunctions.Engine.Tests.Doubles;
using ShoeFunctions.Engine.Tests.Processes;

namespace ShoeFunctions.Engine.Tests.Statistics;

public sealed class StatsTests
{
    [Fact]
    public async Task Before_the_first_tick_everything_is_zero()
    {
        using var engine = new TestEngine();
        var answer = await AnswerAsync(engine);
        Assert.Equal((0, 0, 0, 0), (answer.Totals.Delivered, answer.Totals.Ticks, answer.PendingTicks, answer.LastTicks.Length));
        Assert.Equal((null, null, null, null), (answer.Since, answer.Latency, answer.LastFailure, answer.Sample));
        Assert.Equal((ProductionState.Waiting, TestEngine.Start, TestEngine.Start.AddSeconds(5)), (answer.State, answer.AsOf, answer.NextTick));
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
        Assert.All(answer.LastTicks, tick => Assert.Equal(1.0, tick.PerSecond));
        Assert.Equal(ProductionState.Delivering, answer.State);
    }

    [Fact]
    public async Task How_late_it_is_is_said_in_seconds()
    {
        using var engine = new TestEngine();
        await engine.Runner.RunDueAsync(TestContext.Current.CancellationToken);
        Assert.Equal((0, 0.0), ((await AnswerAsync(engine)).PendingTicks, (await AnswerAsync(engine)).BehindSeconds));
        engine.Time.Advance(TimeSpan.FromSeconds(75.5));
        Assert.Equal((8, 70.5), ((await AnswerAsync(engine)).PendingTicks, (await AnswerAsync(engine)).BehindSeconds));
    }

    /// <summary>The engine's first tick is at 14:00:10; it runs from the one before on.</summary>
    [Fact]
    public async Task The_last_hours_tell_step_by_step_what_the_settings_ask_for_what_was_asked_and_what_was_delivered()
    {
        using var engine = new TestEngine(("LOAD_CURVE", "14:00=1,14:10=3,14:30=3"), ("CATCH_UP_LIMIT", "1"));
        await engine.Runner.RunDueAsync(TestContext.Current.CancellationToken);
        for (var tick = 0; tick < 35; tick++)
        {
            engine.Time.Advance(TimeSpan.FromSeconds(10));
            await engine.Runner.RunDueAsync(TestContext.Current.CancellationToken);
        }

        var load = (await AnswerAsync(engine)).Load;
        Assert.Equal((300, 72), (load.StepSeconds, load.Steps.Length));
        Assert.Equal((TestEngine.Start.AddSeconds(-5).AddMinutes(-350), TestEngine.Start.AddSeconds(-5).AddMinutes(5)), (load.Steps[0].From, load.Steps[^1].From));
        Assert.All(load.Steps[..^2], step => Assert.Equal((null, null), (step.Asked, step.Delivered)));
        Assert.All(load.Steps[..^2], step => Assert.True(step.Expected > 0));
        // From 1 to 2 a second in the first five minutes; of the second, 55 seconds are due, in six ticks.
        Assert.Equal((450, 450, 450), (load.Steps[^2].Expected, load.Steps[^2].Asked, load.Steps[^2].Delivered));
        Assert.Equal((126, 126, 126), (load.Steps[^1].Expected, load.Steps[^1].Asked, load.Steps[^1].Delivered));

        // What fails is asked for all the same, and so is what is skipped then.
        engine.Sender.Outcome = _ => ErrorCode.Local_MsgTimedOut;
        engine.Time.Advance(TimeSpan.FromSeconds(10));
        await engine.Runner.RunDueAsync(TestContext.Current.CancellationToken);
        var failing = (await AnswerAsync(engine)).Load.Steps[^1];
        Assert.Equal((148, 148, 126), (failing.Expected, failing.Asked, failing.Delivered));
        engine.Sender.Outcome = _ => ErrorCode.NoError;
        engine.Time.Advance(TimeSpan.FromSeconds(100));
        await engine.Runner.RunDueAsync(TestContext.Current.CancellationToken);
        var answer = await AnswerAsync(engine);
        Assert.Equal(9, answer.Totals.SkippedTicks);
        Assert.Equal((answer.Load.Steps[^1].Expected, answer.Load.Steps[^1].Expected), (answer.Load.Steps[^1].Asked, answer.Load.Steps[^1].Delivered + answer.Skipped[0].Shoes));
    }

    [Fact]
    public async Task A_rate_is_over_no_less_than_from_one_tick_to_the_next()
    {
        using var engine = new TestEngine();
        await engine.Runner.RunDueAsync(TestContext.Current.CancellationToken);
        engine.Time.Advance(TimeSpan.FromSeconds(1.7));
        var answer = await AnswerAsync(engine);
        Assert.Equal((1.0, 1.0), (answer.Rate.OverallPerSecond, answer.Rate.LastMinutePerSecond));
    }

    [Fact]
    public async Task A_program_that_writes_the_same_progress_is_named()
    {
        using var engine = new TestEngine();
        await engine.Runner.RunDueAsync(TestContext.Current.CancellationToken);
        Assert.Null((await AnswerAsync(engine)).OtherWriter);
        var other = new OtherWriter("shoes-other/a0b1c2d3", engine.Time.GetUtcNow());
        await engine.Progress.UpdateAsync(state => state with { OtherWriter = other }, TestContext.Current.CancellationToken);
        Assert.Equal(other, (await AnswerAsync(engine)).OtherWriter);
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
    public async Task The_last_failure_says_what_to_do_and_stays_when_deliveries_go_well_again()
    {
        using var engine = new TestEngine();
        engine.Sender.Outcome = _ => ErrorCode.TopicAuthorizationFailed;
        await engine.Runner.RunDueAsync(TestContext.Current.CancellationToken);
        var failing = await AnswerAsync(engine);
        Assert.Equal((ProductionState.Failing, (DateTimeOffset?)null), (failing.State, failing.Sample?.Tick));
        Assert.Equal((FailureKind.Authorization, "TopicAuthorizationFailed"), (failing.LastFailure!.Failure.Kind, failing.LastFailure.Failure.Code));
        Assert.Equal((TestEngine.Start.AddSeconds(-5), TestEngine.Start), (failing.LastFailure.Tick, failing.LastFailure.At));
        Assert.Contains("grant", failing.LastFailure.Failure.Advice, StringComparison.Ordinal);

        engine.Sender.Outcome = _ => ErrorCode.NoError;
        await engine.Runner.RunDueAsync(TestContext.Current.CancellationToken);
        var delivering = await AnswerAsync(engine);
        Assert.Equal((ProductionState.Delivering, failing.LastFailure with { OverAt = TestEngine.Start }), (delivering.State, delivering.LastFailure));
    }

    [Fact]
    public async Task The_sample_is_what_the_last_delivered_tick_put_on_the_topic()
    {
        using var engine = new TestEngine(("SHOE_SEED", "42"), ("BATCH_SIZE", "11"));
        await engine.Runner.RunDueAsync(TestContext.Current.CancellationToken);
        engine.Time.Advance(TimeSpan.FromSeconds(10));
        engine.Sender.Outcome = _ => ErrorCode.Local_MsgTimedOut;
        await engine.Runner.RunDueAsync(TestContext.Current.CancellationToken);

        var sample = (await AnswerAsync(engine)).Sample!;
        Assert.Equal((TestEngine.Start.AddSeconds(-5), 11), (sample.Tick, sample.Of));
        Assert.Equal(
            engine.Sender.Messages.Take(10).Select(message => Main.Shoe.Parser.ParseFrom(message.Value.AsSpan(6))),
            sample.Shoes.Select(shoe => new Main.Shoe { Id = shoe.Id, Brand = shoe.Brand, Name = shoe.Name, SalePrice = shoe.SalePrice, Rating = shoe.Rating }));
    }

    [Fact]
    public async Task Many_pending_ticks_are_being_made_up_for_or_nobody_runs_them()
    {
        using var engine = new TestEngine();
        await engine.Runner.RunDueAsync(TestContext.Current.CancellationToken);
        async Task<ProductionState> AfterAsync(int seconds)
        {
            engine.Time.Advance(TimeSpan.FromSeconds(seconds));
            return (await AnswerAsync(engine)).State;
        }

        // A tick may take 30 s, and three are in order: the fourth that nobody has run for so long tells. But one that is not
        // there after five seconds, where ticks take none, is late.
        Assert.Equal(ProductionState.Delivering, await AfterAsync(10));
        Assert.Equal(ProductionState.Behind, await AfterAsync(1));
        Assert.Equal(ProductionState.Behind, await AfterAsync(53));
        Assert.Equal(ProductionState.Stalled, await AfterAsync(1));

        await engine.Runner.RunDueAsync(TestContext.Current.CancellationToken, most: 2);
        Assert.Equal(ProductionState.Behind, (await AnswerAsync(engine)).State);
        await engine.Runner.RunDueAsync(TestContext.Current.CancellationToken);
        Assert.Equal(ProductionState.Delivering, (await AnswerAsync(engine)).State);
    }

    [Fact]
    public async Task A_tick_that_was_cut_short_is_stopped_and_not_failing()
    {
        using var engine = new TestEngine();
        engine.Sender.Holds = true;
        using var stop = new CancellationTokenSource();
        var running = engine.Runner.RunDueAsync(stop.Token);
        await Wait.UntilAsync(() => engine.Sender.Calls == 10);
        await stop.CancelAsync();
        await Wait.PassingAsync(() => engine.Time.Advance(TimeSpan.FromSeconds(1)), running);
        Assert.Equal(ProductionState.Stopped, (await AnswerAsync(engine)).State);
    }

    [Fact]
    public async Task A_stop_after_a_failure_that_is_over_is_a_stop_and_the_failure_stays_the_last()
    {
        using var engine = new TestEngine();
        engine.Sender.Outcome = _ => ErrorCode.TopicAuthorizationFailed;
        await engine.Runner.RunDueAsync(TestContext.Current.CancellationToken);
        engine.Sender.Outcome = _ => ErrorCode.NoError;
        await engine.Runner.RunDueAsync(TestContext.Current.CancellationToken);
        engine.Time.Advance(TimeSpan.FromSeconds(10));
        using var stop = new CancellationTokenSource();
        engine.Sender.Produced = stop.Cancel;
        Assert.Equal(FailureKind.Cancelled, Assert.Single(await engine.Runner.RunDueAsync(stop.Token)).Failure!.Kind);
        var answer = await AnswerAsync(engine);
        Assert.Equal((ProductionState.Stopped, FailureKind.Authorization, TestEngine.Start), (answer.State, answer.LastFailure!.Failure.Kind, answer.LastFailure.OverAt));
    }

    [Fact]
    public async Task A_stop_of_a_tick_that_fails_is_no_end_of_the_failure()
    {
        using var engine = new TestEngine();
        engine.Sender.Outcome = _ => ErrorCode.TopicAuthorizationFailed;
        await engine.Runner.RunDueAsync(TestContext.Current.CancellationToken);
        engine.Time.Advance(TimeSpan.FromSeconds(1));
        using var stop = new CancellationTokenSource();
        engine.Sender.Outcome = _ => ErrorCode.NoError;
        engine.Sender.Produced = stop.Cancel;
        await engine.Runner.RunDueAsync(stop.Token);
        var answer = await AnswerAsync(engine);
        Assert.Equal((ProductionState.Failing, FailureKind.Authorization, null), (answer.State, answer.LastFailure!.Failure.Kind, answer.LastFailure.OverAt));
    }

    [Fact]
    public async Task It_says_where_the_shoes_go_with_settings_whose_secrets_are_masked_and_bytes_at_the_mean_size()
    {
        using var engine = new TestEngine();
        await engine.Runner.RunDueAsync(TestContext.Current.CancellationToken);
        var answer = await AnswerAsync(engine);
        Assert.Equal(("gzip", 40), (answer.Target.Compression, answer.Target.Commit.Length));
        Assert.Contains(answer.Target.Settings, setting => setting is { Name: "KAFKA_TOPIC", Value: "js_shoe", IsDefault: true });
        Assert.Equal(answer.Rate.LastMinutePerSecond * answer.Totals.Bytes / answer.Totals.Delivered, answer.Rate.BytesPerSecond, tolerance: 0.05);
        Assert.True(answer.Rate.BytesPerSecond > 0);
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
        Assert.Equal("delivering", json.GetProperty("state").GetString());
        Assert.Equal(JsonValueKind.Number, json.GetProperty("latency").GetProperty("p99Ms").ValueKind);
    }

    private static Task<StatsAnswer> AnswerAsync(TestEngine engine) => engine.Stats.AnswerAsync(TestContext.Current.CancellationToken);
}
