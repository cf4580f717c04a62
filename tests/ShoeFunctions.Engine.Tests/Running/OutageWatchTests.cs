using Confluent.Kafka;
using ShoeFunctions.Engine.Failures;
using ShoeFunctions.Engine.Statistics;
using ShoeFunctions.Engine.Tests.Doubles;
using ShoeFunctions.Engine.Tests.Processes;
using ShoeFunctions.Engine.Ticks;

namespace ShoeFunctions.Engine.Tests.Running;

public sealed class OutageWatchTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Fact]
    public async Task Brokers_that_stay_away_are_said_while_the_tick_waits_and_are_over_with_the_next_acknowledgement()
    {
        using var engine = new TestEngine(("KAFKA_TIMEOUT", "5m"));
        var running = await WaitingAsync(engine, TestContext.Current.CancellationToken);
        engine.Sender.LoseBrokers();
        engine.Time.Advance(Second);
        Assert.Null((await AnswerAsync(engine)).LastFailure);
        engine.Sender.LoseBrokers();
        await UntilAsync(engine, answer => answer.LastFailure is not null);
        var failing = await AnswerAsync(engine);
        Assert.Equal((ProductionState.Failing, true, null), (failing.State, failing.LastFailure!.IsUnderWay, failing.LastFailure.OverAt));
        Assert.Equal((FailureKind.Network, "Local_AllBrokersDown"), (failing.LastFailure.Failure.Kind, failing.LastFailure.Failure.Code));
        Assert.Equal((TestEngine.Start.AddSeconds(-5), TestEngine.Start + Second), (failing.LastFailure.Tick, failing.LastFailure.At));
        Assert.Empty(failing.LastTicks);

        // One is acknowledged, and the tick goes on.
        engine.Sender.ReleaseOne();
        await Wait.UntilAsync(() => engine.Producer.Acknowledged == 1);
        engine.Time.Advance(Second);
        await UntilAsync(engine, answer => answer.LastFailure!.OverAt is not null);
        var over = await AnswerAsync(engine);
        Assert.Equal((TestEngine.Start + 2 * Second, false), (over.LastFailure!.OverAt, over.LastFailure.IsUnderWay));
        Assert.False(running.IsCompleted);

        engine.Sender.Release();
        Assert.True(Assert.Single(await running).IsDelivered);
        var delivered = await AnswerAsync(engine);
        Assert.Equal((ProductionState.Delivering, over.LastFailure), (delivered.State, delivered.LastFailure));
    }

    [Fact]
    public async Task A_second_outage_in_the_same_tick_is_said_too()
    {
        using var engine = new TestEngine(("KAFKA_TIMEOUT", "5m"));
        var running = await WaitingAsync(engine, TestContext.Current.CancellationToken);
        for (var outage = 1; outage <= 2; outage++)
        {
            engine.Sender.LoseBrokers();
            engine.Time.Advance(Second);
            engine.Sender.LoseBrokers();
            await UntilAsync(engine, answer => answer.LastFailure is { IsUnderWay: true });
            engine.Sender.ReleaseOne();
            await Wait.UntilAsync(() => engine.Producer.Acknowledged == outage);
            engine.Time.Advance(Second);
            await UntilAsync(engine, answer => answer.LastFailure is { IsUnderWay: false, OverAt: not null });
        }

        engine.Sender.Release();
        Assert.True(Assert.Single(await running).IsDelivered);
    }

    [Fact]
    public async Task Why_none_can_be_reached_is_said_where_the_client_knows()
    {
        using var engine = new TestEngine(("KAFKA_TIMEOUT", "5m"));
        var running = await WaitingAsync(engine, TestContext.Current.CancellationToken);
        engine.Sender.ConnectionErrors.Add(ErrorCode.Local_Resolve);
        engine.Sender.LoseBrokers();
        engine.Time.Advance(Second);
        engine.Sender.LoseBrokers();
        await UntilAsync(engine, answer => answer.LastFailure is { Failure.Code: "Local_Resolve" });
        engine.Sender.Release();
        await running;
    }

    [Fact]
    public async Task What_is_acknowledged_in_between_is_no_outage()
    {
        using var engine = new TestEngine(("KAFKA_TIMEOUT", "5m"));
        var running = await WaitingAsync(engine, TestContext.Current.CancellationToken);
        for (var shoe = 1; shoe <= 10; shoe++)
        {
            engine.Sender.LoseBrokers();
            engine.Sender.ReleaseOne();
            await Wait.UntilAsync(() => engine.Producer.Acknowledged == shoe);
            engine.Time.Advance(Second);
        }

        engine.Sender.LoseBrokers();
        Assert.True(Assert.Single(await running).IsDelivered);
        Assert.Null((await AnswerAsync(engine)).LastFailure);
    }

    [Fact]
    public async Task A_stop_does_not_replace_it()
    {
        using var engine = new TestEngine(("KAFKA_TIMEOUT", "5m"));
        using var stop = new CancellationTokenSource();
        var running = await WaitingAsync(engine, stop.Token);
        engine.Sender.LoseBrokers();
        engine.Time.Advance(Second);
        engine.Sender.LoseBrokers();
        await UntilAsync(engine, answer => answer.LastFailure is not null);
        await stop.CancelAsync();
        Assert.Equal(FailureKind.Cancelled, Assert.Single(await Wait.PassingAsync(() => engine.Time.Advance(Second), running)).Failure!.Kind);
        var answer = await AnswerAsync(engine);
        Assert.Equal((ProductionState.Failing, "Local_AllBrokersDown"), (answer.State, answer.LastFailure!.Failure.Code));
    }

    [Fact]
    public async Task Nothing_is_said_of_brokers_while_no_tick_waits_for_them()
    {
        using var engine = new TestEngine();
        await engine.Runner.RunDueAsync(TestContext.Current.CancellationToken);
        engine.Sender.LoseBrokers();
        engine.Time.Advance(Second);
        engine.Sender.LoseBrokers();
        Assert.Equal(0, engine.Sender.Asked);
        Assert.Equal((ProductionState.Delivering, null), ((await AnswerAsync(engine)).State, (await AnswerAsync(engine)).LastFailure));
    }

    [Fact]
    public async Task A_store_that_does_not_answer_meanwhile_does_not_keep_the_tick_from_its_end()
    {
        var store = new WatchedProgressStore();
        using var engine = new TestEngine(store, ("KAFKA_TIMEOUT", "5m"));
        var running = await WaitingAsync(engine, TestContext.Current.CancellationToken);
        var updates = store.Updates;
        store.OnUpdate = () =>
        {
            store.OnUpdate = null;
            return Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, store.LastToken);
        };
        engine.Sender.LoseBrokers();
        engine.Time.Advance(Second);
        engine.Sender.LoseBrokers();
        await Wait.UntilAsync(() => store.Updates > updates);
        engine.Sender.Release();
        Assert.True(Assert.Single(await running.WaitAsync(Wait.Patience, TimeProvider.System, TestContext.Current.CancellationToken)).IsDelivered);
        Assert.Null((await AnswerAsync(engine)).LastFailure);
    }

    [Fact]
    public async Task While_an_outage_is_being_written_down_nothing_else_is_and_the_report_comes_after_it()
    {
        var store = new WatchedProgressStore();
        using var engine = new TestEngine(store, ("KAFKA_TIMEOUT", "5m"));
        var running = await WaitingAsync(engine, TestContext.Current.CancellationToken);
        var (updates, said) = (store.Updates, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        store.OnUpdate = () => said.Task;
        engine.Sender.LoseBrokers();
        engine.Time.Advance(Second);
        engine.Sender.LoseBrokers();
        engine.Sender.LoseBrokers();
        await Wait.UntilAsync(() => store.Updates == updates + 1);
        var outage = store.LastToken;
        engine.Sender.ReleaseOne();
        await Wait.UntilAsync(() => engine.Producer.Acknowledged == 1);
        for (var look = 0; look < 3; look++)
            engine.Time.Advance(Second);

        // The tick ends; what is under way goes on when it was told so, after others had many a turn.
        using var told = outage.Register(() => _ = Task.Run(async () =>
        {
            for (var turn = 0; turn < 10_000; turn++)
                await Task.Yield();
            said.SetResult();
        }));
        Assert.Equal(updates + 1, store.Updates);
        store.OnUpdate = () => Task.FromResult(said.Task.IsCompleted ? 0 : throw new InvalidOperationException("The report came before what was under way."));
        engine.Sender.Release();
        Assert.True(Assert.Single(await running).IsDelivered);
        var last = (await AnswerAsync(engine)).LastFailure!;
        Assert.Equal(("Local_AllBrokersDown", false), (last.Failure.Code, last.IsUnderWay));
    }

    /// <summary>A run whose ten shoes are all sent and not acknowledged.</summary>
    private static async Task<Task<IReadOnlyList<TickReport>>> WaitingAsync(TestEngine engine, CancellationToken stop)
    {
        engine.Sender.Holds = true;
        var running = engine.Runner.RunDueAsync(stop);
        await Wait.UntilAsync(() => engine.Sender.Calls == 10);
        return running;
    }

    private static Task<StatsAnswer> AnswerAsync(TestEngine engine) => engine.Stats.AnswerAsync(TestContext.Current.CancellationToken);

    private static Task UntilAsync(TestEngine engine, Func<StatsAnswer, bool> until) => Wait.UntilAsync(async () => until(await AnswerAsync(engine)));
}
