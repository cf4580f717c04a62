using CsCheck;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using ShoeFunctions.Engine.Configuration;
using ShoeFunctions.Engine.Failures;
using ShoeFunctions.Engine.Progress;
using ShoeFunctions.Engine.Progress.Stores;
using ShoeFunctions.Engine.Tests.Doubles;
using ShoeFunctions.Engine.Ticks;
using static ShoeFunctions.Engine.Tests.Progress.Stores.FaultyProgressStore;
using static ShoeFunctions.Engine.Tests.Progress.ProgressStates;

namespace ShoeFunctions.Engine.Tests.Progress.Stores;

public sealed class RememberingProgressStoreTests : IDisposable
{
    private readonly MemoryProgressStore _shared = new();
    private readonly FaultyProgressStore _faulty;
    private readonly FakeTimeProvider _time = new();
    private readonly LogLines _log = new();
    private readonly RememberingProgressStore _store;

    public RememberingProgressStoreTests()
    {
        _faulty = new FaultyProgressStore(_shared);
        _store = new RememberingProgressStore(() => _faulty, _time, _log);
    }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _store.Dispose();

    [Fact]
    public async Task While_the_store_is_down_ticks_go_on_and_are_written_later_in_one_step()
    {
        await _store.UpdateAsync(state => state.BeginningAt(First).With(Report(0)), Stop);
        _faulty.Now = Fault.Unreachable;
        for (var tick = 1; tick < 200; tick++)
        {
            Assert.Equal(tick * 10, (await _store.ReadAsync(Stop)).Delivered);
            Assert.Equal(At(tick), (await _store.UpdateAsync(state => state.With(Report(tick)), Stop)).HighWater);
        }

        Assert.Equal(Down, _store.Failure);
        Assert.Equal(10, (await _shared.ReadAsync(Stop)).Delivered);

        _faulty.Now = Fault.None;
        var state = await _store.UpdateAsync(state => state.With(Report(200)), Stop);
        Assert.Null(_store.Failure);
        AssertSame(state, await _shared.ReadAsync(Stop));
        Assert.Equal((2010, 201, At(200), 120), (state.Delivered, state.Ticks, state.HighWater, state.Recent.Length));
        Assert.Equal(
            ["progress cannot be read: Network (unreachable): It is down.", "progress cannot be stored and is kept in memory: Network (unreachable): It is down.", "progress is stored again"],
            _log.Lines);
    }

    [Fact]
    public async Task Where_it_had_come_to_is_written_down_though_nothing_is_added()
    {
        await _store.UpdateAsync(state => state.BeginningAt(First).With(Report(0)), Stop);
        _faulty.Now = Fault.Unreachable;
        foreach (var tick in (int[])[1, 2])
            await _store.UpdateAsync(state => state.With(Report(tick)), Stop);
        _faulty.Now = Fault.None;
        await _store.UpdateAsync(state => state, Stop);
        var stored = await _shared.ReadAsync(Stop);
        Assert.Equal((At(2), 30, 3), (stored.HighWater, stored.Delivered, stored.Ticks));
    }

    [Fact]
    public async Task What_is_remembered_of_a_cluster_is_written_down_before_another_is_used()
    {
        await _store.UpdateAsync(state => state.BeginningAt(First).With(Report(0)), Stop);
        await _store.UseClusterAsync("one", Stop);
        _faulty.Now = Fault.Unreachable;
        await _store.UpdateAsync(state => state.With(Report(1)), Stop);
        Assert.Equal(ClusterMove.Untold, await _store.UseClusterAsync("other", Stop));
        Assert.Equal(20, (await _store.ReadAsync(Stop)).Delivered);

        _faulty.Now = Fault.None;
        Assert.Equal(ClusterMove.Begun, await _store.UseClusterAsync("other", Stop));
        AssertSame(ProgressState.Empty, await _store.ReadAsync(Stop));
        Assert.Equal(ClusterMove.Found, await _store.UseClusterAsync("one", Stop));
        Assert.Equal(20, (await _store.ReadAsync(Stop)).Delivered);
    }

