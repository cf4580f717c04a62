using Confluent.Kafka;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using ShoeFunctions.Engine.Failures;
using ShoeFunctions.Engine.Progress;
using ShoeFunctions.Engine.Progress.Stores;
using ShoeFunctions.Engine.Running;
using ShoeFunctions.Engine.Tests.Doubles;
using ShoeFunctions.Engine.Tests.Processes;
using ShoeFunctions.Engine.Tests.Progress.Stores;
using ShoeFunctions.Engine.Ticks;

namespace ShoeFunctions.Engine.Tests.Running;

public sealed class FanOutTests
{
    /// <summary>Ten shoes every ten seconds, in chunks of four, four and two.</summary>
    private static readonly (string Name, string Value)[] Split =
        [("AzureWebJobsStorage", "UseDevelopmentStorage=true"), ("FAN_OUT_ABOVE", "5"), ("FAN_OUT_CHUNK", "4"), ("KAFKA_TIMEOUT", "20s")];

    private static readonly Tick First = Tick.At(new DateTimeOffset(2026, 11, 23, 14, 0, 0, TimeSpan.Zero));

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_large_tick_is_written_down_as_open_and_each_of_its_chunks_is_a_message_that_people_can_read()
    {
        using var engine = new TestEngine(Split);
        Assert.Empty(await engine.Runner.RunDueAsync(Stop));
        Assert.Empty(engine.Sender.Messages);

        var open = Assert.Single((await StateAsync(engine)).Open);
        Assert.Equal((First, 10, 4, 3), (open.Tick, open.Shoes, open.ChunkShoes, open.ChunkCount));
        Assert.Equal(
            [
                $$"""{"topic":"js_shoe","cluster":"localhost_9092","tick":"2026-11-23T14:00:00Z","opening":"{{open.Opening}}","first":0,"count":4}""",
                $$"""{"topic":"js_shoe","cluster":"localhost_9092","tick":"2026-11-23T14:00:00Z","opening":"{{open.Opening}}","first":4,"count":4}""",
                $$"""{"topic":"js_shoe","cluster":"localhost_9092","tick":"2026-11-23T14:00:00Z","opening":"{{open.Opening}}","first":8,"count":2}""",
            ],
            engine.Queue.Messages.Select(message => message.ToString()));
        Assert.Contains(engine.Log.Lines, line => line.Event == 110 && line.Text.StartsWith("tick 2026-11-23T14:00:00Z  10 shoes in 3 chunks on the queue", StringComparison.Ordinal));

        // It is begun: the next run has nothing to do with it.
        Assert.Empty(await engine.Runner.RunDueAsync(Stop));
        Assert.Equal(3, engine.Queue.Messages.Count);
    }

    [Fact]
    public async Task The_chunks_together_are_the_tick_byte_for_byte_and_the_last_one_closes_it_with_one_line()
    {
        using var whole = new TestEngine(("KAFKA_MESSAGE_KEY", "id"));
        await whole.Runner.RunDueAsync(Stop);
        using var engine = new TestEngine([.. Split, ("KAFKA_MESSAGE_KEY", "id")]);
        await engine.Runner.RunDueAsync(Stop);
        foreach (var message in engine.Queue.Messages)
        {
            Assert.Single((await StateAsync(engine)).Open);
            await engine.Chunks.RunAsync(message.ToString(), 1, Stop);
        }

        Assert.Equal(whole.Sender.Messages.Select(Text), engine.Sender.Messages.Select(Text));
        var (state, expected) = (await StateAsync(engine), await StateAsync(whole));
        Assert.Equal((expected.HighWater, 1L, 10L, 0L, expected.Bytes), (state.HighWater, state.Ticks, state.Delivered, state.FailedSends, state.Bytes));
        Assert.Equal((First, 10, 10), (state.Recent[^1].Tick, state.Recent[^1].Shoes, state.Recent[^1].Delivered));
        Assert.Equal(expected.Partitions, state.Partitions);
        Assert.True(state.Open.IsEmpty && engine.Rows.IsEmpty);
        var said = Assert.Single(engine.Log.Lines, line => line.Event == 100).Text;
        Assert.Contains("10 shoes delivered", said);
        Assert.Contains("CatchUp=False", said);
        Assert.Equal(Environment.MachineName.Length + 9, Assert.Single(state.Instances).Name.Length);
    }

