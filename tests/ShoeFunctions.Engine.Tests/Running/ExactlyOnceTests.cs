using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using ShoeFunctions.Engine.Configuration;
using ShoeFunctions.Engine.Credentials;
using ShoeFunctions.Engine.Failures;
using ShoeFunctions.Engine.Kafka;
using ShoeFunctions.Engine.Network;
using ShoeFunctions.Engine.Tests.Credentials;
using ShoeFunctions.Engine.Tests.Doubles;
using ShoeFunctions.Engine.Tests.Processes;
using static ShoeFunctions.Engine.Tests.Progress.ProgressStates;
using static ShoeFunctions.Engine.Tests.Running.ExactlyOnceEngine;

namespace ShoeFunctions.Engine.Tests.Running;

/// <summary>What holds with any brokers: the order of calls, and what becomes of every error.</summary>
public sealed class ExactlyOnceTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_tick_is_one_transaction_with_its_number_after_its_shoes()
    {
        using var engine = ExactlyOnceEngine.With();
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
        using var engine = ExactlyOnceEngine.With();
        engine.Transactions.SessionFails = new KafkaException(ErrorCode.GroupCoordinatorNotAvailable);
        var failed = await engine.Producer.ProduceAsync(First, Batch, TimeSpan.FromSeconds(30), Stop);
        Assert.Equal((0, "GroupCoordinatorNotAvailable", 1), (failed.Delivered, failed.Failure!.Code, engine.Sender.Disposals));
        Assert.Equal(["session"], engine.Transactions.Calls);
    }

    [Fact]
    public async Task Who_asks_which_tick_was_last_may_be_told_to_stop()
    {
        using var engine = ExactlyOnceEngine.With();
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
        using var engine = ExactlyOnceEngine.With(("KEY_VAULT_URI", "https://shoes.vault.azure.net"));
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
        using var engine = ExactlyOnceEngine.With();
        engine.Opening = () => throw new KafkaException(ErrorCode.Local_TimedOut);
        var failure = (await Assert.ThrowsAsync<FailureException>(() => engine.Producer.CommittedAsync(TimeSpan.FromSeconds(30), Stop))).Failure;
        Assert.Equal((FailureSource.Kafka, "Local_TimedOut"), (failure.Source, failure.Code));
    }

    [Fact]
    public async Task A_tick_of_which_a_shoe_fails_is_aborted_counts_nothing_and_is_produced_again()
    {
        using var engine = ExactlyOnceEngine.With();
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
        using var engine = ExactlyOnceEngine.With();
        engine.Transactions.CommitFails = (new KafkaException(code), false);
        var failed = Assert.Single(await engine.Runner.RunDueAsync(Stop));
        Assert.Equal((0, kind, $"{code}"), (failed.Delivered, failed.Failure!.Kind, failed.Failure.Code));
        Assert.Equal("abort", engine.Transactions.Calls[^1]);
        Assert.Null((await MarkAsync(engine)).Delivered);
    }

    [Fact]
    public async Task After_a_commit_without_an_answer_the_number_decides_that_it_was_made()
    {
        using var engine = ExactlyOnceEngine.With();
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
        using var engine = ExactlyOnceEngine.With();
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
        using var engine = ExactlyOnceEngine.With();
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
        using var engine = ExactlyOnceEngine.With(("KAFKA_TIMEOUT", "20s"));
        engine.Transactions.CommitHangs = true;
        var running = engine.Runner.RunDueAsync(Stop);
        await engine.Transactions.Hanging.Task;
        engine.Time.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal("commit-unknown", Assert.Single(await running).Failure!.Code);
    }

    [Fact]
    public async Task A_commit_that_the_number_decides_is_of_the_cluster_that_has_the_number()
    {
        using var engine = ExactlyOnceEngine.With();
        var clusters = new Queue<string>(["one", "other"]);
        engine.Opening = () => engine.Transactions.Sender = new CollectingSender { Transactions = engine.Transactions, ClusterId = clusters.Dequeue() };
        engine.Transactions.CommitFails = (new UnknownOutcomeException(), true);
        var report = await engine.Producer.ProduceAsync(First, Batch, TimeSpan.FromSeconds(30), Stop);
        Assert.Equal((true, "other"), (report.IsDelivered, report.ClusterId));
    }

    [Fact]
    public async Task Credentials_that_the_brokers_refuse_end_the_wait_for_a_session()
    {
        using var engine = ExactlyOnceEngine.With();
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
        using var engine = ExactlyOnceEngine.With(("KEY_VAULT_URI", "https://shoes.vault.azure.net"));
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
    public async Task One_that_is_told_to_stop_aborts()
    {
        using var engine = ExactlyOnceEngine.With();
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
        using var engine = ExactlyOnceEngine.With();
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

    [Theory]
    [InlineData("FAN_OUT_ABOVE", "5", "FAN_OUT_ABOVE is set, and DELIVERY is exactly-once")]
    [InlineData("KAFKA_RETRY_MAX", "0", "KAFKA_RETRY_MAX is 0, and DELIVERY is exactly-once")]
    [InlineData("KAFKA_TIMEOUT", "15m", "KAFKA_TIMEOUT is longer than 890s, and DELIVERY is exactly-once")]
    [InlineData("DELIVERY", "twice", "DELIVERY: 'twice'; accepted is at-least-once or exactly-once")]
    public void What_does_not_go_together_stops_the_start(string setting, string value, string text)
    {
        using var engine = ExactlyOnceEngine.With((setting, value));
        Assert.StartsWith(text, Assert.Single(Assert.Throws<SettingsException>(() => engine.Options).Failures), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("* * * * * *", "5s", 60)]
    [InlineData("0 */5 * * * *", "30s", 310)]
    [InlineData("0 0 0 * * *", "30s", 900)]
    [InlineData("* * * * * *", "14m", 850)]
    public void A_transaction_may_be_open_for_longer_than_a_tick_takes_and_no_longer_than_brokers_allow(string schedule, string timeout, int seconds)
    {
        using var engine = ExactlyOnceEngine.With(("PRODUCE_SCHEDULE", schedule), ("KAFKA_TIMEOUT", timeout));
        var config = KafkaSender.Config(engine.KafkaOptions, PeerCredentials.None, allowInsecure: true);
        Assert.Equal(("shoes-js_shoe", seconds * 1000), (config.TransactionalId, config.TransactionTimeoutMs));
        Assert.True(config.MessageTimeoutMs <= config.TransactionTimeoutMs);
        Assert.Equal(("shoes-js_shoe-replay", null), engine.KafkaOptions.Transactions!.ForReplay is var replay ? (replay.Id, replay.Group) : default);
    }
}
