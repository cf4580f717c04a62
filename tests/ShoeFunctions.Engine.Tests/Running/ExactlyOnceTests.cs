using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using ShoeFunctions.Engine.Configuration;
using ShoeFunctions.Engine.Credentials;
using ShoeFunctions.Engine.Failures;
using ShoeFunctions.Engine.Kafka;
using ShoeFunctions.Engine.Network;
using ShoeFunctions.Engine.Progress;
using ShoeFunctions.Engine.Progress.Stores;
using ShoeFunctions.Engine.Tests.Credentials;
using ShoeFunctions.Engine.Tests.Doubles;
using ShoeFunctions.Engine.Tests.Processes;
using ShoeFunctions.Engine.Tests.Progress.Stores;
using ShoeFunctions.Engine.Ticks;

namespace ShoeFunctions.Engine.Tests.Running;

/// <summary>What holds with any brokers: the order of calls, and what becomes of every error and of a mark that is older or newer than the number.</summary>
public sealed class ExactlyOnceTests
{
    private const int Batch = 20;

    private static readonly Tick First = Tick.At(new DateTimeOffset(2026, 11, 23, 14, 0, 0, TimeSpan.Zero));

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_tick_is_one_transaction_with_its_number_after_its_shoes()
    {
        using var engine = Engine();
        var report = Assert.Single(await engine.Runner.RunDueAsync(Stop));
        Assert.Equal((Batch, Batch, true), (report.Shoes, report.Delivered, report.IsDelivered));
        Assert.Equal(["session", "session", "begin", $"commit {First.UnixSeconds}"], engine.Transactions.Calls);
        Assert.Equal(engine.Sender.Messages, engine.Transactions.Committed);
        Assert.Equal((First, 1, Batch), await MarkAsync(engine));
        Assert.Equal(0, engine.Sender.Disposals);
    }

    [Fact]
    public async Task A_tick_whose_session_does_not_begin_asks_for_none_again()
    {
        using var engine = Engine();
        engine.Transactions.SessionFails = new KafkaException(ErrorCode.GroupCoordinatorNotAvailable);
        var failed = await engine.Producer.ProduceAsync(First, Batch, TimeSpan.FromSeconds(30), Stop);
        Assert.Equal((0, "GroupCoordinatorNotAvailable", 1), (failed.Delivered, failed.Failure!.Code, engine.Sender.Disposals));
        Assert.Equal(["session"], engine.Transactions.Calls);
    }