    [Theory]
    [InlineData("4")]
    [InlineData("5")]
    public async Task Rows_are_not_counted_with_every_chunk_but_with_the_last_one(string chunk)
    {
        using var engine = new TestEngine([.. Split, ("FAN_OUT_CHUNK", chunk)]);
        await engine.Runner.RunDueAsync(Stop);
        foreach (var message in engine.Queue.Messages)
        {
            Assert.Equal(0, engine.Rows.Lists);
            await engine.Chunks.RunAsync(message.ToString(), 1, Stop);
        }

        Assert.Equal(1, engine.Rows.Lists);
        Assert.Empty((await StateAsync(engine)).Open);
    }

    [Fact]
    public async Task Without_a_queue_a_ticks_chunks_share_its_time()
    {
        using var engine = new TestEngine(("FAN_OUT_ABOVE", "5"), ("FAN_OUT_CHUNK", "4"), ("KAFKA_TIMEOUT", "20s"));
        engine.Sender.Holds = true;
        var running = engine.Runner.RunDueAsync(Stop);
        await Wait.UntilAsync(() => engine.Sender.Calls == 4);
        engine.Time.Advance(TimeSpan.FromSeconds(15));
        engine.Sender.Produced = () => engine.Sender.Holds = true;
        engine.Sender.Release();
        await Wait.UntilAsync(() => engine.Sender.Calls == 8);
        engine.Time.Advance(TimeSpan.FromSeconds(5));
        var report = Assert.Single(await running.WaitAsync(Wait.Patience, TimeProvider.System, Stop));
        Assert.Equal((FailureKind.Timeout, TimeSpan.FromSeconds(20)), (report.Failure!.Kind, report.Duration));
    }

    [Fact]
    public async Task A_chunk_that_comes_again_or_after_its_tick_was_closed_sends_nothing()
    {
        using var engine = new TestEngine(Split);
        await engine.Runner.RunDueAsync(Stop);
        foreach (var index in (int[])[1, 1, 0, 2, 1, 0, 2])
            await engine.Chunks.RunAsync(engine.Queue.Messages[index].ToString(), 1, Stop);
        Assert.Equal(10, engine.Sender.Messages.Count);
        var state = await StateAsync(engine);
        Assert.Equal((1L, 10L), (state.Ticks, state.Delivered));
    }

    [Fact]
    public async Task Ticks_close_out_of_order_and_the_mark_is_before_the_first_that_is_open()
    {
        using var engine = new TestEngine(Split);
        for (var tick = 0; tick < 3; tick++)
        {
            await engine.Runner.RunDueAsync(Stop);
            engine.Time.Advance(TimeSpan.FromSeconds(10));
        }

        var marks = new List<long>();
        foreach (var tick in (int[])[1, 0, 2])
        {
            await RunChunksAsync(engine, of: tick);
            marks.Add((await StateAsync(engine)).HighWater!.Value.UnixSeconds - First.UnixSeconds);
        }

        Assert.Equal([-1, 10, 20], marks);
        Assert.Equal([0, 10, 20], (await StateAsync(engine)).Recent.Select(run => run.Tick.UnixSeconds - First.UnixSeconds));
    }

    [Fact]
    public async Task All_large_ticks_that_are_due_are_opened_by_one_run()
    {
        using var engine = new TestEngine(Split);
        await engine.Runner.RunDueAsync(Stop);
        engine.Time.Advance(TimeSpan.FromSeconds(20));
        Assert.Empty(await engine.Runner.RunDueAsync(Stop));
        Assert.Equal([0, 10, 20], (await StateAsync(engine)).Open.Select(open => open.Tick.UnixSeconds - First.UnixSeconds));
    }