    [Fact]
    public async Task A_store_that_comes_back_in_the_middle_moves_nobody_before_all_is_written_down()
    {
        await _store.UpdateAsync(state => state.BeginningAt(First).With(Report(0)), Stop);
        await _store.UseClusterAsync("one", Stop);
        _faulty.Now = Fault.Unreachable;
        await _store.UpdateAsync(state => state.With(Report(1)), Stop);

        var calls = 0;
        _faulty.Takes = () => _faulty.Now = ++calls == 1 ? Fault.Unreachable : Fault.None;
        Assert.Equal(ClusterMove.Untold, await _store.UseClusterAsync("other", Stop));
        Assert.Equal(1, calls);
        Assert.Equal(20, (await _store.UpdateAsync(state => state, Stop)).Delivered);
    }

    [Fact]
    public async Task A_write_that_the_stores_client_makes_twice_counts_once()
    {
        await _store.UpdateAsync(state => state.BeginningAt(First).With(Report(0)), Stop);
        _faulty.Now = Fault.Repeated;
        Assert.Equal(20, (await _store.UpdateAsync(state => state.With(Report(1)), Stop)).Delivered);
        Assert.Equal((20, 2), ((await _shared.ReadAsync(Stop)).Delivered, (await _shared.ReadAsync(Stop)).Recent.Length));
    }

    [Fact]
    public async Task An_earlier_write_that_arrives_after_a_later_one_was_given_up_counts_once()
    {
        await _store.UpdateAsync(state => state.BeginningAt(First).With(Report(0)), Stop);
        _faulty.Now = Fault.Late;
        for (var tick = 1; tick <= 4; tick++)
            await _store.UpdateAsync(state => state.With(Report(tick)), Stop);
        await _shared.UpdateAsync(_ => _faulty.UnderWay[0], Stop);
        _faulty.Now = Fault.None;
        Assert.Equal((50, 5), ((await _store.UpdateAsync(state => state, Stop)).Delivered, (await _shared.ReadAsync(Stop)).Recent.Length));
    }

    [Fact]
    public async Task What_another_instance_wrote_meanwhile_stays()
    {
        await _store.UpdateAsync(state => state.BeginningAt(First), Stop);
        _faulty.Now = Fault.Unreachable;
        await _store.UpdateAsync(state => state.With(Report(0)).With(Report(1, delivered: 3)), Stop);
        await _shared.UpdateAsync(state => state.With(Report(0, startedAfterMs: 50)).With(Report(1)).With(Report(2)), Stop);
        _faulty.Now = Fault.None;

        var read = await _store.ReadAsync(Stop);
        Assert.Equal((43, 7, 4, At(2)), (read.Delivered, read.FailedSends, read.Ticks, read.HighWater));
        Assert.Equal(Down, _store.Failure);
        Assert.Equal([0, 0, 1, 1, 2], (await _store.UpdateAsync(state => state, Stop)).Recent.Select(run => run.Tick.UnixSeconds - First.UnixSeconds));
        AssertSame(read with { Writers = [] }, (await _shared.ReadAsync(Stop)) with { Writers = [] });
        Assert.Null(_store.Failure);
    }

    [Fact]
    public async Task Where_only_writing_fails_a_read_has_what_is_remembered()
    {
        _faulty.Now = Fault.ReadOnly;
        await _store.UpdateAsync(state => state.BeginningAt(First).With(Report(0)), Stop);
        await _shared.UpdateAsync(state => state.With(Report(0, startedAfterMs: 9)), Stop);
        Assert.Equal((20, First), ((await _store.ReadAsync(Stop)).Delivered, (await _store.ReadAsync(Stop)).HighWater));
        Assert.Equal(Down, _store.Failure);
    }

    [Fact]
    public async Task A_store_that_was_never_seen_is_not_taken_for_empty()
    {
        await _shared.UpdateAsync(state => state.BeginningAt(First).With(Report(0)), Stop);
        _faulty.Now = Fault.Unreachable;
        Assert.Equal(Down, (await Assert.ThrowsAsync<FailureException>(() => _store.ReadAsync(Stop))).Failure);
        Assert.Equal(Down, _store.Failure);

        await _store.UpdateAsync(state => state.BeginningAt(At(10)), Stop);
        await _store.UpdateAsync(state => state.With(Report(10)), Stop);
        Assert.Equal(At(10), (await _store.ReadAsync(Stop)).HighWater);

        _faulty.Now = Fault.None;
        var state = await _store.ReadAsync(Stop);
        Assert.Equal((First, 20), (state.HighWater, state.Delivered));
        AssertSame(state.With(Report(1)) with { Writers = [] }, (await _store.UpdateAsync(state => state.With(Report(1)), Stop)) with { Writers = [] });
    }

