using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using ShoeFunctions.Engine.Failures;
using ShoeFunctions.Engine.Progress;
using ShoeFunctions.Engine.Progress.Stores;
using ShoeFunctions.Engine.Tests.Doubles;
using ShoeFunctions.Engine.Tests.Progress.Stores;
using ShoeFunctions.Engine.Ticks;
using static ShoeFunctions.Engine.Tests.Progress.ProgressStates;
using static ShoeFunctions.Engine.Tests.Running.ExactlyOnceEngine;

namespace ShoeFunctions.Engine.Tests.Running;

/// <summary>What becomes of a mark that is older or newer than the number that the brokers keep, and of one that is lost.</summary>
public sealed class CommittedTicksTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_mark_that_is_older_than_the_number_is_brought_up_to_it_with_the_ticks_counts()
    {
        using var engine = ExactlyOnceEngine.With(("FAULTS", "missing=20,repeated=10"));
        Assert.Single(await engine.Runner.RunDueAsync(Stop));
        var (mark, ticks, delivered) = await MarkAsync(engine);

        // Three more were committed by a run that died before it wrote them down; a fourth is due.
        engine.Transactions.Number = First.UnixSeconds + 30;
        engine.Time.SetUtcNow(First.Time.AddSeconds(41));
        var report = Assert.Single(await engine.Runner.RunDueAsync(Stop));
        Assert.Equal(First.UnixSeconds + 40, report.Tick.UnixSeconds);
        var state = await engine.Progress.ReadAsync(Stop);
        var recovered = Enumerable.Range(1, 3).Sum(step => engine.Options.PlanFaults().RecordsOf(new Chunk(new Tick(First.UnixSeconds + (step * 10)), 0, Batch)));
        Assert.Equal((First, report.Tick, ticks + 4, 3L, delivered!.Value + recovered + report.Delivered), (mark!.Value, state.HighWater!.Value, state.Ticks, state.RecoveredTicks, state.Delivered));
        Assert.Contains(engine.Log.Lines, line => line.Event == 115 && line.Text.StartsWith("3 ticks up to 2026-11-23T14:00:30Z", StringComparison.Ordinal));
        Assert.Equal(3, (await engine.Stats.AnswerAsync(Stop)).Totals.RecoveredTicks);
    }

    [Fact]
    public async Task More_ticks_than_are_made_up_for_are_recovered_and_not_skipped()
    {
        using var engine = ExactlyOnceEngine.With(("CATCH_UP_LIMIT", "2"));
        Assert.Single(await engine.Runner.RunDueAsync(Stop));
        engine.Transactions.Number = First.UnixSeconds + 500;
        engine.Time.SetUtcNow(First.Time.AddSeconds(505));
        Assert.Empty(await engine.Runner.RunDueAsync(Stop));
        var state = await engine.Progress.ReadAsync(Stop);
        Assert.Equal((50, 0, 51), (state.RecoveredTicks, state.SkippedTicks, state.Ticks));
    }

    [Fact]
    public async Task A_mark_that_is_newer_than_the_number_stays()
    {
        using var engine = ExactlyOnceEngine.With();
        Assert.Single(await engine.Runner.RunDueAsync(Stop));
        engine.Transactions.Number = First.UnixSeconds - 100;
        engine.Time.SetUtcNow(First.Time.AddSeconds(11));
        Assert.Equal(First.UnixSeconds + 10, Assert.Single(await engine.Runner.RunDueAsync(Stop)).Tick.UnixSeconds);
        Assert.Equal(0, (await engine.Progress.ReadAsync(Stop)).RecoveredTicks);
    }

    [Fact]
    public async Task Where_the_progress_is_lost_the_number_says_where_to_go_on()
    {
        using var engine = ExactlyOnceEngine.With();
        engine.Transactions.Number = First.UnixSeconds - 30;
        var reports = await engine.Runner.RunDueAsync(Stop);
        Assert.Equal(new[] { -20, -10, 0 }.Select(step => First.UnixSeconds + step), reports.Select(report => report.Tick.UnixSeconds));
        Assert.Equal((First, 4, 4 * Batch), await MarkAsync(engine));
    }

    [Fact]
    public async Task Where_the_progress_cannot_be_read_the_number_says_where_to_go_on()
    {
        using var store = new RememberingProgressStore(
            () => throw new FailureException(new Failure(FailureSource.ProgressStore, "read", FailureKind.Network, "away", true, "Away.")), TimeProvider.System, NullLogger<RememberingProgressStore>.Instance);
        using var engine = new TestEngine(store, ("DELIVERY", "exactly-once"), ("BATCH_SIZE", $"{Batch}"));
        engine.Transactions.Number = First.UnixSeconds - 20;
        Assert.Equal([-10L, 0], (await engine.Runner.RunDueAsync(Stop)).Select(report => report.Tick.UnixSeconds - First.UnixSeconds));
        Assert.Equal(0, (await engine.Progress.ReadAsync(Stop)).RecoveredTicks);
    }

    [Fact]
    public async Task Where_the_progress_could_only_not_be_read_at_first_what_was_committed_is_not_produced_again()
    {
        var store = new WatchedProgressStore();
        using var engine = ExactlyOnceEngine.With(store);
        await store.Inner.UpdateAsync(state => state.BeginningAt(First), Stop);
        store.OnRead = () =>
        {
            store.OnRead = null;
            throw new FailureException(FaultyProgressStore.Down);
        };
        engine.Transactions.Number = First.UnixSeconds;
        Assert.Empty(await engine.Runner.RunDueAsync(Stop));
        Assert.Equal((First, 1, Batch), await MarkAsync(engine));
    }

    [Fact]
    public async Task Where_the_progress_cannot_be_understood_the_number_changes_nothing()
    {
        var store = new WatchedProgressStore { OnRead = () => throw new FailureException(ProgressFailures.Newer("It", 2)) };
        using var engine = ExactlyOnceEngine.With(store);
        engine.Transactions.Number = First.UnixSeconds - 20;
        var failed = Assert.Single(await engine.Runner.RunDueAsync(Stop));
        Assert.Equal("newer-version", failed.Failure!.Code);
        Assert.Null((await store.Inner.ReadAsync(Stop)).HighWater);
    }

    [Fact]
    public async Task What_another_instance_recovers_meanwhile_counts_once()
    {
        var store = new WatchedProgressStore();
        using var engine = ExactlyOnceEngine.With(store);
        await store.Inner.UpdateAsync(state => state.BeginningAt(First), Stop);
        store.OnUpdate = async () =>
        {
            store.OnUpdate = null;
            await store.Inner.UpdateAsync(state => state.Recovering(First, 1, Batch), Stop);
        };
        engine.Transactions.Number = First.UnixSeconds;
        Assert.Empty(await engine.Runner.RunDueAsync(Stop));
        Assert.Equal((First, 1, Batch), await MarkAsync(engine));
    }

    [Fact]
    public async Task A_number_that_the_mark_agrees_with_is_none_to_recover_and_the_store_is_told_whose_it_is()
    {
        var store = new WatchedProgressStore();
        using var engine = ExactlyOnceEngine.With(store);
        engine.Sender.ClusterId = "one";
        await store.Inner.UpdateAsync(state => state.With(Report(0, Batch)), Stop);
        engine.Transactions.Number = First.UnixSeconds;
        Assert.Empty(await engine.Runner.RunDueAsync(Stop));
        Assert.Equal((1, 0), (store.Moves, store.Updates));
        Assert.DoesNotContain(engine.Log.Lines, line => line.Event == 115);
    }

    [Fact]
    public async Task A_number_of_a_schedule_before_is_where_to_go_on_and_no_tick()
    {
        using var engine = ExactlyOnceEngine.With();
        engine.Transactions.Number = First.UnixSeconds - 13;
        Assert.Equal([-10L, 0], (await engine.Runner.RunDueAsync(Stop)).Select(report => report.Tick.UnixSeconds - First.UnixSeconds));
        Assert.Equal((First, 2, 2 * Batch), await MarkAsync(engine));
        Assert.Equal(0, (await engine.Progress.ReadAsync(Stop)).RecoveredTicks);
    }

    [Fact]
    public async Task A_tick_as_large_as_there_are_is_recovered_with_all_its_shoes()
    {
        using var engine = ExactlyOnceEngine.With(("BATCH_SIZE", $"{Tick.MaxShoes}"), ("KAFKA_TIMEOUT", "10m"));
        await engine.Progress.UpdateAsync(state => state.BeginningAt(First), Stop);
        engine.Transactions.Number = First.UnixSeconds;
        Assert.Empty(await engine.Runner.RunDueAsync(Stop));
        Assert.Equal((First, 1, Tick.MaxShoes), await MarkAsync(engine));
    }

    [Fact]
    public async Task Of_a_tick_that_now_has_more_shoes_than_a_tick_holds_none_are_counted()
    {
        // On the 31st of December the schedule does not fire: the tick before it has a day's shoes.
        using var engine = new TestEngine(new MemoryProgressStore(), ("DELIVERY", "exactly-once"), ("PRODUCE_SCHEDULE", "0 * * 1-30 * *"), ("MESSAGE_INTERVAL", "1ms"));
        engine.Time.SetUtcNow(new DateTimeOffset(2026, 12, 30, 23, 59, 5, TimeSpan.Zero));
        var large = Tick.At(new DateTimeOffset(2026, 12, 30, 23, 59, 0, TimeSpan.Zero));
        await engine.Progress.UpdateAsync(state => state.BeginningAt(large), Stop);
        engine.Transactions.Number = large.UnixSeconds;
        Assert.Empty(await engine.Runner.RunDueAsync(Stop));
        var state = await engine.Progress.ReadAsync(Stop);
        Assert.Equal((large, 1, 1, 0), (state.HighWater, state.Ticks, state.RecoveredTicks, state.Delivered));
    }

    [Theory]
    [InlineData(ErrorCode.TransactionalIdAuthorizationFailed, FailureKind.Authorization, "transactional id shoes-js_shoe")]
    [InlineData(ErrorCode.GroupAuthorizationFailed, FailureKind.Authorization, "consumer group shoes-js_shoe")]
    [InlineData(ErrorCode.InvalidTransactionTimeout, FailureKind.Invalid, "transaction.max.timeout.ms")]
    [InlineData(ErrorCode.GroupCoordinatorNotAvailable, FailureKind.ServerError, "look after transactions")]
    public async Task Where_it_is_not_known_which_tick_was_last_none_is_produced_and_that_is_a_failed_run(ErrorCode code, FailureKind kind, string advice)
    {
        using var engine = ExactlyOnceEngine.With();
        engine.Transactions.Number = First.UnixSeconds - 30;
        engine.Transactions.SessionFails = new KafkaException(code);
        var heard = new List<TickReport>();
        var failed = Assert.Single(await engine.Runner.RunDueAsync(Stop, ended: heard.Add));
        Assert.Equal([failed], heard);
        var said = Assert.Single(engine.Log.Lines, line => line.Event == 101);
        Assert.Equal(LogLevel.Error, said.Level);
        Assert.Contains("CatchUp=False", said.Text, StringComparison.Ordinal);
        Assert.Equal((First, Batch, 0, kind, $"{code}"), (failed.Tick, failed.Shoes, failed.Delivered, failed.Failure!.Kind, failed.Failure.Code));
        Assert.Contains(advice, failed.Failure.Advice, StringComparison.Ordinal);
        Assert.Empty(engine.Sender.Messages);
        var state = await engine.Progress.ReadAsync(Stop);
        Assert.Equal((null, failed.Failure), (state.HighWater, state.LastFailure!.Failure));

        // Nothing between the number and now is lost by that.
        engine.Transactions.SessionFails = null;
        Assert.Equal(3, (await engine.Runner.RunDueAsync(Stop)).Count);
    }
}
