using System.Net;
using System.Text;
using Confluent.Kafka;
using Google.Protobuf;
using Main;
using ShoeFunctions.Engine.Credentials;
using ShoeFunctions.Engine.Failures;
using ShoeFunctions.Engine.Kafka;
using ShoeFunctions.Engine.Network;
using ShoeFunctions.Engine.Shoes;
using ShoeFunctions.Engine.Tests.Credentials;
using ShoeFunctions.Engine.Tests.Doubles;
using ShoeFunctions.Engine.Tests.Processes;
using ShoeFunctions.Engine.Ticks;

namespace ShoeFunctions.Engine.Tests.Delivery;

public sealed class ShoeProducerTests
{
    private static readonly Tick SomeTick = Tick.At(new DateTimeOffset(2026, 11, 23, 14, 0, 0, TimeSpan.Zero));
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(5);

    [Fact]
    public async Task Every_shoe_of_the_tick_is_sent_once_and_counted()
    {
        using var engine = new TestEngine();
        var report = await ProduceAsync(engine, 1000);

        Assert.Equal((1000, 1000, 0, true), (report.Shoes, report.Delivered, report.Failed, report.IsDelivered));
        Assert.Equal(engine.Sender.Messages.Sum(message => (long)message.Value.Length), report.Bytes);
        Assert.Equal(Enumerable.Range(0, 1000).Select(SomeTick.ShoeId), Shoes(engine).Select(shoe => shoe.Id));
        Assert.Null(report.Failure);
        Assert.Equal([.. Enumerable.Range(0, 6)], report.Partitions.Select(partition => partition.Partition));
        Assert.Equal(1000, report.Partitions.Sum(partition => partition.Count));
        Assert.All(report.Partitions, partition => Assert.Equal((0, partition.Count - 1), (partition.First, partition.Last)));
    }

    [Fact]
    public async Task After_a_fault_of_TLS_certificates_are_asked_for_again()
    {
        using var engine = new TestEngine(("KEY_VAULT_URI", "https://shoes.vault.azure.net"));
        var vault = new VaultDouble { Secrets = { ["kafka-api-key"] = "hush-k1", ["kafka-api-secret"] = "hush-k2", ["schema-registry-api-key"] = "hush-r1", ["schema-registry-api-secret"] = "hush-r2" } };
        engine.Vault = vault;
        Assert.True((await ProduceAsync(engine, 3)).IsDelivered);
        foreach (var (outcome, asks) in ((ErrorCode, bool)[])[(ErrorCode.NoError, false), (ErrorCode.Local_MsgTimedOut, false), (ErrorCode.Local_Ssl, true)])
        {
            engine.Time.Advance(CredentialSource.RereadInterval);
            engine.Sender.Outcome = _ => outcome;
            var reads = vault.Reads;
            await ProduceAsync(engine, 3);
            Assert.Equal((outcome, asks), (outcome, vault.Reads > reads));
        }
    }

    [Fact]
    public async Task A_record_has_the_shoe_the_three_headers_and_the_ticks_time()
    {
        using var engine = new TestEngine();
        await ProduceAsync(engine, 3);
        var generator = new ShoeGenerator(0);
        Assert.All(engine.Sender.Messages.Index(), sent =>
        {
            var shoe = generator.Shoe(SomeTick, sent.Index);
            Assert.Equal([0, 0, 0, 0, RegistryDouble.SchemaId, 0, .. shoe.ToMessage().ToByteArray()], sent.Item.Value);
            Assert.Equal(SomeTick.Time.ToUnixTimeMilliseconds(), sent.Item.TimestampMs);
            Assert.Equal(
                [("content-type", "application/x-protobuf"), ("shoe-id", $"{shoe.Id}"), ("shoe-brand", shoe.Model.Brand)],
                sent.Item.Headers.Select(header => (header.Key, Encoding.UTF8.GetString(header.Value))));
            Assert.Null(sent.Item.Key);
        });
    }