    [Fact]
    public async Task A_store_that_takes_long_to_fail_does_not_hold_up_the_ticks()
    {
        await _store.UpdateAsync(state => state.BeginningAt(First), Stop);
        (_faulty.Now, _faulty.Takes) = (Fault.Unreachable, () => _time.Advance(TimeSpan.FromSeconds(4)));
        for (var tick = 0; tick < 100; tick++)
        {
            Assert.Equal(tick * 10, (await _store.ReadAsync(Stop)).Delivered);
            await _store.UpdateAsync(state => state.With(Report(tick)), Stop);
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(Down, _store.Failure);
        Assert.InRange(_faulty.Calls, 5, 8);
        (_faulty.Now, _faulty.Takes) = (Fault.None, () => { });
        _time.Advance(TimeSpan.FromSeconds(16));
        Assert.Equal(1010, (await _store.UpdateAsync(state => state.With(Report(100)), Stop)).Delivered);
        Assert.Equal(1010, (await _shared.ReadAsync(Stop)).Delivered);
        Assert.Null(_store.Failure);
    }

    [Fact]
    public async Task A_store_that_is_left_alone_is_told_no_cluster_either()
    {
        await _store.UpdateAsync(state => state.BeginningAt(First), Stop);
        await _store.UseClusterAsync("one", Stop);
        (_faulty.Now, _faulty.Takes) = (Fault.Unreachable, () => _time.Advance(TimeSpan.FromSeconds(4)));
        Assert.Equal(ClusterMove.Untold, await _store.UseClusterAsync("other", Stop));
        Assert.Equal(Down, _store.Failure);
        Assert.Equal("progress cannot be stored and is kept in memory: Network (unreachable): It is down.", _log.Lines.Last());
        (_faulty.Now, _faulty.Takes) = (Fault.None, () => { });
        Assert.Equal(ClusterMove.Untold, await _store.UseClusterAsync("other", Stop));
        _time.Advance(TimeSpan.FromSeconds(16));
        Assert.Equal(ClusterMove.Begun, await _store.UseClusterAsync("other", Stop));
        Assert.Null(_store.Failure);
    }

    [Fact]
    public async Task What_is_to_be_stored_or_not_at_all_is_not_stored_before_what_is_remembered()
    {
        var begun = await _store.CommitAsync(state => state.BeginningAt(First).With(Report(0)), Stop);
        AssertSame(begun, await _store.ReadAsync(Stop));

        // What fails is not remembered, and ends with the next one that works.
        _faulty.Now = Fault.Unreachable;
        Assert.Equal(Down, (await Assert.ThrowsAsync<FailureException>(() => _store.CommitAsync(state => state.With(Report(1)), Stop))).Failure);
        await _store.UpdateAsync(state => state.With(Report(2)), Stop);
        Assert.Equal((Down, Down), (_store.Failure, _store.Unwritten));
        Assert.Equal(Down, (await Assert.ThrowsAsync<FailureException>(() => _store.CommitAsync(state => state.With(Report(1)), Stop))).Failure);
        Assert.Equal(20, (await _store.ReadAsync(Stop)).Delivered);
        _faulty.Now = Fault.None;
        Assert.Equal(30, (await _store.CommitAsync(state => state.With(Report(3)), Stop)).Delivered);
        Assert.Equal((30, null, null), ((await _shared.ReadAsync(Stop)).Delivered, _store.Failure, _store.Unwritten));
    }

    [Fact]
    public async Task A_store_that_could_only_not_be_read_is_in_order_with_what_is_stored_next_and_one_that_is_left_alone_stores_nothing()
    {
        await _store.CommitAsync(state => state.BeginningAt(First), Stop);
        (_faulty.Now, _faulty.Takes) = (Fault.Unreachable, () => _time.Advance(TimeSpan.FromSeconds(1)));
        await _store.ReadAsync(Stop);
        Assert.Equal((Down, null), (_store.Failure, _store.Unwritten));
        (_faulty.Now, _faulty.Takes) = (Fault.None, () => { });
        Assert.Equal(Down, (await Assert.ThrowsAsync<FailureException>(() => _store.CommitAsync(state => state.With(Report(0)), Stop))).Failure);
        _time.Advance(TimeSpan.FromSeconds(4));
        await _store.CommitAsync(state => state.With(Report(0)), Stop);
        Assert.Equal((10, null), ((await _shared.ReadAsync(Stop)).Delivered, _store.Failure));
        Assert.Equal(["progress cannot be read: Network (unreachable): It is down.", "progress can be read again"], _log.Lines);
    }

    [Fact]
    public async Task One_thing_after_the_other_is_stored()
    {
        var (watched, let) = (new WatchedProgressStore(), new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        using var store = new RememberingProgressStore(() => watched, _time, _log);
        watched.OnUpdate = () => let.Task;
        var first = store.UpdateAsync(state => state.BeginningAt(First).With(Report(0)), Stop);
        Assert.Equal(1, watched.Updates);
        var others = new Task[] { store.CommitAsync(state => state.With(Report(1)), Stop), store.UseClusterAsync("one", Stop), store.UpdateAsync(state => state.With(Report(2)), Stop) };
        Assert.Equal((1, 0), (watched.Updates, watched.Moves));
        let.SetResult();
        await Task.WhenAll([first, .. others]);
        Assert.Equal((30, 3, 1), ((await watched.Inner.ReadAsync(Stop)).Delivered, watched.Updates, watched.Moves));
    }

    [Fact]
    public async Task A_read_that_works_again_ends_the_failure_where_nothing_is_remembered()
    {
        await _store.ReadAsync(Stop);
        _faulty.Now = Fault.Unreachable;
        AssertSame(ProgressState.Empty, await _store.ReadAsync(Stop));
        Assert.Equal(Down, _store.Failure);
        _faulty.Now = Fault.None;
        await _store.ReadAsync(Stop);
        Assert.Null(_store.Failure);
    }

    [Fact]
    public async Task An_instance_that_only_reads_says_that_it_cannot_read()
    {
        await _store.ReadAsync(Stop);
        _faulty.Now = Fault.Unreachable;
        await _store.ReadAsync(Stop);
        await _store.ReadAsync(Stop);
        _faulty.Now = Fault.None;
        await _store.ReadAsync(Stop);
        Assert.Equal(["progress cannot be read: Network (unreachable): It is down.", "progress can be read again"], _log.Lines);
    }

    [Fact]
    public async Task Cancellation_passes_through_and_remembers_nothing()
    {
        await _store.UpdateAsync(state => state.BeginningAt(First).With(Report(0)), Stop);
        _faulty.Now = Fault.Unreachable;
        await _store.UpdateAsync(state => state.With(Report(1)), Stop);
        _faulty.Now = Fault.Cancelled;
        await Assert.ThrowsAsync<OperationCanceledException>(() => _store.UpdateAsync(state => state.With(Report(2)), Stop));
        _faulty.Now = Fault.None;
        Assert.Equal(30, (await _store.UpdateAsync(state => state, Stop)).Delivered);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _store.UpdateAsync(state => state, new CancellationToken(true)));
    }

    [Fact]
    public async Task Wrong_settings_are_no_outage()
    {
        using var store = new RememberingProgressStore(() => throw new SettingsException(["wrong"]), new FakeTimeProvider(), NullLogger<RememberingProgressStore>.Instance);
        await Assert.ThrowsAsync<SettingsException>(() => store.ReadAsync(Stop));
        await Assert.ThrowsAsync<SettingsException>(() => store.UpdateAsync(state => state, Stop));
        Assert.Null(store.Failure);
    }

    [Fact]
    public async Task Instances_in_the_same_process_may_ask_at_once()
    {
        await Task.WhenAll(Enumerable.Range(0, 400).Select(tick => Task.Run(async () =>
        {
            _faulty.Now = tick % 7 < 3 ? (Fault)(tick % 7 + 1) : Fault.None;
            await _store.UpdateAsync(state => state.With(Report(tick)), Stop);
            _faulty.Now = Fault.None;
            await _store.ReadAsync(Stop);
        })));
        _faulty.Now = Fault.None;
        var state = await _store.UpdateAsync(state => state, Stop);
        Assert.Equal((4000, 400, At(399)), (state.Delivered, state.Ticks, state.HighWater));
    }

    [Fact]
    public async Task A_program_in_another_place_that_writes_between_two_writes_is_noticed_and_said_once()
    {
        LogLines ownLog = new(), otherLog = new();
        using RememberingProgressStore own = In("shoes-own", ownLog), other = In("shoes/other;1,2", otherLog);
        await own.UpdateAsync(state => state.BeginningAt(First).With(Report(0)), Stop);
        await other.UpdateAsync(state => state.With(Report(1)), Stop);
        Assert.Null((await _shared.ReadAsync(Stop)).OtherWriter);

        _time.Advance(TimeSpan.FromSeconds(3));
        var state = await own.UpdateAsync(state => state.With(Report(2)), Stop);
        Assert.StartsWith("shoes_other_1_2/", state.OtherWriter!.Name, StringComparison.Ordinal);
        Assert.Equal(_time.GetUtcNow(), state.OtherWriter.SeenAt);
        Assert.StartsWith("shoes-own/", (await other.UpdateAsync(state => state.With(Report(3)), Stop)).OtherWriter!.Name, StringComparison.Ordinal);
        await own.UpdateAsync(state => state.With(Report(4)), Stop);
        Assert.StartsWith("two programs use the same progress: shoes_other_1_2 keeps its progress here as well", Assert.Single(ownLog.Lines), StringComparison.Ordinal);
        Assert.StartsWith("two programs use the same progress: shoes-own keeps its progress here as well", Assert.Single(otherLog.Lines), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Instances_of_one_app_and_programs_that_write_one_after_the_other_are_in_order()
    {
        var log = new LogLines();
        using RememberingProgressStore own = In("shoes", log), sibling = In("shoes", log), ended = In("ended", log), next = In("next", log);
        await ended.UpdateAsync(state => state.BeginningAt(First).With(Report(0)), Stop);
        await own.ReadAsync(Stop);
        await ended.UpdateAsync(state => state.With(Report(1)), Stop);
        for (var tick = 2; tick < 8; tick++)
            await (tick % 2 == 0 ? own : sibling).UpdateAsync(state => state.With(Report(tick)), Stop);

        // An earlier program says no place.
        await _shared.UpdateAsync(state => state.WrittenBy(new ProgressWriter("a0b1c2d3", 1)), Stop);
        await own.UpdateAsync(state => state.With(Report(8)), Stop);
        await next.UpdateAsync(state => state.With(Report(9)), Stop);
        await next.UpdateAsync(state => state.With(Report(10)), Stop);
        Assert.Empty(log.Lines);
        Assert.Null((await _shared.ReadAsync(Stop)).OtherWriter);
    }

    [Fact]
    public async Task Who_wrote_the_progress_of_a_cluster_before_it_was_used_here_is_no_other_writer()
    {
        var log = new LogLines();
        using RememberingProgressStore own = In("own", log), other = In("other", log);
        await own.UpdateAsync(state => state.BeginningAt(First), Stop);
        await own.UseClusterAsync("one", Stop);
        await other.UseClusterAsync("two", Stop);
        await other.UpdateAsync(state => state.BeginningAt(First), Stop);
        await own.UseClusterAsync("one", Stop);
        await own.UseClusterAsync("two", Stop);
        await own.UpdateAsync(state => state.With(Report(0)), Stop);
        Assert.Empty(log.Lines);
    }

    private RememberingProgressStore In(string place, LogLines log) => new(() => _shared, _time, log, place);

    /// <summary>
    /// Two instances run as the runner does, each with its own luck; in the end every tick up to the mark was
    /// delivered or given up, and every delivery is counted exactly once.
    /// </summary>
    [Fact]
    public void Whatever_fails_no_tick_is_missed_and_no_delivery_lost_or_counted_twice() => Gen.Select(
        Gen.Int[0, 1], Gen.Int[0, 40], Gen.Int[0, 5].Select(fault => (Fault)fault), Gen.Int[0, 9]).Array[1, 40].Sample(steps =>
    {
        var shared = new MemoryProgressStore();
        shared.UpdateAsync(state => state.BeginningAt(First), Stop).GetAwaiter().GetResult();
        FaultyProgressStore[] faulty = [new(shared), new(shared)];
        RememberingProgressStore[] instances = [.. faulty.Select(store => new RememberingProgressStore(() => store, new FakeTimeProvider(), NullLogger<RememberingProgressStore>.Instance))];
        var runs = new List<TickReport>();
        var given = new HashSet<Tick>();
        var (now, mark) = (0, (Tick?)null);
        foreach (var (instance, seconds, fault, luck) in steps)
        {
            now += seconds;
            faulty[instance].Now = fault;
            RunAsync(instances[instance], now, luck, runs, given).GetAwaiter().GetResult();
            var stored = shared.ReadAsync(Stop).Result;
            Assert.False(stored.HighWater < mark);
            mark = stored.HighWater;
        }

        var state = ProgressState.Empty;
        foreach (var (instance, store) in instances.Zip(faulty))
        {
            store.Now = Fault.None;
            state = instance.UpdateAsync(unchanged => unchanged, Stop).Result;
            instance.Dispose();
        }

        Assert.Equal(runs.Sum(run => (long)run.Delivered), state.Delivered);
        Assert.Equal(runs.Sum(run => (long)run.Failed), state.FailedSends);
        Assert.Equal(runs.Sum(run => run.Bytes), state.Bytes);
        Assert.Equal(runs.Count(run => run.IsDelivered), state.Ticks);
        Assert.Equal(runs.Min(run => (DateTimeOffset?)run.StartedAt), state.Since);
        Assert.Equal(runs.OrderBy(run => run.Tick).ThenBy(run => run.StartedAt).TakeLast(120).Select(TickSummary.Of), state.Recent);
        Assert.Equal(runs.Select(FailedRun.Of).Max(failed => failed?.At), state.LastFailure?.At);

        var done = runs.Where(run => run.IsDelivered).Select(run => run.Tick).Concat(given).ToHashSet();
        for (var tick = First; tick <= state.HighWater; tick = new Tick(tick.UnixSeconds + 1))
            Assert.True(done.Contains(tick), $"{tick} is missing");
    });

    private static async Task RunAsync(RememberingProgressStore progress, int now, int luck, List<TickReport> runs, HashSet<Tick> given)
    {
        const int CatchUpLimit = 30;
        try
        {
            var current = At(now);
            ProgressState state;
            try
            {
                state = await progress.ReadAsync(Stop);
            }
            catch (FailureException)
            {
                state = ProgressState.Empty;
            }

            if (state.HighWater is null)
                state = await progress.UpdateAsync(empty => empty.BeginningAt(current), Stop);

            var due = new List<Tick>();
            for (var tick = state.HighWater!.Value; tick < current; due.Add(tick))
                tick = new Tick(tick.UnixSeconds + 1);
            if (due.Count > CatchUpLimit + 1)
            {
                var skipped = due[..^(CatchUpLimit + 1)];
                given.UnionWith(skipped);
                await progress.UpdateAsync(state => state.Skipping(new SkippedRange(skipped[0], skipped[^1], skipped.Count, skipped.Count, First.Time)), Stop);
                due = due[^(CatchUpLimit + 1)..];
            }

            foreach (var tick in due)
            {
                var report = ProgressStates.Report((int)(tick.UnixSeconds - First.UnixSeconds), delivered: luck == 0 ? 4 : 10, startedAfterMs: runs.Count);
                runs.Add(report);
                await progress.UpdateAsync(state => state.With(report), Stop);
                if (!report.IsDelivered)
                    break;
            }
        }
        catch (OperationCanceledException)
        {
        }
    }

    private static Tick At(int seconds) => new(First.UnixSeconds + seconds);

    private sealed class LogLines : ILogger<RememberingProgressStore>
    {
        public List<string> Lines { get; } = [];

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Lines.Add(formatter(state, exception));
    }
}