    [Fact]
    public async Task What_is_left_over_of_ticks_before_the_oldest_open_one_and_before_yesterday_is_swept_once_an_hour()
    {
        using var engine = new TestEngine(Split);
        await engine.Runner.RunDueAsync(Stop);
        // Nothing is open, so it is what is older than a day.
        Assert.Equal([-86_395], Swept());
        engine.Time.Advance(TimeSpan.FromMinutes(59));
        await engine.Runner.RunDueAsync(Stop);
        Assert.Single(engine.Rows.Swept);

        // Two days later the first tick is still open.
        engine.Time.Advance(TimeSpan.FromDays(2));
        await engine.Runner.RunDueAsync(Stop);
        Assert.Equal([-86_395, 0], Swept());

        IEnumerable<long> Swept() => engine.Rows.Swept.Select(before => before.UnixSeconds - First.UnixSeconds);
    }

    [Fact]
    public async Task Without_large_ticks_nothing_is_swept()
    {
        using var engine = new TestEngine([.. Split, ("FAN_OUT_ABOVE", "0")]);
        await engine.Runner.RunDueAsync(Stop);
        Assert.Empty(engine.Rows.Swept);
    }

    [Fact]
    public async Task With_too_many_open_no_other_is_opened_and_health_says_so()
    {
        using var engine = new TestEngine([.. Split, ("CATCH_UP_LIMIT", "2")]);
        for (var tick = 0; tick < 4; tick++)
        {
            await engine.Runner.RunDueAsync(Stop);
            Assert.Equal(tick < 2 ? 0 : 1, engine.Log.Lines.Count(line => line.Event == 111));
            engine.Time.Advance(TimeSpan.FromSeconds(10));
        }

        Assert.Equal(2, (await StateAsync(engine)).Open.Length);
        Assert.Equal((HealthStatus.Degraded, "too-many-open"), await CheckAsync(engine));

        // What waits meanwhile is opened when there is room.
        await RunChunksAsync(engine, of: 0);
        await engine.Runner.RunDueAsync(Stop);
        Assert.Equal([10, 20], (await StateAsync(engine)).Open.Select(open => open.Tick.UnixSeconds - First.UnixSeconds));
    }

    [Fact]
    public async Task A_small_tick_behind_a_large_one_that_waits_for_room_waits_with_it()
    {
        using var engine = new TestEngine([.. Split, ("CATCH_UP_LIMIT", "1"), ("LOAD_SPIKES", "2026-11-23T14:00:20Z/10s=0.1")]);
        for (var tick = 0; tick < 3; tick++)
        {
            await engine.Runner.RunDueAsync(Stop);
            engine.Time.Advance(TimeSpan.FromSeconds(10));
        }

        Assert.Equal((1, First), ((await StateAsync(engine)).Open.Length, (await StateAsync(engine)).Begun));
        Assert.Empty(engine.Sender.Messages);
    }

    [Fact]
    public async Task Where_the_queue_fails_half_way_the_run_says_so_and_the_next_one_queues_what_has_no_row()
    {
        using var engine = new TestEngine(Split);
        engine.Queue.FailsAfter = 1;
        Assert.Equal(QueuedChunksDouble.Down, (await Assert.ThrowsAsync<FailureException>(() => engine.Runner.RunDueAsync(Stop))).Failure);
        Assert.Equal((First, QueuedChunksDouble.Down), ((await StateAsync(engine)).LastFailure!.Tick, (await StateAsync(engine)).LastFailure!.Failure));

        await engine.Chunks.RunAsync(Assert.Single(engine.Queue.Messages).ToString(), 1, Stop);
        await engine.Runner.RunDueAsync(Stop);
        Assert.Equal([0, 4, 8], engine.Queue.Messages.Select(message => message.First));
        await RunChunksAsync(engine, of: 0);
        Assert.Equal((1L, null), ((await StateAsync(engine)).Ticks, (await StateAsync(engine)).Ongoing));
    }