    [Theory]
    [InlineData("id")]
    [InlineData("brand")]
    public async Task The_key_is_what_the_setting_says(string setting)
    {
        using var engine = new TestEngine(("KAFKA_MESSAGE_KEY", setting));
        await ProduceAsync(engine, 50);
        Assert.Equal(
            Shoes(engine).Select(shoe => setting == "id" ? $"{shoe.Id}" : shoe.Brand),
            engine.Sender.Messages.Select(message => Encoding.UTF8.GetString(message.Key!)));
    }

    [Fact]
    public async Task A_tick_produced_twice_gives_the_same_bytes()
    {
        using var one = new TestEngine();
        using var other = new TestEngine();
        await ProduceAsync(one, 500);
        await ProduceAsync(other, 500);
        Assert.Equal(one.Sender.Messages.Select(message => message.Value), other.Sender.Messages.Select(message => message.Value));
    }

    [Fact]
    public async Task Delivered_and_failed_always_add_up()
    {
        using var engine = new TestEngine();
        engine.Sender.Outcome = index => index % 10 == 3 ? ErrorCode.TopicAuthorizationFailed : ErrorCode.NoError;
        var report = await ProduceAsync(engine, 100_000);

        Assert.Equal(engine.Sender.Messages.Where((_, index) => index % 10 != 3).Count(), report.Delivered);
        Assert.Equal(100_000, report.Delivered + report.Failed);
        Assert.Equal((FailureKind.Authorization, "TopicAuthorizationFailed"), (report.Failure!.Kind, report.Failure.Code));
    }

    [Fact]
    public async Task After_a_failure_no_more_sends_are_started_because_the_whole_tick_comes_again()
    {
        using var engine = new TestEngine();
        engine.Sender.Outcome = _ => ErrorCode.Local_MsgTimedOut;
        var report = await ProduceAsync(engine, Tick.MaxShoes);
        Assert.InRange(engine.Sender.Messages.Count, 1, KafkaSender.QueueSize);
        Assert.Equal(Tick.MaxShoes, report.Failed);
    }

    [Fact]
    public async Task A_full_queue_waits_and_nothing_is_lost()
    {
        using var engine = new TestEngine();
        engine.Sender.Refusal = call => call % 7 == 6 ? ErrorCode.Local_QueueFull : ErrorCode.NoError;
        var report = await ProduceAsync(engine, 5000);
        Assert.Equal(5000, report.Delivered);
        Assert.Equal(Enumerable.Range(0, 5000).Select(SomeTick.ShoeId), Shoes(engine).Select(shoe => shoe.Id));
    }

    [Fact]
    public async Task A_queue_that_others_have_filled_is_waited_for_until_it_has_room()
    {
        using var engine = new TestEngine();
        engine.Sender.Refusal = call => call < 3 ? ErrorCode.Local_QueueFull : ErrorCode.NoError;
        var report = await ProduceAsync(engine, 1);
        Assert.Equal((4, 1), (engine.Sender.Calls, report.Delivered));
    }

    [Fact]
    public async Task A_queue_that_stays_full_fails_the_tick_at_its_deadline()
    {
        using var engine = new TestEngine();
        engine.Sender.Refusal = _ => ErrorCode.Local_QueueFull;
        await engine.Producer.PrepareAsync(TestContext.Current.CancellationToken);
        var producing = ProduceAsync(engine, 1);
        await Wait.UntilAsync(() => engine.Sender.Calls > 1);
        engine.Time.Advance(Deadline);
        Assert.Equal((1, "Local_MsgTimedOut"), ((await producing).Failed, (await producing).Failure!.Code));
    }

    [Fact]
    public async Task A_send_that_cannot_be_started_has_failed()
    {
        using var engine = new TestEngine();
        engine.Sender.Refusal = call => call == 10 ? ErrorCode.Local_Fatal : ErrorCode.NoError;
        var report = await ProduceAsync(engine, 20);
        Assert.Equal((10, 10, FailureKind.Fatal), (report.Delivered, report.Failed, report.Failure!.Kind));
    }

