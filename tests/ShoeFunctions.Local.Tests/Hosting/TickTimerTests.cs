using Confluent.Kafka;
using ShoeFunctions.Engine.Tests.Doubles;
using ShoeFunctions.Engine.Tests.Processes;
using ShoeFunctions.Engine.Ticks;
using ShoeFunctions.Local.Hosting;

namespace ShoeFunctions.Local.Tests.Hosting;

public sealed class TickTimerTests
{
    [Fact]
    public async Task It_fires_at_every_tick_and_never_twice_at_the_same()
    {
        using var engine = new TestEngine();
        var timer = Timer(engine);
        var running = timer.RunAsync(3, TestContext.Current.CancellationToken);
        await AdvanceUntilAsync(engine, running);
        Assert.True(await running);
        Assert.Equal(
            ["14:00:10", "14:00:20", "14:00:30"],
            (await engine.Progress.ReadAsync(TestContext.Current.CancellationToken)).Recent.Select(tick => tick.Tick.Time.ToString("HH:mm:ss")));
    }

    [Fact]
    public async Task A_run_that_takes_longer_than_the_step_is_followed_at_once_by_what_it_missed_and_never_overlapped()
    {
        using var engine = new TestEngine();
        engine.Sender.Holds = true;
        var running = Timer(engine).RunAsync(3, TestContext.Current.CancellationToken);
        engine.Time.Advance(TimeSpan.FromSeconds(5));
        await Wait.UntilAsync(() => engine.Sender.Calls == 10);
        engine.Time.Advance(TimeSpan.FromSeconds(25));
        Assert.Equal(10, engine.Sender.Calls);

        engine.Sender.Release();
        Assert.True(await running);
        Assert.Equal(
            ["14:00:10", "14:00:20", "14:00:30"],
            (await engine.Progress.ReadAsync(TestContext.Current.CancellationToken)).Recent.Select(tick => tick.Tick.Time.ToString("HH:mm:ss")));
    }

    [Fact]
    public async Task A_failed_tick_waits_for_the_next_time_and_is_then_made_up_for()
    {
        using var engine = new TestEngine();
        var timer = Timer(engine);
        engine.Sender.Outcome = _ => timer.Totals.FailedRuns < 1 ? ErrorCode.Local_MsgTimedOut : ErrorCode.NoError;
        var running = timer.RunAsync(3, TestContext.Current.CancellationToken);
        await AdvanceUntilAsync(engine, running);
        Assert.True(await running);
        var runs = (await engine.Progress.ReadAsync(TestContext.Current.CancellationToken)).Recent;
        Assert.Equal(["14:00:10", "14:00:10", "14:00:20", "14:00:30"], runs.Select(tick => tick.Tick.Time.ToString("HH:mm:ss")));
        Assert.True(runs[1].StartedAt >= runs[0].StartedAt.AddSeconds(5));
    }

    [Fact]
    public async Task So_many_ticks_are_so_many_that_are_delivered()
    {
        using var engine = new TestEngine();
        var timer = Timer(engine);
        engine.Sender.Outcome = _ => timer.Totals.FailedRuns < 2 ? ErrorCode.Local_MsgTimedOut : ErrorCode.NoError;
        var running = timer.RunAsync(3, TestContext.Current.CancellationToken);
        await AdvanceUntilAsync(engine, running);
        Assert.True(await running);
        Assert.Equal((3, 30, 0, 2), (timer.Totals.Ticks, timer.Totals.Delivered, timer.Totals.Failed, timer.Totals.FailedRuns));
    }

    [Fact]
    public async Task A_mark_in_the_future_ends_a_run_of_so_many_ticks_at_once()
    {
        using var engine = new TestEngine();
        await engine.Progress.UpdateAsync(state => state.BeginningAt(Tick.At(TestEngine.Start.AddHours(1))), TestContext.Current.CancellationToken);
        var timer = Timer(engine);
        var running = timer.RunAsync(2, TestContext.Current.CancellationToken);
        await AdvanceUntilAsync(engine, running);
        Assert.False(await running);
        Assert.True(engine.Time.GetUtcNow() < TestEngine.Start.AddMinutes(30));
    }

    [Fact]
    public async Task It_says_that_the_last_tick_failed()
    {
        using var engine = new TestEngine();
        engine.Sender.Outcome = _ => ErrorCode.Local_MsgTimedOut;
        var timer = Timer(engine);
        var running = timer.RunAsync(2, TestContext.Current.CancellationToken);
        await AdvanceUntilAsync(engine, running);
        Assert.False(await running);
    }

    [Fact]
    public async Task Told_to_stop_it_ends_between_ticks()
    {
        using var engine = new TestEngine();
        using var stop = new CancellationTokenSource();
        var running = Timer(engine).RunAsync(null, stop.Token);
        await stop.CancelAsync();
        Assert.True(await running);
        Assert.Equal(0, engine.Sender.Calls);
    }

    [Fact]
    public async Task While_it_may_not_run_it_does_not_and_then_it_goes_on_with_the_next_tick()
    {
        using var engine = new TestEngine();
        var mayRun = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        var asked = 0;
        var timer = Timer(engine);
        var running = timer.RunAsync(2, TestContext.Current.CancellationToken, _ => asked++ == 0 ? mayRun.Task : Task.FromResult(false));
        engine.Time.Advance(TimeSpan.FromSeconds(33));
        Assert.Equal((0, 1), (engine.Sender.Calls, asked));

        mayRun.SetResult(true);
        await AdvanceUntilAsync(engine, running);
        Assert.True(await running);
        Assert.Equal(
            ["14:00:40", "14:00:50"],
            (await engine.Progress.ReadAsync(TestContext.Current.CancellationToken)).Recent.Select(tick => tick.Tick.Time.ToString("HH:mm:ss")));
        Assert.Equal(2, asked);
    }

    private static TickTimer Timer(TestEngine engine) => new(engine.Runner, engine.Options, engine.Time);

    /// <summary>A second at a time, each once the run that is under way has ended: the clock does not run away from what it sets off, however slow that is.</summary>
    private static async Task AdvanceUntilAsync(TestEngine engine, Task running)
    {
        while (!running.IsCompleted)
        {
            engine.Time.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, TestContext.Current.CancellationToken);
            await engine.Gate.RunAsync(_ => Task.FromResult(true), TestContext.Current.CancellationToken);
        }
    }
}