    [Fact]
    public async Task Who_asks_which_tick_was_last_may_be_told_to_stop()
    {
        using var engine = Engine();
        using var stop = new CancellationTokenSource();
        engine.Transactions.SessionHangs = true;
        var asking = engine.Producer.CommittedAsync(TimeSpan.FromSeconds(30), stop.Token);
        await engine.Transactions.Hanging.Task.WaitAsync(Wait.Patience, TimeProvider.System, Stop);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking);
        Assert.Equal(0, engine.Sender.Disposals);
    }

    [Fact]
    public async Task Who_asks_which_tick_was_last_is_told_of_credentials_that_do_not_come()
    {
        using var engine = Engine(("KEY_VAULT_URI", "https://shoes.vault.azure.net"));
        var vault = new VaultDouble { Answering = new TaskCompletionSource().Task };
        engine.Vault = vault;
        var asking = engine.Producer.CommittedAsync(TimeSpan.FromSeconds(1), Stop);
        await Wait.UntilAsync(() => vault.Reads > 0);
        engine.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(VaultFailures.LateCredentials, (await Assert.ThrowsAsync<FailureException>(() => asking)).Failure);
    }

    [Fact]
    public async Task Who_asks_which_tick_was_last_is_told_of_a_client_that_does_not_open()
    {
        using var engine = Engine();
        engine.Opening = () => throw new KafkaException(ErrorCode.Local_TimedOut);
        var failure = (await Assert.ThrowsAsync<FailureException>(() => engine.Producer.CommittedAsync(TimeSpan.FromSeconds(30), Stop))).Failure;
        Assert.Equal((FailureSource.Kafka, "Local_TimedOut"), (failure.Source, failure.Code));
    }

    [Fact]
    public async Task A_tick_of_which_a_shoe_fails_is_aborted_counts_nothing_and_is_produced_again()
    {
        using var engine = Engine();
        engine.Sender.Outcome = sent => sent == 3 ? ErrorCode.Local_MsgTimedOut : ErrorCode.NoError;
        var failed = Assert.Single(await engine.Runner.RunDueAsync(Stop));
        Assert.Equal((0, Batch, 0L, 0, FailureKind.Timeout), (failed.Delivered, failed.Failed, failed.Bytes, failed.Partitions.Length, failed.Failure!.Kind));
        Assert.Equal("abort", engine.Transactions.Calls[^1]);
        Assert.Empty(engine.Transactions.Committed);

        engine.Sender.Outcome = _ => ErrorCode.NoError;
        Assert.True(Assert.Single(await engine.Runner.RunDueAsync(Stop)).IsDelivered);
        Assert.Equal(Batch, engine.Transactions.Committed.Count);
        Assert.Equal((First, 1, Batch), await MarkAsync(engine));
    }

    [Theory]
    [InlineData(ErrorCode.InvalidTxnState, FailureKind.Fatal)]
    [InlineData(ErrorCode.GroupAuthorizationFailed, FailureKind.Authorization)]
    [InlineData(ErrorCode.GroupCoordinatorNotAvailable, FailureKind.ServerError)]
    public async Task A_commit_that_is_refused_is_aborted_and_said(ErrorCode code, FailureKind kind)
    {
        using var engine = Engine();
        engine.Transactions.CommitFails = (new KafkaException(code), false);
        var failed = Assert.Single(await engine.Runner.RunDueAsync(Stop));
        Assert.Equal((0, kind, $"{code}"), (failed.Delivered, failed.Failure!.Kind, failed.Failure.Code));
        Assert.Equal("abort", engine.Transactions.Calls[^1]);
        Assert.Null((await MarkAsync(engine)).Delivered);
    }

    [Fact]
    public async Task After_a_commit_without_an_answer_the_number_decides_that_it_was_made()
    {
        using var engine = Engine();
        engine.Transactions.CommitFails = (new UnknownOutcomeException(), true);
        var report = Assert.Single(await engine.Runner.RunDueAsync(Stop));
        Assert.True(report.IsDelivered);
        Assert.Equal(["begin", $"commit {First.UnixSeconds}", "session"], engine.Transactions.Calls[2..]);
        Assert.Equal((First, 1, Batch), await MarkAsync(engine));
        Assert.Empty(await engine.Runner.RunDueAsync(Stop));
        Assert.Equal(Batch, engine.Sender.Messages.Count);
    }

    [Fact]
    public async Task After_a_commit_without_an_answer_the_number_decides_that_it_was_not_made()
    {
        using var engine = Engine();
        engine.Transactions.CommitFails = (new UnknownOutcomeException(), false);
        var failed = Assert.Single(await engine.Runner.RunDueAsync(Stop));
        Assert.Equal((0, "commit-unknown"), (failed.Delivered, failed.Failure!.Code));
        Assert.DoesNotContain("abort", engine.Transactions.Calls);

        engine.Transactions.CommitFails = null;
        Assert.True(Assert.Single(await engine.Runner.RunDueAsync(Stop)).IsDelivered);
        Assert.Equal(Batch, engine.Transactions.Committed.Count);
    }

    [Fact]
    public async Task Where_nobody_answers_after_it_either_the_next_run_finds_it_committed_and_produces_nothing_again()
    {
        using var engine = Engine();
        engine.Transactions.CommitFails = (new UnknownOutcomeException(), true);
        engine.Sender.Produced = () => engine.Transactions.SessionFails = new KafkaException(ErrorCode.Local_AllBrokersDown);
        var failed = Assert.Single(await engine.Runner.RunDueAsync(Stop));
        Assert.Equal((0, "commit-unknown"), (failed.Delivered, failed.Failure!.Code));

        engine.Transactions.SessionFails = null;
        Assert.Empty(await engine.Runner.RunDueAsync(Stop));
        Assert.Equal(Batch, engine.Sender.Messages.Count);
        Assert.Equal((First, 1, Batch), await MarkAsync(engine));
        Assert.Equal(1, (await engine.Progress.ReadAsync(Stop)).RecoveredTicks);
    }

    [Fact]
    public async Task A_commit_that_never_ends_is_given_up_with_the_ticks_time()
    {
        using var engine = Engine(("KAFKA_TIMEOUT", "20s"));
        engine.Transactions.CommitHangs = true;
        var running = engine.Runner.RunDueAsync(Stop);
        await engine.Transactions.Hanging.Task;
        engine.Time.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal("commit-unknown", Assert.Single(await running).Failure!.Code);
    }

    [Fact]
    public async Task A_commit_that_the_number_decides_is_of_the_cluster_that_has_the_number()
    {
        using var engine = Engine();
        var clusters = new Queue<string>(["one", "other"]);
        engine.Opening = () => engine.Transactions.Sender = new CollectingSender { Transactions = engine.Transactions, ClusterId = clusters.Dequeue() };
        engine.Transactions.CommitFails = (new UnknownOutcomeException(), true);
        var report = await engine.Producer.ProduceAsync(First, Batch, TimeSpan.FromSeconds(30), Stop);
        Assert.Equal((true, "other"), (report.IsDelivered, report.ClusterId));
    }

    [Fact]
    public async Task Credentials_that_the_brokers_refuse_end_the_wait_for_a_session()
    {
        using var engine = Engine();
        engine.Transactions.SessionHangs = true;
        var running = engine.Runner.RunDueAsync(Stop);
        await engine.Transactions.Hanging.Task.WaitAsync(Wait.Patience, TimeProvider.System, Stop);
        engine.Sender.Refuse();
        var failed = Assert.Single(await running.WaitAsync(Wait.Patience, TimeProvider.System, Stop));
        Assert.Equal((FailureKind.Authentication, "Local_Authentication", 1), (failed.Failure!.Kind, failed.Failure.Code, engine.Sender.Disposals));
    }

    [Fact]
    public async Task A_fault_of_TLS_ends_the_wait_for_a_session_and_other_credentials_are_asked_for()
    {
        using var engine = Engine(("KEY_VAULT_URI", "https://shoes.vault.azure.net"));
        var vault = new VaultDouble { Secrets = { ["kafka-api-key"] = "hush-k1", ["kafka-api-secret"] = "hush-k2" } };
        engine.Vault = vault;
        engine.Transactions.SessionHangs = true;
        await engine.Connections.SenderAsync(Stop);
        engine.Time.Advance(CredentialSource.RereadInterval);
        var reads = vault.Reads;
        var running = engine.Runner.RunDueAsync(Stop);
        await engine.Transactions.Hanging.Task.WaitAsync(Wait.Patience, TimeProvider.System, Stop);
        engine.Sender.ConnectionErrors.Add(new KafkaCause(ErrorCode.Local_Ssl, TlsFault.Expired));
        engine.Time.Advance(TimeSpan.FromSeconds(2));
        var failed = Assert.Single(await running.WaitAsync(Wait.Patience, TimeProvider.System, Stop));
        Assert.Equal((FailureKind.Tls, TlsFault.Expired.Code(), 1), (failed.Failure!.Kind, failed.Failure.Code, engine.Sender.Disposals));
        Assert.True(vault.Reads > reads, "the vault is not read again");
    }

    [Fact]
    public async Task A_mark_that_is_older_than_the_number_is_brought_up_to_it_with_the_ticks_counts()
    {
        using var engine = Engine(("FAULTS", "missing=20,repeated=10"));
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
        using var engine = Engine(("CATCH_UP_LIMIT", "2"));
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
        using var engine = Engine();
        Assert.Single(await engine.Runner.RunDueAsync(Stop));
        engine.Transactions.Number = First.UnixSeconds - 100;
        engine.Time.SetUtcNow(First.Time.AddSeconds(11));
        Assert.Equal(First.UnixSeconds + 10, Assert.Single(await engine.Runner.RunDueAsync(Stop)).Tick.UnixSeconds);
        Assert.Equal(0, (await engine.Progress.ReadAsync(Stop)).RecoveredTicks);
    }

    [Fact]
    public async Task Where_the_progress_is_lost_the_number_says_where_to_go_on()
    {
        using var engine = Engine();
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
        using var engine = Engine(store);
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
        using var engine = Engine(store);
        engine.Transactions.Number = First.UnixSeconds - 20;
        var failed = Assert.Single(await engine.Runner.RunDueAsync(Stop));
        Assert.Equal("newer-version", failed.Failure!.Code);
        Assert.Null((await store.Inner.ReadAsync(Stop)).HighWater);
    }

    [Fact]
    public async Task What_another_instance_recovers_meanwhile_counts_once()
    {
        var store = new WatchedProgressStore();
        using var engine = Engine(store);
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
        using var engine = Engine(store);
        engine.Sender.ClusterId = "one";
        await store.Inner.UpdateAsync(state => state.With(Delivered(First)), Stop);
        engine.Transactions.Number = First.UnixSeconds;
        Assert.Empty(await engine.Runner.RunDueAsync(Stop));
        Assert.Equal((1, 0), (store.Moves, store.Updates));
        Assert.DoesNotContain(engine.Log.Lines, line => line.Event == 115);
    }

    [Fact]
    public async Task A_number_of_a_schedule_before_is_where_to_go_on_and_no_tick()
    {
        using var engine = Engine();
        engine.Transactions.Number = First.UnixSeconds - 13;
        Assert.Equal([-10L, 0], (await engine.Runner.RunDueAsync(Stop)).Select(report => report.Tick.UnixSeconds - First.UnixSeconds));
        Assert.Equal((First, 2, 2 * Batch), await MarkAsync(engine));
        Assert.Equal(0, (await engine.Progress.ReadAsync(Stop)).RecoveredTicks);
    }

    [Fact]
    public async Task A_tick_as_large_as_there_are_is_recovered_with_all_its_shoes()
    {
        using var engine = Engine(("BATCH_SIZE", $"{Tick.MaxShoes}"), ("KAFKA_TIMEOUT", "10m"));
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
        using var engine = Engine();
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

    [Fact]
    public async Task One_that_is_told_to_stop_aborts()
    {
        using var engine = Engine();
        using var stop = new CancellationTokenSource();
        engine.Sender.Produced = stop.Cancel;
        var cut = Assert.Single(await engine.Runner.RunDueAsync(stop.Token));
        Assert.Equal((0, FailureKind.Cancelled), (cut.Delivered, cut.Failure!.Kind));
        Assert.Equal("abort", engine.Transactions.Calls[^1]);
        Assert.Equal(LogLevel.Warning, Assert.Single(engine.Log.Lines, line => line.Event == 101).Level);
    }

    [Fact]
    public async Task One_that_is_told_to_stop_after_a_tick_was_committed_aborts_the_next_alone()
    {
        using var engine = Engine();
        engine.Transactions.Number = First.UnixSeconds - 20;
        using var stop = new CancellationTokenSource();
        engine.Sender.Produced = () =>
        {
            if (engine.Sender.Messages.Count > Batch)
                stop.Cancel();
        };
        var reports = await engine.Runner.RunDueAsync(stop.Token);
        Assert.Equal([(Batch, null), (0, FailureKind.Cancelled)], reports.Select(report => (report.Delivered, report.Failure?.Kind)));
        Assert.Equal(Batch, engine.Transactions.Committed.Count);
    }

    [Fact]
    public async Task A_fenced_instance_stops_says_who_is_right_and_stands_by_while_the_other_one_commits()
    {
        using var engine = Engine(("KAFKA_TIMEOUT", "5s"));
        engine.Transactions.CommitFails = (new KafkaException(new Error(ErrorCode.Local_Fenced, "fenced", isFatal: true)), false);
        var failed = Assert.Single(await engine.Runner.RunDueAsync(Stop));
        Assert.Equal((FailureKind.Fatal, "Local_Fenced", false), (failed.Failure!.Kind, failed.Failure.Code, failed.Failure.Recoverable));
        Assert.StartsWith("Another instance produces with the transactional id shoes-js_shoe", failed.Failure.Advice, StringComparison.Ordinal);
        Assert.Contains(engine.Log.Lines, line => line.Event == 116);
        engine.Transactions.CommitFails = null;
        var calls = engine.Transactions.Calls.Count;

        // The other one commits a tick every ten seconds: for a minute this one does nothing.
        for (var second = 10; second <= 60; second += 10)
        {
            engine.Transactions.Number = First.UnixSeconds + second;
            engine.Time.SetUtcNow(First.Time.AddSeconds(second + 1));
            Assert.Empty(await engine.Runner.RunDueAsync(Stop));
        }

        Assert.Equal(calls, engine.Transactions.Calls.Count);

        // It is gone, or the brokers are: after twice the time of a tick this one goes on where that one ended.
        engine.Time.SetUtcNow(First.Time.AddSeconds(75));
        engine.Transactions.AskFails = new FailureException(failed.Failure);
        Assert.Empty(await engine.Runner.RunDueAsync(Stop));
        engine.Time.SetUtcNow(First.Time.AddSeconds(82));
        Assert.Equal([70L, 80], (await engine.Runner.RunDueAsync(Stop)).Select(report => report.Tick.UnixSeconds - First.UnixSeconds));
        Assert.Contains(engine.Log.Lines, line => line.Event == 117);
        Assert.Equal(7, (await engine.Progress.ReadAsync(Stop)).RecoveredTicks);
    }

    [Theory]
    [InlineData("FAN_OUT_ABOVE", "5", "FAN_OUT_ABOVE is set, and DELIVERY is exactly-once")]
    [InlineData("KAFKA_RETRY_MAX", "0", "KAFKA_RETRY_MAX is 0, and DELIVERY is exactly-once")]
    [InlineData("KAFKA_TIMEOUT", "15m", "KAFKA_TIMEOUT is longer than 890s, and DELIVERY is exactly-once")]
    [InlineData("DELIVERY", "twice", "DELIVERY: 'twice'; accepted is at-least-once or exactly-once")]
    public void What_does_not_go_together_stops_the_start(string setting, string value, string text)
    {
        using var engine = Engine((setting, value));
        Assert.StartsWith(text, Assert.Single(Assert.Throws<SettingsException>(() => engine.Options).Failures), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("* * * * * *", "5s", 60)]
    [InlineData("0 */5 * * * *", "30s", 310)]
    [InlineData("0 0 0 * * *", "30s", 900)]
    [InlineData("* * * * * *", "14m", 850)]
    public void A_transaction_may_be_open_for_longer_than_a_tick_takes_and_no_longer_than_brokers_allow(string schedule, string timeout, int seconds)
    {
        using var engine = Engine(("PRODUCE_SCHEDULE", schedule), ("KAFKA_TIMEOUT", timeout));
        var config = KafkaSender.Config(engine.KafkaOptions, PeerCredentials.None, allowInsecure: true);
        Assert.Equal(("shoes-js_shoe", seconds * 1000), (config.TransactionalId, config.TransactionTimeoutMs));
        Assert.True(config.MessageTimeoutMs <= config.TransactionTimeoutMs);
        Assert.Equal(("shoes-js_shoe-replay", null), engine.KafkaOptions.Transactions!.ForReplay is var replay ? (replay.Id, replay.Group) : default);
    }

    [Theory]
    [InlineData("5s", 20)]
    [InlineData("2m", 240)]
    public async Task The_other_one_is_waited_for_as_long_as_two_ticks_or_two_deliveries_may_take_after_it_was_seen(string timeout, int seconds)
    {
        using var engine = Engine(("KAFKA_TIMEOUT", timeout));
        engine.Transactions.CommitFails = (new KafkaException(new Error(ErrorCode.Local_Fenced, "fenced", isFatal: true)), false);
        await engine.Runner.RunDueAsync(Stop);
        (engine.Transactions.CommitFails, engine.Transactions.Number) = (null, First.UnixSeconds);

        // The first number that is seen may be an old one.
        var fenced = engine.Time.GetUtcNow();
        engine.Time.SetUtcNow(fenced.AddSeconds(3));
        Assert.Empty(await engine.Runner.RunDueAsync(Stop));
        engine.Time.SetUtcNow(fenced.AddSeconds(seconds - 1));
        Assert.Empty(await engine.Runner.RunDueAsync(Stop));
        engine.Time.SetUtcNow(fenced.AddSeconds(seconds));
        Assert.NotEmpty(await engine.Runner.RunDueAsync(Stop));
        Assert.StartsWith($"the other instance has committed no tick for {seconds} s: this one goes on", Assert.Single(engine.Log.Lines, line => line.Event == 117).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_fails_otherwise_leaves_it_to_nobody()
    {
        using var engine = Engine();
        engine.Transactions.CommitFails = (new KafkaException(ErrorCode.GroupCoordinatorNotAvailable), false);
        Assert.Single(await engine.Runner.RunDueAsync(Stop));
        engine.Transactions.CommitFails = null;
        Assert.True(Assert.Single(await engine.Runner.RunDueAsync(Stop)).IsDelivered);
        Assert.DoesNotContain(engine.Log.Lines, line => line.Event == 116);
    }

    private static TickReport Delivered(Tick tick) => new() { Tick = tick, Shoes = Batch, Delivered = Batch, StartedAt = tick.Time, Duration = TimeSpan.FromSeconds(1) };

    private static TestEngine Engine(params (string, string)[] settings) => Engine(new MemoryProgressStore(), settings);

    private static TestEngine Engine(IProgressStore store, params (string, string)[] settings) =>
        new(store, [("DELIVERY", "exactly-once"), ("BATCH_SIZE", $"{Batch}"), .. settings]);

    private static async Task<(Tick? Mark, long Ticks, long? Delivered)> MarkAsync(TestEngine engine)
    {
        var state = await engine.Progress.ReadAsync(Stop);
        return (state.Ticks == 0 ? null : state.HighWater, state.Ticks, state.Delivered == 0 ? null : state.Delivered);
    }
}