    [Fact]
    public async Task No_more_than_the_limit_is_under_way_at_once()
    {
        using var engine = new TestEngine();
        engine.Sender.Holds = true;
        await engine.Producer.PrepareAsync(TestContext.Current.CancellationToken);
        var producing = ProduceAsync(engine, KafkaSender.QueueSize * 2);
        await Wait.UntilAsync(() => engine.Sender.Calls > KafkaSender.QueueSize);
        Assert.False(producing.IsCompleted);

        engine.Sender.Release();
        Assert.Equal(KafkaSender.QueueSize * 2, (await producing).Delivered);
        Assert.Equal(KafkaSender.QueueSize, engine.Sender.MostInFlight);
    }

    [Fact]
    public async Task At_the_deadline_what_has_no_report_has_failed()
    {
        using var engine = new TestEngine();
        engine.Sender.Holds = true;
        await engine.Producer.PrepareAsync(TestContext.Current.CancellationToken);
        engine.Sender.ConnectionErrors.Add(ErrorCode.Local_AllBrokersDown);
        var producing = await UnderWayAsync(engine, 10);
        engine.Time.Advance(Deadline);
        var report = await producing;
        Assert.Equal((0, 10), (report.Delivered, report.Failed));
        Assert.Equal((FailureKind.Network, "Local_AllBrokersDown"), (report.Failure!.Kind, report.Failure.Code));
        Assert.Equal(Deadline, report.Duration);
    }

    [Fact]
    public async Task Where_no_report_comes_for_a_while_the_sender_is_to_look_why()
    {
        using var engine = new TestEngine();
        engine.Sender.Holds = true;
        await engine.Producer.PrepareAsync(TestContext.Current.CancellationToken);
        var producing = await UnderWayAsync(engine, 10);
        engine.Time.Advance(TimeSpan.FromSeconds(2) - TimeSpan.FromTicks(1));
        Assert.Equal(0, engine.Sender.Looks);
        engine.Time.Advance(TimeSpan.FromTicks(1));
        Assert.Equal(1, engine.Sender.Looks);

        engine.Sender.Release();
        Assert.True((await producing).IsDelivered);
        engine.Time.Advance(Deadline);
        Assert.Equal(1, engine.Sender.Looks);
    }

    [Theory]
    [InlineData(TlsFault.UnknownAuthority)]
    [InlineData(TlsFault.WrongHost)]
    [InlineData(TlsFault.Expired)]
    [InlineData(TlsFault.PlaintextPeer)]
    [InlineData(TlsFault.TlsPeer)]
    public async Task A_fault_of_TLS_ends_a_tick_of_which_nothing_has_come_back(TlsFault fault)
    {
        using var engine = new TestEngine();
        engine.Sender.Holds = true;
        await engine.Producer.PrepareAsync(TestContext.Current.CancellationToken);
        var producing = ProduceAsync(engine, 10);
        engine.Time.Advance(TimeSpan.FromSeconds(2));
        engine.Sender.ConnectionErrors.Add(new KafkaCause(ErrorCode.Local_Ssl, fault));
        engine.Time.Advance(TimeSpan.FromSeconds(1));
        var report = await producing.WaitAsync(Wait.Patience, TimeProvider.System, TestContext.Current.CancellationToken);
        Assert.Equal((10, FailureKind.Tls, fault.Code()), (report.Failed, report.Failure!.Kind, report.Failure.Code));
        Assert.Equal((TimeSpan.FromSeconds(3), 1), (report.Duration, engine.Sender.Disposals));
    }

    [Fact]
    public async Task A_fault_of_TLS_at_one_broker_ends_no_tick_that_others_take()
    {
        using var engine = new TestEngine();
        engine.Sender.Holds = true;
        await engine.Producer.PrepareAsync(TestContext.Current.CancellationToken);
        engine.Sender.ConnectionErrors.Add(new KafkaCause(ErrorCode.Local_Ssl, TlsFault.Expired));
        var producing = await OneIsAcknowledgedAsync(engine);
        engine.Time.Advance(TimeSpan.FromSeconds(3));
        engine.Sender.Release();
        Assert.True((await producing).IsDelivered);
    }