    [Fact]
    public async Task Where_the_tick_cannot_be_written_down_nothing_is_queued()
    {
        var faulty = new FaultyProgressStore(new MemoryProgressStore());
        using var clock = new TestEngine();
        using var engine = new TestEngine(new RememberingProgressStore(() => faulty, clock.Time, clock.LoggerOf<RememberingProgressStore>()), Split);
        faulty.Now = FaultyProgressStore.Fault.ReadOnly;
        Assert.Equal(FaultyProgressStore.Down, (await Assert.ThrowsAsync<FailureException>(() => engine.Runner.RunDueAsync(Stop))).Failure);
        Assert.Empty(engine.Queue.Messages);

        faulty.Now = FaultyProgressStore.Fault.None;
        await engine.Runner.RunDueAsync(Stop);
        Assert.Equal(3, engine.Queue.Messages.Count);
    }

    [Fact]
    public async Task Chunks_that_stay_away_are_queued_again_but_not_while_messages_wait()
    {
        using var engine = new TestEngine(Split);
        await engine.Runner.RunDueAsync(Stop);
        await engine.Chunks.RunAsync(engine.Queue.Messages[1].ToString(), 1, Stop);

        engine.Time.Advance(TimeSpan.FromSeconds(39));
        await engine.Runner.RunDueAsync(Stop);
        Assert.DoesNotContain(engine.Log.Lines, line => line.Event == 112);

        engine.Queue.IsWaiting = true;
        engine.Time.Advance(TimeSpan.FromSeconds(1));
        await engine.Runner.RunDueAsync(Stop);
        Assert.DoesNotContain(engine.Log.Lines, line => line.Event == 112);

        engine.Queue.IsWaiting = false;
        await engine.Runner.RunDueAsync(Stop);
        Assert.StartsWith("tick 2026-11-23T14:00:00Z: 2 chunks of 3 stayed away", Assert.Single(engine.Log.Lines, line => line.Event == 112).Text);
        Assert.Equal([0, 4, 8, 0, 8], Of(engine, First).Select(message => message.First));

        // Not again before the same time has gone by.
        await engine.Runner.RunDueAsync(Stop);
        Assert.Equal(5, Of(engine, First).Length);
    }

    [Fact]
    public async Task A_tick_of_which_nobody_noticed_that_it_is_done_is_closed_by_the_timer()
    {
        using var engine = new TestEngine(Split);
        await engine.Runner.RunDueAsync(Stop);
        var open = Assert.Single((await StateAsync(engine)).Open);
        foreach (var chunk in open.Chunks)
            await engine.Rows.AddAsync(open, new ChunkRow(chunk.First, chunk.Count, 100, open.OpenedAt, open.OpenedAt, "gone/1", new LatencyHistogram(), []), Stop);
        engine.Time.Advance(TimeSpan.FromSeconds(40));
        await engine.Runner.RunDueAsync(Stop);
        Assert.Equal((1L, 10L, 300L), ((await StateAsync(engine)).Ticks, (await StateAsync(engine)).Delivered, (await StateAsync(engine)).Bytes));
    }

    [Fact]
    public async Task What_a_tick_was_opened_with_holds_whatever_the_settings_say_later()
    {
        var store = new MemoryProgressStore();
        using var before = new TestEngine(store, [.. Split, ("SHOE_SEED", "7")]);
        await before.Runner.RunDueAsync(Stop);
        using var seventh = new TestEngine(("SHOE_SEED", "7"));
        await seventh.Runner.RunDueAsync(Stop);

        using var after = new TestEngine(store, ("AzureWebJobsStorage", "UseDevelopmentStorage=true"), ("FAN_OUT_CHUNK", "3"), ("MESSAGE_INTERVAL", "2s"));
        foreach (var message in before.Queue.Messages)
            await after.Chunks.RunAsync(message.ToString(), 1, Stop);
        Assert.Equal(seventh.Sender.Messages.Select(Text), after.Sender.Messages.Select(Text));
        Assert.Equal((1L, 10L), ((await StateAsync(after)).Ticks, (await StateAsync(after)).Delivered));
    }

