using System.Globalization;
using Confluent.Kafka;
using Main;
using ShoeFunctions.Engine.Failures;
using ShoeFunctions.Engine.Progress;
using ShoeFunctions.Engine.Progress.Stores;
using ShoeFunctions.Engine.Running;
using ShoeFunctions.Engine.Statistics;
using ShoeFunctions.Engine.Tests.Doubles;
using ShoeFunctions.Engine.Tests.Processes;
using ShoeFunctions.Engine.Tests.Progress.Stores;
using ShoeFunctions.Engine.Ticks;

namespace ShoeFunctions.Engine.Tests.Running;

public sealed class TickRunnerTests
{
    [Fact]
    public async Task The_first_run_begins_with_the_current_tick()
    {
        using var engine = new TestEngine();
        Assert.Equal(["2026-11-23T14:00:00Z"], await RunAsync(engine));
    }

    [Fact]
    public async Task A_tick_that_was_delivered_is_never_run_again()
    {
        using var engine = new TestEngine();
        await RunAsync(engine);
        Assert.Empty(await RunAsync(engine));
        engine.Time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(["2026-11-23T14:00:10Z"], await RunAsync(engine));
        Assert.Empty(await RunAsync(engine));
    }

    [Fact]
    public async Task Missed_ticks_are_made_up_for_in_order()
    {
        using var engine = new TestEngine();
        await RunAsync(engine);
        engine.Time.Advance(TimeSpan.FromSeconds(35));
        Assert.Equal(
            ["2026-11-23T14:00:10Z", "2026-11-23T14:00:20Z", "2026-11-23T14:00:30Z", "2026-11-23T14:00:40Z"],
            await RunAsync(engine));
        Assert.Equal([false, true, true, true, false], engine.Log.Lines.Where(line => line.Event == 100).Select(line => line.Text.Contains("CatchUp=True", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Beyond_the_limit_the_oldest_missed_ticks_are_counted_as_skipped()
    {
        using var engine = new TestEngine(("CATCH_UP_LIMIT", "2"));
        await RunAsync(engine);
        engine.Time.Advance(TimeSpan.FromSeconds(60));
        Assert.Equal(["2026-11-23T14:00:40Z", "2026-11-23T14:00:50Z", "2026-11-23T14:01:00Z"], await RunAsync(engine));

        var state = await engine.Progress.ReadAsync(TestContext.Current.CancellationToken);
        Assert.Equal((3, 4), (state.SkippedTicks, state.Ticks));
        const string Replay = "shoes replay --from 2026-11-23T14:00:10Z --to 2026-11-23T14:00:31Z";
        Assert.Contains(engine.Log.Lines, line => line.Event == 102 && line.Text.Contains("from 2026-11-23T14:00:10Z to 2026-11-23T14:00:30Z", StringComparison.Ordinal) && line.Text.Contains($"are made up for. To make them all the same: {Replay} ", StringComparison.Ordinal));
        var stats = await engine.Stats.AnswerAsync(TestContext.Current.CancellationToken);
        Assert.Equal((Replay, 3, 30), (Assert.Single(stats.Skipped).Replay, stats.Skipped[0].Ticks, stats.Skipped[0].Shoes));
        Assert.Equal((70, 40, 1.0), (stats.Totals.Asked, stats.Totals.Delivered, stats.Rate.TargetPerSecond));
    }

    [Fact]
    public async Task A_tick_that_failed_comes_again_with_the_same_shoes_before_the_next()
    {
        using var engine = new TestEngine();
        engine.Sender.Outcome = _ => ErrorCode.Local_MsgTimedOut;
        await RunAsync(engine);
        engine.Sender.Outcome = _ => ErrorCode.NoError;
        engine.Time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(["2026-11-23T14:00:00Z", "2026-11-23T14:00:10Z"], await RunAsync(engine));

        var sent = engine.Sender.Messages.ConvertAll(message => Shoe.Parser.ParseFrom(message.Value.AsSpan(6)).Id);
        var first = Tick.At(new DateTimeOffset(2026, 11, 23, 14, 0, 0, TimeSpan.Zero));
        Assert.Equal([.. Enumerable.Range(0, 10).Select(first.ShoeId)], sent.Where(id => Tick.OfShoe(id) == first).TakeLast(10));

        var state = await engine.Progress.ReadAsync(TestContext.Current.CancellationToken);
        Assert.Equal((2, 20, 10), (state.Ticks, state.Delivered, state.FailedSends));
    }

    [Fact]
    public async Task A_failed_tick_ends_the_run_so_that_ticks_stay_in_order()
    {
        using var engine = new TestEngine();
        await RunAsync(engine);
        engine.Sender.Outcome = _ => ErrorCode.Local_MsgTimedOut;
        engine.Time.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal(["2026-11-23T14:00:10Z"], await RunAsync(engine));
    }

    [Fact]
    public async Task Two_runs_at_once_do_not_produce_a_tick_twice()
    {
        using var engine = new TestEngine();
        var runs = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => RunAsync(engine))));
        Assert.Single(runs.SelectMany(run => run));
        Assert.Equal(10, engine.Sender.Messages.Count);
    }

    [Fact]
    public async Task A_clock_that_goes_back_repeats_nothing()
    {
        using var engine = new TestEngine();
        await RunAsync(engine);
        engine.Time.AdjustTime(TestEngine.Start - TimeSpan.FromMinutes(1));
        await Assert.ThrowsAsync<FailureException>(() => RunAsync(engine));
        Assert.Equal(10, engine.Sender.Messages.Count);
    }

    [Fact]
    public async Task No_more_ticks_are_run_than_asked_for()
    {
        using var engine = new TestEngine();
        await RunAsync(engine);
        engine.Time.Advance(TimeSpan.FromSeconds(60));
        Assert.Equal(2, (await engine.Runner.RunDueAsync(TestContext.Current.CancellationToken, most: 2)).Count);
        Assert.Equal(["2026-11-23T14:00:30Z"], (await RunAsync(engine))[..1]);
    }

    [Fact]
    public async Task Making_up_for_missed_ticks_takes_no_longer_than_a_tick_may_and_goes_on_next_time()
    {
        using var engine = new TestEngine();
        await RunAsync(engine);
        engine.Time.Advance(TimeSpan.FromSeconds(60));
        engine.Sender.Produced = () => engine.Time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(["2026-11-23T14:00:10Z", "2026-11-23T14:00:20Z"], await RunAsync(engine));
        engine.Sender.Produced = null;
        Assert.Equal("2026-11-23T14:00:30Z", (await RunAsync(engine))[0]);
    }

    [Fact]
    public async Task A_run_begins_no_tick_that_could_not_end_within_its_limit_and_the_next_goes_on()
    {
        // Of two minutes half a minute is not for ticks, and a tick may take a minute.
        using var engine = new TestEngine([("KAFKA_TIMEOUT", "1m"), ("PRODUCE_SCHEDULE", "0 0 * * * *"), ("BATCH_SIZE", "10")], new RunLimit(TimeSpan.FromMinutes(2), "the host"));
        await RunAsync(engine);
        engine.Time.Advance(TimeSpan.FromHours(24));
        engine.Sender.Produced = () => engine.Time.Advance(TimeSpan.FromSeconds(4));
        Assert.Equal(["2026-11-23T15:00:00Z"], await RunAsync(engine));
        engine.Sender.Produced = null;
        Assert.Equal("2026-11-23T16:00:00Z", (await RunAsync(engine))[0]);
    }

    [Fact]
    public async Task One_tick_ends_within_the_runs_limit_however_far_the_next_is()
    {
        using var engine = new TestEngine([("PRODUCE_SCHEDULE", "0 0 0 * * *"), ("BATCH_SIZE", "10"), ("KAFKA_TIMEOUT", "5s")], new RunLimit(TimeSpan.FromMinutes(2), "the host"));
        engine.Sender.Produced = () => engine.Time.Advance(TimeSpan.FromSeconds(15));
        var began = engine.Time.GetUtcNow();
        await RunAsync(engine);
        Assert.InRange(engine.Time.GetUtcNow() - began, TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(120));
    }

    [Fact]
    public async Task The_same_failure_is_said_in_full_once()
    {
        using var engine = new TestEngine();
        engine.Sender.Outcome = _ => ErrorCode.TopicAuthorizationFailed;
        for (var run = 0; run < 3; run++)
            await RunAsync(engine);
        engine.Sender.Outcome = _ => ErrorCode.NoError;
        await RunAsync(engine);
        engine.Time.Advance(TimeSpan.FromSeconds(10));
        engine.Sender.Outcome = _ => ErrorCode.TopicAuthorizationFailed;
        await RunAsync(engine);
        Assert.Equal([false, true, true, false], engine.Log.Lines.Where(line => line.Event == 101).Select(line => line.Text.Contains("TopicAuthorizationFailed): as before ", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Told_to_stop_while_missed_ticks_are_counted_nothing_is_written_down()
    {
        using var stop = new CancellationTokenSource();
        var store = new WatchedProgressStore { OnRead = stop.Cancel };
        using var engine = new TestEngine(store, ("PRODUCE_SCHEDULE", "* * * * * *"));
        await store.Inner.UpdateAsync(state => state.BeginningAt(Tick.At(TestEngine.Start.AddDays(-90))), TestContext.Current.CancellationToken);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => engine.Runner.RunDueAsync(stop.Token));
        Assert.Equal(0, store.Updates);
    }

    [Fact]
    public async Task Missed_ticks_that_another_instance_gives_up_meanwhile_are_counted_once()
    {
        var store = new WatchedProgressStore();
        using var engine = new TestEngine(store, ("CATCH_UP_LIMIT", "2"));
        await RunAsync(engine);
        engine.Time.Advance(TimeSpan.FromSeconds(60));
        store.OnUpdate = () =>
        {
            store.OnUpdate = null;
            return store.Inner.UpdateAsync(state => state.Skipping(new SkippedRange(Tick.At(TestEngine.Start.AddSeconds(5)), Tick.At(TestEngine.Start.AddSeconds(15)), 2, 20, TestEngine.Start)), TestContext.Current.CancellationToken);
        };
        Assert.Equal(["2026-11-23T14:00:40Z", "2026-11-23T14:00:50Z", "2026-11-23T14:01:00Z"], await RunAsync(engine));
        Assert.Equal(3, (await store.Inner.ReadAsync(TestContext.Current.CancellationToken)).SkippedTicks);
    }

    [Fact]
    public async Task A_mark_in_the_future_is_said_once_and_nothing_is_produced_until_the_clock_is_past_it()
    {
        using var engine = new TestEngine();
        await engine.Progress.UpdateAsync(state => state.BeginningAt(Tick.At(TestEngine.Start.AddSeconds(56))), TestContext.Current.CancellationToken);
        for (var run = 0; run < 2; run++)
        {
            var failure = (await Assert.ThrowsAsync<FailureException>(() => RunAsync(engine))).Failure;
            Assert.Equal((FailureKind.Clock, false), (failure.Kind, failure.Recoverable));
            Assert.Contains("2026-11-23T14:01:00Z, but this machine's clock says 2026-11-23T14:00:05Z", failure.Advice);
            Assert.Contains("until 2026-11-23T14:01:10Z", failure.Advice);
            Assert.Single(engine.Log.Lines, line => line.Text.Contains("no tick is produced", StringComparison.Ordinal));
        }

        var stats = await engine.Stats.AnswerAsync(TestContext.Current.CancellationToken);
        Assert.Equal((FailureKind.Clock, ProductionState.Failing, TestEngine.Start.AddSeconds(65)), (stats.LastFailure!.Failure.Kind, stats.State, stats.NextTick));

        // Of two machines one may be a little ahead: by no more than the next tick.
        engine.Time.Advance(TimeSpan.FromSeconds(46));
        Assert.Empty(await RunAsync(engine));
        engine.Time.Advance(TimeSpan.FromSeconds(20));
        Assert.Equal(["2026-11-23T14:01:10Z"], await RunAsync(engine));
    }

    [Fact]
    public async Task Another_cluster_under_the_same_names_begins_anew_and_the_first_one_misses_nothing_when_it_is_back()
    {
        var progress = new MemoryProgressStore();
        using (var first = new TestEngine(progress))
        {
            first.Sender.ClusterId = "one";
            Assert.Equal(["2026-11-23T14:00:00Z"], await RunAsync(first));
        }

        using (var other = new TestEngine(progress))
        {
            other.Sender.ClusterId = "other";
            other.Time.Advance(TimeSpan.FromSeconds(10));
            Assert.Equal(["2026-11-23T14:00:10Z"], await RunAsync(other));
            Assert.Equal((1, 10), ((await progress.ReadAsync(TestContext.Current.CancellationToken)).Ticks, (await progress.ReadAsync(TestContext.Current.CancellationToken)).Delivered));
            Assert.Single(other.Log.Lines, line => line.Text.Contains("localhost:9092 are another cluster than before, other", StringComparison.Ordinal));
            other.Time.Advance(TimeSpan.FromSeconds(10));
            Assert.Equal(["2026-11-23T14:00:20Z"], await RunAsync(other));
        }

        // Its mark is at 14:00:00, the other one's at 14:00:20.
        using var again = new TestEngine(progress);
        again.Sender.ClusterId = "one";
        again.Time.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal(["2026-11-23T14:00:30Z", "2026-11-23T14:00:10Z", "2026-11-23T14:00:20Z", "2026-11-23T14:00:30Z"], await RunAsync(again));
        Assert.Single(again.Log.Lines, line => line.Text.Contains("which has progress of its own", StringComparison.Ordinal));
        var state = await progress.ReadAsync(TestContext.Current.CancellationToken);
        Assert.Equal((5, "2026-11-23T14:00:30Z"), (state.Ticks, state.HighWater.ToString()));
    }

    [Fact]
    public async Task What_was_delivered_is_written_down_though_the_run_is_told_to_stop()
    {
        using var stop = new CancellationTokenSource();
        var store = new WatchedProgressStore();
        using var engine = new TestEngine(store);
        engine.Sender.Holds = true;
        engine.Sender.Produced = () =>
        {
            if (engine.Sender.Messages.Count < 10)
                return;
            stop.Cancel();
            engine.Sender.Release();
        };
        await engine.Runner.RunDueAsync(stop.Token);
        Assert.Equal(CancellationToken.None, store.LastToken);
    }

    [Fact]
    public async Task However_long_the_pause_to_the_next_tick_a_tick_may_take_an_hour_at_most()
    {
        using var engine = new TestEngine(("PRODUCE_SCHEDULE", "0 0 14 * * *"), ("BATCH_SIZE", "10"));
        engine.Sender.Holds = true;
        var running = engine.Runner.RunDueAsync(TestContext.Current.CancellationToken);
        while (engine.Sender.Messages.Count < 10)
            await Task.Yield();
        engine.Time.Advance(TimeSpan.FromMinutes(59));
        Assert.False(running.IsCompleted);
        engine.Time.Advance(TimeSpan.FromMinutes(2));
        var report = Assert.Single(await running.WaitAsync(TimeSpan.FromMinutes(3), TimeProvider.System, TestContext.Current.CancellationToken));
        Assert.Equal(FailureKind.Timeout, report.Failure!.Kind);
    }

    [Fact]
    public async Task What_delivered_nothing_does_not_move_the_last_delivery()
    {
        using var engine = new TestEngine();
        await RunAsync(engine);
        var delivered = (await engine.Progress.ReadAsync(TestContext.Current.CancellationToken)).LastDelivery;
        engine.Sender.Outcome = _ => ErrorCode.Local_MsgTimedOut;
        engine.Time.Advance(TimeSpan.FromSeconds(10));
        await RunAsync(engine);
        Assert.Equal(delivered, (await engine.Progress.ReadAsync(TestContext.Current.CancellationToken)).LastDelivery);
    }

    [Fact]
    public async Task To_stop_waits_for_the_run_that_is_under_way()
    {
        using var gate = new TickGate();
        var (begun, end) = (new TaskCompletionSource(), new TaskCompletionSource());
        var running = gate.RunAsync(
            async _ =>
            {
                begun.SetResult();
                await end.Task;
                return 0;
            },
            TestContext.Current.CancellationToken);
        await begun.Task;
        var stopping = gate.StopAsync(TestContext.Current.CancellationToken);
        Assert.False(stopping.IsCompleted);
        end.SetResult();
        await stopping.WaitAsync(TimeSpan.FromMinutes(3), TimeProvider.System, TestContext.Current.CancellationToken);
        Assert.True(running.IsCompleted);
    }

    [Fact]
    public async Task To_stop_tells_the_run_that_is_under_way()
    {
        using var gate = new TickGate();
        var begun = new TaskCompletionSource();
        var running = gate.RunAsync(
            async stop =>
            {
                begun.SetResult();
                await Task.Delay(Wait.Patience, TimeProvider.System, stop);
                return 0;
            },
            TestContext.Current.CancellationToken);
        await begun.Task;
        await gate.StopAsync(TestContext.Current.CancellationToken);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }

    [Fact]
    public async Task To_stop_waits_for_a_run_no_longer_than_the_host_does()
    {
        using var gate = new TickGate();
        using var host = new CancellationTokenSource();
        var end = new TaskCompletionSource<int>();
        var running = gate.RunAsync(_ => end.Task, TestContext.Current.CancellationToken);
        var stopping = gate.StopAsync(host.Token);
        await host.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => stopping.WaitAsync(Wait.Patience, TimeProvider.System, TestContext.Current.CancellationToken));
        end.SetResult(0);
        await running;
    }

    [Fact]
    public async Task Told_to_stop_between_two_ticks_it_begins_no_other()
    {
        using var engine = new TestEngine();
        await RunAsync(engine);
        engine.Time.Advance(TimeSpan.FromSeconds(30));
        using var stop = new CancellationTokenSource();
        Assert.True(Assert.Single(await engine.Runner.RunDueAsync(stop.Token, ended: _ => stop.Cancel())).IsDelivered);
    }

    [Fact]
    public async Task That_a_run_was_told_to_stop_makes_no_new_failure_of_the_one_before()
    {
        using var engine = new TestEngine();
        engine.Sender.Outcome = _ => ErrorCode.TopicAuthorizationFailed;
        await RunAsync(engine);

        using var stop = new CancellationTokenSource();
        engine.Sender.Outcome = _ => ErrorCode.NoError;
        engine.Sender.Produced = stop.Cancel;
        Assert.Equal(FailureKind.Cancelled, Assert.Single(await engine.Runner.RunDueAsync(stop.Token)).Failure!.Kind);

        engine.Sender.Outcome = _ => ErrorCode.TopicAuthorizationFailed;
        engine.Sender.Produced = null;
        Assert.True(Assert.Single(await engine.Runner.RunDueAsync(TestContext.Current.CancellationToken)).IsRepeated);
    }

    [Fact]
    public async Task Where_the_progress_cannot_be_read_shoes_are_produced_all_the_same()
    {
        using var engine = new TestEngine(new WatchedProgressStore { OnRead = () => throw new FailureException(FaultyProgressStore.Down) });
        Assert.Equal(["2026-11-23T14:00:00Z"], await RunAsync(engine));
    }

    [Fact]
    public async Task Where_the_progress_cannot_be_understood_none_are_produced()
    {
        using var engine = new TestEngine(new WatchedProgressStore { OnRead = () => throw new FailureException(ProgressFailures.Newer("It", 2)) });
        Assert.Equal("newer-version", (await Assert.ThrowsAsync<FailureException>(() => RunAsync(engine))).Failure.Code);
        Assert.Empty(engine.Sender.Messages);
    }

    [Fact]
    public async Task What_a_run_took_before_its_tick_is_not_left_to_the_tick()
    {
        var store = new WatchedProgressStore();
        using var engine = new TestEngine(Daily, TwoMinutes, store);
        store.OnRead = () => engine.Time.Advance(TimeSpan.FromMinutes(1));
        engine.Sender.Holds = true;
        var running = engine.Runner.RunDueAsync(TestContext.Current.CancellationToken);
        await Wait.UntilAsync(() => engine.Sender.Messages.Count == 10);
        engine.Time.Advance(TimeSpan.FromSeconds(30));
        var report = Assert.Single(await running.WaitAsync(Wait.Patience, TimeProvider.System, TestContext.Current.CancellationToken));
        Assert.Equal((FailureKind.Timeout, TimeSpan.FromSeconds(30)), (report.Failure!.Kind, report.Duration));
    }

    [Fact]
    public async Task A_run_that_has_waited_for_as_long_as_it_may_last_begins_no_tick()
    {
        using var engine = new TestEngine(Daily, TwoMinutes);
        engine.Sender.Holds = true;
        var first = engine.Runner.RunDueAsync(TestContext.Current.CancellationToken);
        await Wait.UntilAsync(() => engine.Sender.Messages.Count == 10);
        var second = engine.Runner.RunDueAsync(TestContext.Current.CancellationToken);
        engine.Time.Advance(TwoMinutes.ForTicks);
        Assert.Single(await first.WaitAsync(Wait.Patience, TimeProvider.System, TestContext.Current.CancellationToken));
        Assert.Empty(await second.WaitAsync(Wait.Patience, TimeProvider.System, TestContext.Current.CancellationToken));
        Assert.Equal(10, engine.Sender.Messages.Count);
    }

    [Fact]
    public async Task Just_as_long_as_a_tick_may_take_no_other_is_begun()
    {
        using var engine = new TestEngine(("PRODUCE_SCHEDULE", "0 0 * * * *"), ("KAFKA_TIMEOUT", "1m"));
        await RunAsync(engine);
        engine.Time.Advance(TimeSpan.FromHours(6));
        Assert.Single(await engine.Runner.RunDueAsync(TestContext.Current.CancellationToken, ended: _ => engine.Time.Advance(TimeSpan.FromMinutes(1))));
    }

    [Fact]
    public async Task With_just_the_time_of_one_delivery_left_another_tick_is_begun()
    {
        using var engine = new TestEngine([("PRODUCE_SCHEDULE", "0 0 * * * *"), ("KAFKA_TIMEOUT", "1m")], TwoMinutes);
        await RunAsync(engine);
        engine.Time.Advance(TimeSpan.FromHours(6));
        Assert.Equal(2, (await engine.Runner.RunDueAsync(TestContext.Current.CancellationToken, ended: _ => engine.Time.Advance(TimeSpan.FromSeconds(30)))).Count);
    }

    [Fact]
    public async Task The_first_tick_is_begun_however_little_time_is_left()
    {
        var store = new WatchedProgressStore();
        using var engine = new TestEngine([("PRODUCE_SCHEDULE", "0 0 * * * *"), ("KAFKA_TIMEOUT", "1m")], TwoMinutes, store);
        store.OnRead = () => engine.Time.Advance(TwoMinutes.ForTicks - TimeSpan.FromSeconds(1));
        Assert.Equal(["2026-11-23T14:00:00Z"], await RunAsync(engine));
    }

    [Fact]
    public async Task A_tick_with_as_many_shoes_as_a_tick_holds_is_begun()
    {
        using var engine = new TestEngine(("BATCH_SIZE", $"{Tick.MaxShoes}"));
        engine.Sender.Refusal = _ => ErrorCode.MsgSizeTooLarge;
        var report = Assert.Single(await engine.Runner.RunDueAsync(TestContext.Current.CancellationToken));
        Assert.Equal((Tick.MaxShoes, nameof(ErrorCode.MsgSizeTooLarge)), (report.Shoes, report.Failure!.Code));
    }

    [Fact]
    public async Task Of_a_tick_that_could_not_be_begun_the_records_are_counted_with_their_faults()
    {
        using var engine = new TestEngine(("DELIVERY", "exactly-once"), ("FAULTS", "repeated=100%"), ("BATCH_SIZE", "10"));
        engine.Transactions.SessionFails = new KafkaException(ErrorCode.ClusterAuthorizationFailed);
        var report = Assert.Single(await engine.Runner.RunDueAsync(TestContext.Current.CancellationToken));
        Assert.Equal((nameof(ErrorCode.ClusterAuthorizationFailed), 20, 20), (report.Failure!.Code, report.Shoes, report.Failed));
    }

    /// <summary>After a day and a minute, and after eleven months: there are more shoes than an int holds.</summary>
    [Theory]
    [InlineData("0 * * 1-30 * *", "2026-12-30T23:59:05Z", 86_460_000)]
    [InlineData("0 * * 1-30 1 *", "2027-01-30T23:59:05Z", int.MaxValue)]
    public async Task A_tick_with_more_shoes_than_a_tick_holds_sends_none(string schedule, string now, int shoes)
    {
        // Too far away for the settings' check.
        using var engine = new TestEngine(("PRODUCE_SCHEDULE", schedule), ("MESSAGE_INTERVAL", "1ms"));
        engine.Time.SetUtcNow(DateTimeOffset.Parse(now, CultureInfo.InvariantCulture));
        var report = Assert.Single(await engine.Runner.RunDueAsync(TestContext.Current.CancellationToken));
        Assert.Equal((shoes, shoes, "batch-too-large", false), (report.Shoes, report.Failed, report.Failure!.Code, report.Failure.Recoverable));
        Assert.Empty(engine.Sender.Messages);
    }

    [Fact]
    public async Task The_store_is_told_the_cluster_once_and_again_where_it_could_not_be_told()
    {
        var store = new WatchedProgressStore { Move = ClusterMove.Untold };
        using var engine = new TestEngine(store);
        engine.Sender.ClusterId = "one";
        var moves = new List<int>();
        for (var tick = 0; tick < 4; tick++)
        {
            store.Move = tick < 2 ? ClusterMove.Untold : null;
            await RunAsync(engine);
            moves.Add(store.Moves);
            engine.Time.Advance(TimeSpan.FromSeconds(10));
        }

        Assert.Equal([1, 2, 3, 3], moves);
    }

    private static readonly (string Name, string Value)[] Daily = [("PRODUCE_SCHEDULE", "0 0 14 * * *"), ("BATCH_SIZE", "10"), ("KAFKA_TIMEOUT", "5s")];

    private static readonly RunLimit TwoMinutes = new(TimeSpan.FromMinutes(2), "the host");

    private static async Task<string[]> RunAsync(TestEngine engine) =>
        [.. (await engine.Runner.RunDueAsync(TestContext.Current.CancellationToken)).Select(report => report.Tick.ToString())];
}