    [Fact]
    public async Task A_tick_that_is_reported_is_not_looked_after()
    {
        using var engine = new TestEngine();
        engine.Sender.Holds = true;
        await engine.Producer.PrepareAsync(TestContext.Current.CancellationToken);
        var producing = await OneIsAcknowledgedAsync(engine);
        engine.Time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(0, engine.Sender.Looks);
        engine.Sender.Release();
        Assert.True((await producing).IsDelivered);
    }

    [Fact]
    public async Task Credentials_that_the_brokers_refuse_end_the_tick_where_there_are_no_others()
    {
        using var engine = new TestEngine();
        engine.Sender.Holds = true;
        await engine.Producer.PrepareAsync(TestContext.Current.CancellationToken);
        var producing = ProduceAsync(engine, 10);
        engine.Sender.Refuse();
        var report = await producing.WaitAsync(Wait.Patience, TimeProvider.System, TestContext.Current.CancellationToken);
        Assert.Equal((10, FailureKind.Authentication, "Local_Authentication"), (report.Failed, report.Failure!.Kind, report.Failure.Code));
        Assert.Equal((TimeSpan.Zero, 1), (report.Duration, engine.Sender.Disposals));
    }

    [Fact]
    public async Task A_tick_that_has_ended_holds_on_to_nothing()
    {
        using var engine = new TestEngine();
        var sender = new WeakReference(null);
        engine.Opening = () =>
        {
            var failing = new CollectingSender { Outcome = _ => ErrorCode.Local_MsgTimedOut };
            sender.Target = failing;
            return failing;
        };
        await ProduceAsync(engine, 10);
        await Wait.UntilAsync(() =>
        {
            GC.Collect();
            return !sender.IsAlive;
        });
    }

    [Fact]
    public async Task What_the_client_has_freed_is_handed_back_after_a_tick()
    {
        using var engine = new TestEngine();
        await ProduceAsync(engine, 1);
        Assert.False(engine.Producer.Memory.HandBack(isMuch: false));
    }

    [Fact]
    public async Task A_report_that_comes_after_the_end_changes_nothing()
    {
        using var engine = new TestEngine();
        engine.Sender.Holds = true;
        await engine.Producer.PrepareAsync(TestContext.Current.CancellationToken);
        var producing = await UnderWayAsync(engine, 10);
        engine.Time.Advance(Deadline);
        var report = await producing;
        engine.Sender.Release();
        Assert.Equal((0, 10), (report.Delivered, report.Failed));
    }

    [Fact]
    public async Task Told_to_stop_it_starts_no_more_and_counts_what_is_acknowledged_in_time()
    {
        using var engine = new TestEngine();
        var report = await ToldToStopAsync(engine, Tick.MaxShoes, engine.Sender.Release);
        Assert.Equal((KafkaSender.QueueSize, Tick.MaxShoes - KafkaSender.QueueSize), (report.Delivered, report.Failed));
        Assert.Equal(FailureKind.Cancelled, report.Failure!.Kind);
    }

    [Fact]
    public async Task Told_to_stop_between_two_sends_it_waits_for_what_was_sent()
    {
        using var engine = new TestEngine();
        using var stop = new CancellationTokenSource();
        engine.Sender.Holds = true;
        engine.Sender.Produced = () =>
        {
            if (engine.Sender.Messages.Count == 50)
                stop.Cancel();
        };
        var producing = engine.Producer.ProduceAsync(SomeTick, 100, Deadline, stop.Token);
        await Wait.UntilAsync(() => stop.IsCancellationRequested);
        engine.Sender.Release();
        var report = await producing.WaitAsync(Wait.Patience, TimeProvider.System, TestContext.Current.CancellationToken);
        Assert.Equal((50, 50, FailureKind.Cancelled), (report.Delivered, report.Failed, report.Failure!.Kind));
    }

    [Fact]
    public async Task Told_to_stop_a_tick_whose_last_shoes_are_acknowledged_in_time_has_not_failed()
    {
        using var engine = new TestEngine();
        var report = await ToldToStopAsync(engine, 10, engine.Sender.Release);
        Assert.Equal((10, true, null), (report.Delivered, report.IsDelivered, report.Failure));
    }