    [Fact]
    public async Task A_chunk_that_fails_says_why_is_counted_and_goes_well_the_next_time()
    {
        using var engine = new TestEngine(Split);
        await engine.Runner.RunDueAsync(Stop);
        engine.Sender.Outcome = index => index == 3 ? ErrorCode.Local_MsgTimedOut : ErrorCode.NoError;
        var failed = await Assert.ThrowsAsync<FailureException>(() => engine.Chunks.RunAsync(engine.Queue.Messages[0].ToString(), 1, Stop));
        Assert.Contains("3 of 4 shoes delivered", failed.Message);
        Assert.Equal((FailureKind.Timeout, 1L, 3L), ((await StateAsync(engine)).Ongoing!.Failure.Kind, (await StateAsync(engine)).FailedSends, (await StateAsync(engine)).Delivered));

        engine.Sender.Outcome = _ => ErrorCode.NoError;
        await RunChunksAsync(engine, of: 0);
        var state = await StateAsync(engine);
        Assert.Equal((1L, 1L, 13L, null), (state.Ticks, state.FailedSends, state.Delivered, state.Ongoing));
    }

    [Theory]
    [InlineData("hello secret", "not-a-chunk")]
    [InlineData("", "not-a-chunk")]
    [InlineData("null", "not-a-chunk")]
    [InlineData("""{"topic":"js_shoe"}""", "not-a-chunk")]
    [InlineData("""{"topic":"js_shoe","cluster":"localhost_9092","tick":"2026-11-23T14:00:00Z","opening":"OPENING","first":1,"count":4}""", "no-such-chunk")]
    [InlineData("""{"topic":"js_shoe","cluster":"localhost_9092","tick":"2026-11-23T14:00:00Z","opening":"OPENING","first":-4,"count":4}""", "no-such-chunk")]
    [InlineData("""{"topic":"js_shoe","cluster":"localhost_9092","tick":"2026-11-23T14:00:00Z","opening":"OPENING","first":8,"count":4}""", "no-such-chunk")]
    [InlineData("""{"topic":"secret","cluster":"localhost_9092","tick":"2026-11-23T14:00:00Z","opening":"OPENING","first":0,"count":4}""", "another-app")]
    [InlineData("""{"topic":"js_shoe","cluster":"secret","tick":"2026-11-23T14:00:00Z","opening":"OPENING","first":0,"count":4}""", "another-app")]
    public async Task What_is_no_chunk_of_ours_is_said_without_its_text_and_nothing_is_sent(string message, string code)
    {
        using var engine = new TestEngine(Split);
        await engine.Runner.RunDueAsync(Stop);
        message = message.Replace("OPENING", engine.Queue.Messages[0].Opening, StringComparison.Ordinal);
        var failure = (await Assert.ThrowsAsync<FailureException>(() => engine.Chunks.RunAsync(message, 5, Stop))).Failure;
        Assert.Equal((FailureSource.ChunkQueue, FailureKind.Invalid, code, false), (failure.Source, failure.Kind, failure.Code, failure.Recoverable));
        if (code == "another-app")
            Assert.Contains(message.Contains("js_shoe", StringComparison.Ordinal) ? "chunks of another cluster than" : "chunks of another topic than", failure.Advice, StringComparison.Ordinal);
        Assert.Contains(failure.Advice, Assert.Single(engine.Log.Lines, line => line.Event == 123).Text);
        Assert.All(engine.Log.Lines, line => Assert.DoesNotContain("secret", line.Text));
        Assert.Empty(engine.Sender.Messages);
    }