    [Fact]
    public async Task Told_to_stop_it_waits_no_longer_than_the_flush_may_take()
    {
        using var engine = new TestEngine();
        var report = await ToldToStopAsync(engine, 10, () => { });
        Assert.Equal(10, report.Failed);
    }

    [Fact]
    public async Task A_producer_with_sends_under_way_is_given_up_lest_they_be_delivered_beside_the_ticks_next_run()
    {
        using var engine = new TestEngine();
        await ToldToStopAsync(engine, 10, () => { });
        Assert.Equal(1, engine.Sender.Disposals);
    }

    [Fact]
    public async Task Told_to_stop_a_producer_that_has_nothing_under_way_is_kept_and_its_tick_is_of_no_cluster()
    {
        using var engine = new TestEngine();
        engine.Sender.ClusterId = "one";
        var report = await ToldToStopAsync(engine, Tick.MaxShoes, engine.Sender.Release);
        Assert.Equal((FailureKind.Cancelled, null), (report.Failure!.Kind, report.ClusterId));
        Assert.Equal(0, engine.Sender.Disposals);
    }

    [Fact]
    public async Task A_sender_that_cannot_be_opened_for_whatever_reason_fails_the_tick_and_does_not_throw()
    {
        using var engine = new TestEngine { Opening = () => throw new TypeInitializationException("Some.Library", new DllNotFoundException("/hush/librdkafka.so")) };
        var report = await ProduceAsync(engine, 10);
        Assert.Equal((0, 10, FailureKind.Unknown, "DllNotFoundException"), (report.Delivered, report.Failed, report.Failure!.Kind, report.Failure.Code));
        Assert.DoesNotContain("hush", report.Failure.Advice, StringComparison.Ordinal);

        engine.Opening = () => throw new KafkaException(ErrorCode.Local_InvalidArg);
        Assert.Equal("Local_InvalidArg", (await ProduceAsync(engine, 10)).Failure!.Code);
        // Of what could not be opened no cause is known that would explain a time-out.
        engine.Opening = () => throw new KafkaException(ErrorCode.Local_TimedOut);
        Assert.Equal("Local_TimedOut", (await ProduceAsync(engine, 10)).Failure!.Code);
        engine.Opening = null;
        Assert.True((await ProduceAsync(engine, 10)).IsDelivered);
    }

    [Fact]
    public async Task A_registry_that_refuses_fails_the_tick_with_its_cause()
    {
        using var engine = new TestEngine();
        engine.Registry.Fault = (HttpStatusCode.Unauthorized, """{"error_code":401,"message":"hush"}""");
        var report = await ProduceAsync(engine, 10);
        Assert.Equal((0, 10, FailureKind.Authentication), (report.Delivered, report.Failed, report.Failure!.Kind));
        Assert.Empty(engine.Sender.Messages);

        engine.Registry.Fault = null;
        Assert.True((await ProduceAsync(engine, 10)).IsDelivered);
    }

    [Fact]
    public async Task At_the_deadline_a_registry_that_was_failing_until_then_is_the_cause()
    {
        using var engine = new TestEngine();
        engine.Registry.Fault = (HttpStatusCode.ServiceUnavailable, "");
        var producing = engine.Producer.ProduceAsync(SomeTick, 10, TimeSpan.FromSeconds(1), TestContext.Current.CancellationToken);
        // It waits before it asks again, for the first time a quarter of a second.
        await Wait.UntilAsync(() => engine.Time.Timers.Contains(TimeSpan.FromMilliseconds(250)));
        engine.Time.Advance(TimeSpan.FromSeconds(1));
        var report = await producing;
        Assert.Equal((10, FailureSource.SchemaRegistry, FailureKind.ServerError), (report.Failed, report.Failure!.Source, report.Failure.Kind));
        Assert.Equal(TimeSpan.FromSeconds(1), report.Duration);
    }