    [Fact]
    public async Task A_chunk_of_another_opening_of_its_tick_sends_nothing()
    {
        using var engine = new TestEngine(Split);
        await engine.Runner.RunDueAsync(Stop);
        var ours = engine.Queue.Messages[0];
        await engine.Chunks.RunAsync(ours.ToString().Replace(ours.Opening, OpenTick.NewOpening(), StringComparison.Ordinal), 1, Stop);
        Assert.Empty(engine.Sender.Messages);
        Assert.True(engine.Rows.IsEmpty);
    }

    [Fact]
    public async Task A_chunk_that_fails_as_the_one_before_says_so_instead_of_the_same_again()
    {
        using var engine = new TestEngine(Split);
        await engine.Runner.RunDueAsync(Stop);
        engine.Sender.Outcome = _ => ErrorCode.Local_MsgTimedOut;
        Assert.DoesNotContain(TickReport.AsBefore, await FailAsync(0), StringComparison.Ordinal);
        Assert.EndsWith(TickReport.AsBefore, await FailAsync(1), StringComparison.Ordinal);
        engine.Sender.Outcome = _ => ErrorCode.TopicAuthorizationFailed;
        Assert.DoesNotContain(TickReport.AsBefore, await FailAsync(1), StringComparison.Ordinal);

        async Task<string> FailAsync(int index) =>
            (await Assert.ThrowsAsync<FailureException>(() => engine.Chunks.RunAsync(engine.Queue.Messages[index].ToString(), 1, Stop))).Message;
    }

    /// <summary>Of a schedule's step and the time that a delivery may take the longer one, within what a run may take.</summary>
    [Theory]
    [InlineData("*/10 * * * * *", "20s", 20)]
    [InlineData("0 * * * * *", "20s", 60)]
    [InlineData("0 0 0 * * *", "20s", 90)]
    public void A_chunk_may_take_as_long_as_its_tick(string schedule, string timeout, int seconds)
    {
        using var engine = new TestEngine([("PRODUCE_SCHEDULE", schedule), ("KAFKA_TIMEOUT", timeout)], new RunLimit(TimeSpan.FromMinutes(2), "the host"));
        Assert.Equal(TimeSpan.FromSeconds(seconds), new ChunkTimes(engine.Options, engine.KafkaOptions).Longest(engine.Options.Schedule.Next(TestEngine.Start)!.Value));
    }

    [Fact]
    public async Task Without_a_queue_the_same_chunks_are_made_one_after_the_other()
    {
        using var whole = new TestEngine();
        await whole.Runner.RunDueAsync(Stop);
        using var engine = new TestEngine([.. Split.Skip(1)]);
        var report = Assert.Single(await engine.Runner.RunDueAsync(Stop));
        Assert.Equal((10, 10, null), (report.Shoes, report.Delivered, report.Failure));
        Assert.Equal(whole.Sender.Messages.Select(Text), engine.Sender.Messages.Select(Text));
        Assert.Equal((await StateAsync(whole)).Bytes, (await StateAsync(engine)).Bytes);

        // With the first chunk that fails it ends, as any tick does.
        engine.Time.Advance(TimeSpan.FromSeconds(10));
        engine.Sender.Outcome = index => index == 15 ? ErrorCode.Local_MsgTimedOut : ErrorCode.NoError;
        report = Assert.Single(await engine.Runner.RunDueAsync(Stop));
        Assert.Equal((10, 7, FailureKind.Timeout), (report.Shoes, report.Delivered, report.Failure!.Kind));
    }

    [Fact]
    public async Task A_tick_that_is_not_large_is_produced_by_the_timer_itself()
    {
        using var engine = new TestEngine([.. Split, ("MESSAGE_INTERVAL", "2s")]);
        Assert.Equal(5, Assert.Single(await engine.Runner.RunDueAsync(Stop)).Delivered);
        Assert.Empty(engine.Queue.Messages);
    }

    [Fact]
    public async Task Statistics_tell_of_open_ticks_their_chunks_and_who_makes_them()
    {
        using var engine = new TestEngine(Split);
        await engine.Runner.RunDueAsync(Stop);
        await engine.Chunks.RunAsync(engine.Queue.Messages[0].ToString(), 1, Stop);
        var stats = await engine.Stats.AnswerAsync(Stop);
        var open = Assert.Single(stats.OpenTicks);
        Assert.Equal((First.Time, 10, 3, 1), (open.Tick, open.Shoes, open.Chunks, open.ChunksDone));
        Assert.Single(stats.Instances);
        Assert.Equal((1, 10), (stats.PendingTicks, stats.Totals.Asked));
        Assert.Equal(0.4, stats.Rate.LastMinutePerSecond);

        await RunChunksAsync(engine, of: 0);
        stats = await engine.Stats.AnswerAsync(Stop);
        Assert.Equal((0, 1, 0, 1.0), (stats.OpenTicks.Length, stats.Instances.Length, stats.PendingTicks, stats.Rate.LastMinutePerSecond));
        engine.Time.Advance(TimeSpan.FromMinutes(1));
        Assert.Empty((await engine.Stats.AnswerAsync(Stop)).Instances);
    }

    [Fact]
    public async Task Where_the_rows_cannot_be_read_statistics_tell_the_rest()
    {
        using var engine = new TestEngine(Split);
        await engine.Runner.RunDueAsync(Stop);
        engine.Rows.OnStep = () => throw new FailureException(FaultyProgressStore.Down);
        var open = Assert.Single((await engine.Stats.AnswerAsync(Stop)).OpenTicks);
        Assert.Equal((3, null), (open.Chunks, open.ChunksDone));
    }

    [Fact]
    public async Task Health_tells_of_poisoned_chunks_and_of_a_tick_that_is_open_for_too_long()
    {
        using var engine = new TestEngine(Split);
        await engine.Runner.RunDueAsync(Stop);
        Assert.Equal((HealthStatus.Healthy, null), await CheckAsync(engine));
        engine.Queue.Poisoned = 2;
        Assert.Equal((HealthStatus.Degraded, "poisoned"), await CheckAsync(engine));
        engine.Queue.Poisoned = 0;
        engine.Time.Advance(TimeSpan.FromSeconds(201));
        Assert.Equal((HealthStatus.Degraded, "open-too-long"), await CheckAsync(engine));
        await RunChunksAsync(engine, of: 0);
        Assert.Equal((HealthStatus.Healthy, null), await CheckAsync(engine));
    }

    private static async Task<(HealthStatus, string?)> CheckAsync(TestEngine engine)
    {
        var result = await engine.ChunksCheck.CheckHealthAsync(new HealthCheckContext(), Stop);
        return (result.Status, result.Data.Values.OfType<Failure>().SingleOrDefault()?.Code);
    }

    private static Task<ProgressState> StateAsync(TestEngine engine) => engine.Progress.ReadAsync(Stop);

    private static ChunkMessage[] Of(TestEngine engine, Tick tick) => [.. engine.Queue.Messages.Where(message => message.Chunk.Tick == tick)];

    private static async Task RunChunksAsync(TestEngine engine, int of)
    {
        foreach (var message in Of(engine, new Tick(First.UnixSeconds + (10 * of))))
            await engine.Chunks.RunAsync(message.ToString(), 1, Stop);
    }

    private static string Text(CollectingSender.Sent sent) =>
        $"{Convert.ToHexString(sent.Key ?? [])} {Convert.ToHexString(sent.Value)} {sent.TimestampMs} {string.Join(' ', sent.Headers.Select(header => $"{header.Key}={Convert.ToHexString(header.Value)}"))}";
}