    [Fact]
    public async Task A_subject_with_a_rule_set_is_refused_rather_than_framed_wrongly()
    {
        using var engine = new TestEngine();
        engine.Registry.Rules = """{"domainRules":[{"name":"encrypt","kind":"TRANSFORM","mode":"WRITEREAD","type":"ENCRYPT","tags":["PII"]}]}""";
        var report = await ProduceAsync(engine, 10);
        Assert.Equal((0, FailureKind.Invalid, "rule-set"), (report.Delivered, report.Failure!.Kind, report.Failure.Code));
        Assert.Contains("js_shoe-value", report.Failure.Advice, StringComparison.Ordinal);
        Assert.Empty(engine.Sender.Messages);
    }

    [Fact]
    public async Task The_registry_is_asked_once_however_many_ticks_there_are()
    {
        using var engine = new TestEngine();
        await ProduceAsync(engine, 1);
        var calls = engine.Registry.Calls.Count;
        await ProduceAsync(engine, 1);
        Assert.Equal(calls, engine.Registry.Calls.Count);
    }

    [Fact]
    public async Task The_registry_is_asked_once_however_many_ask_at_once()
    {
        using var engine = new TestEngine();
        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => engine.Producer.PrepareAsync(TestContext.Current.CancellationToken)));
        Assert.Equal(2, engine.Registry.Calls.Count);
    }

    [Fact]
    public async Task Where_none_is_to_be_registered_a_schema_that_is_missing_fails_the_tick()
    {
        using var engine = new TestEngine(("SCHEMA_AUTO_REGISTER", "false"));
        engine.Registry.Fault = (HttpStatusCode.NotFound, """{"error_code":40403,"message":"Schema not found"}""");
        var report = await ProduceAsync(engine, 10);
        Assert.Equal((10, FailureSource.SchemaRegistry, FailureKind.NotFound), (report.Failed, report.Failure!.Source, report.Failure.Kind));
        Assert.Equal(["POST /subjects/js_shoe-value"], engine.Registry.Calls);
    }

    [Theory]
    [InlineData("true")]
    [InlineData("false")]
    public async Task A_schema_that_is_there_is_only_looked_up(string autoRegister)
    {
        using var engine = new TestEngine(("SCHEMA_AUTO_REGISTER", autoRegister));
        await ProduceAsync(engine, 1);
        Assert.Equal(["POST /subjects/js_shoe-value", "GET /subjects/js_shoe-value/versions/latest"], engine.Registry.Calls);
    }

    /// <summary>A tick that is told to stop while the reports of all that was sent are held back.</summary>
    private static async Task<TickReport> ToldToStopAsync(TestEngine engine, int count, Action then)
    {
        using var stop = new CancellationTokenSource();
        engine.Sender.Holds = true;
        var producing = engine.Producer.ProduceAsync(SomeTick, count, Deadline, stop.Token);
        // A full queue is tried again every 20 ms: on a slow machine more calls than one are seen at once.
        await Wait.UntilAsync(() => engine.Sender.Calls >= Math.Min(count, KafkaSender.QueueSize + 1));
        await stop.CancelAsync();
        then();
        return await Wait.PassingAsync(() => engine.Time.Advance(engine.Sender.Holds ? RunLimit.FlushTimeout : TimeSpan.Zero), producing);
    }

    /// <summary>A tick whose shoes are all sent and not reported.</summary>
    private static async Task<Task<TickReport>> UnderWayAsync(TestEngine engine, int count)
    {
        var producing = ProduceAsync(engine, count);
        await Wait.UntilAsync(() => engine.Sender.Calls == count);
        return producing;
    }

    private static async Task<Task<TickReport>> OneIsAcknowledgedAsync(TestEngine engine)
    {
        var producing = await UnderWayAsync(engine, 10);
        engine.Sender.ReleaseOne();
        await Wait.UntilAsync(() => engine.Producer.Acknowledged == 1);
        return producing;
    }

    private static Task<TickReport> ProduceAsync(TestEngine engine, int count) =>
        engine.Producer.ProduceAsync(SomeTick, count, Deadline, TestContext.Current.CancellationToken);

    private static IEnumerable<Shoe> Shoes(TestEngine engine) =>
        engine.Sender.Messages.Select(message => Shoe.Parser.ParseFrom(message.Value.AsSpan(6)));
}
