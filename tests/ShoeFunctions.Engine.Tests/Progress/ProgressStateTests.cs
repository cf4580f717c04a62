using CsCheck;
using ShoeFunctions.Engine.Failures;
using ShoeFunctions.Engine.Kafka;
using ShoeFunctions.Engine.Progress;
using ShoeFunctions.Engine.Ticks;
using static ShoeFunctions.Engine.Tests.Progress.ProgressStates;

namespace ShoeFunctions.Engine.Tests.Progress;

public sealed class ProgressStateTests
{
    private static readonly Gen<TickReport> Reports = Gen.Select(
        Gen.Int[0, 200], Gen.Int[0, 20], Gen.Int[0, 20], Gen.Double[0, 900],
        (tick, shoes, failed, start) => ProgressStates.Report(tick, shoes, Math.Max(0, shoes - failed), start));

    [Fact]
    public void The_order_in_which_reports_come_in_does_not_matter() => Gen.Select(Reports.Array[0, 150], Gen.Int).Sample((reports, seed) =>
    {
        var distinct = reports.DistinctBy(report => report.StartedAt).ToArray();
        var shuffled = distinct.OrderBy(report => HashCode.Combine(report.StartedAt.Ticks * 31 + seed)).ToArray();
        AssertSame(distinct.Aggregate(ProgressState.Empty, With), shuffled.Aggregate(ProgressState.Empty, With));
    });

    [Fact]
    public void The_mark_never_goes_back_and_totals_add_up() => Reports.Array[0, 150].Sample(reports =>
    {
        var state = ProgressState.Empty;
        foreach (var report in reports)
        {
            var next = state.With(report);
            Assert.False(next.HighWater < state.HighWater);
            state = next;
        }

        Assert.Equal(reports.Sum(report => (long)report.Delivered), state.Delivered);
        Assert.Equal(reports.Sum(report => (long)report.Failed), state.FailedSends);
        Assert.Equal(reports.Sum(report => report.Bytes), state.Bytes);
        Assert.Equal(reports.Where(report => report.IsDelivered).Select(report => (Tick?)report.Tick).Max(), state.HighWater);
        Assert.Equal(reports.Select(report => (DateTimeOffset?)report.StartedAt).Min(), state.Since);
        Assert.Equal(reports.Select(report => report.Tick).Order().TakeLast(ProgressState.RecentTicks), state.Recent.Select(run => run.Tick));
    });

    [Fact]
    public void A_tick_that_two_instances_delivered_moves_the_mark_once_and_counts_twice()
    {
        var state = ProgressState.Empty.BeginningAt(First).With(Report(0)).With(Report(1)).With(Report(0, startedAfterMs: 300));
        Assert.Equal((First.UnixSeconds + 1, 3, 30), (state.HighWater!.Value.UnixSeconds, state.Ticks, state.Delivered));
        Assert.Equal([0, 0, 1], state.Recent.Select(run => run.Tick.UnixSeconds - First.UnixSeconds));
    }

    [Fact]
    public void A_mark_that_is_there_is_where_it_goes_on() =>
        Assert.Equal(At(5), ProgressState.Empty.BeginningAt(At(6)).BeginningAt(At(99)).HighWater);

    [Fact]
    public void Two_writers_are_known_of_as_long_as_a_run_of_their_time_is_kept()
    {
        var state = ProgressState.Empty with { OtherWriter = new OtherWriter("other/1", Report(1).StartedAt) };
        Assert.False(state.HasTwoWriters);
        state = state.With(Report(1));
        Assert.True(state.HasTwoWriters);
        for (var tick = 2; tick < ProgressState.RecentTicks + 1; tick++)
            state = state.With(Report(tick));
        Assert.True(state.HasTwoWriters);
        Assert.False(state.With(Report(ProgressState.RecentTicks + 1)).HasTwoWriters);
    }

    [Fact]
    public void Ticks_that_two_instances_gave_up_are_counted_once()
    {
        var begun = ProgressState.Empty.BeginningAt(First);
        Assert.Equal(100, begun.Skipping(Range(0, 99, 100)).Skipping(Range(0, 99, 100)).SkippedTicks);

        var behind = begun.Skipping(Range(0, 99, 100)).Skipping(Range(0, 49, 50));
        Assert.Equal((At(99), 100), (behind.HighWater, behind.SkippedTicks));
    }

    [Fact]
    public void A_shoe_that_is_delivered_after_all_has_not_failed_but_its_sends_have()
    {
        var failing = ProgressState.Empty.BeginningAt(First).With(Report(0, delivered: 0)).With(Report(0, delivered: 4, startedAfterMs: 100));
        Assert.Equal((6, 16), (failing.Failed, failing.FailedSends));
        var delivered = failing.With(Report(0, startedAfterMs: 200));
        Assert.Equal((0, 16), (delivered.Failed, delivered.FailedSends));
    }

    [Fact]
    public void Missed_ticks_are_skipped_to_the_last_of_them_wherever_it_had_come_to_and_what_failed_in_any_of_them_is_given_up()
    {
        var state = ProgressState.Empty.BeginningAt(First).With(Report(0)).With(Report(3, delivered: 4)).With(Report(12, delivered: 9)).Skipping(Range(0, 9, 9));
        Assert.Equal((At(9), 9, 6, 7), (state.HighWater, state.SkippedTicks, state.GivenUp, state.Failed));
    }

    [Fact]
    public void What_an_instance_gave_up_and_found_to_be_committed_is_added_where_it_was_further_and_by_nobody_else()
    {
        var from = ProgressState.Empty.BeginningAt(First).Recovering(At(0), 1, 10).With(Report(1, delivered: 8)).Skipping(Range(1, 1, 1));
        var to = from.Recovering(At(3), 2, 20).With(Report(4, delivered: 7)).Skipping(Range(4, 9, 6));
        Assert.Equal((At(9), 3, 3, 30 + 15, 5, 7, 70), (to.HighWater, to.Ticks, to.RecoveredTicks, to.Delivered, to.GivenUp, to.SkippedTicks, to.SkippedShoes));
        AssertSame(to, from.Including(from, to));

        // Another one gave up as much, or more.
        foreach (var last in (int[])[9, 20])
        {
            var further = from.Skipping(Range(2, last, last - 1));
            var both = further.Including(from, to);
            Assert.Equal((At(last), further.GivenUp, further.SkippedTicks, further.SkippedShoes), (both.HighWater, both.GivenUp, both.SkippedTicks, both.SkippedShoes));
            Assert.Equal(further.Skipped.AsEnumerable(), both.Skipped);
            Assert.Equal((3, 3, 45), (both.Ticks, both.RecoveredTicks, both.Delivered));
        }
    }

    [Fact]
    public void An_instance_that_knew_no_mark_leaves_that_of_an_open_tick_where_it_is()
    {
        var open = ProgressState.Empty.BeginningAt(First).Opening(Opened(5));
        Assert.Equal((At(5), At(-1)), (open.Begun, open.HighWater));
        Assert.Equal(At(5), open.Including(ProgressState.Empty, ProgressState.Empty.With(Report(6, delivered: 0))).Begun);
    }

    [Fact]
    public void A_tick_is_opened_once_and_only_so_many_at_a_time()
    {
        var state = ProgressState.Empty.BeginningAt(First);
        for (var tick = 0; tick < ProgressState.MostOpen; tick++)
        {
            state = state.Opening(Opened(tick));
            Assert.Equal((tick + 1, At(tick)), (state.Open.Length, state.Begun));
            Assert.Same(state, state.Opening(Opened(tick)));
        }

        Assert.Same(state, state.Opening(Opened(ProgressState.MostOpen)));
        Assert.Equal(Opened(0).OpenedAt, state.Since);
    }

    [Fact]
    public void What_is_asked_of_an_open_tick_that_is_another_one_by_now_changes_nothing()
    {
        var state = ProgressState.Empty.BeginningAt(First).Opening(Opened(0));
        var queued = state.Queueing(state.Open[0], At(7).Time);
        Assert.Equal(At(7).Time, queued.Open[0].QueuedAt);
        Assert.Same(queued, queued.Queueing(state.Open[0], null));
        Assert.Same(queued, queued.Closing(Report(0), "another", []));
    }

    [Fact]
    public void Of_the_instances_that_made_chunks_each_is_known_by_its_last_one_and_those_seen_last_are_kept()
    {
        ProgressState Made(ProgressState state, int tick, params IEnumerable<SeenInstance> instances) => state.Opening(Opened(tick)).Closing(Report(tick), Opened(tick).Opening, instances);
        var state = Made(ProgressState.Empty.BeginningAt(First), 0, new SeenInstance("b", At(3).Time), new SeenInstance("a", At(3).Time), new SeenInstance("c", At(2).Time));
        state = Made(state, 1, new SeenInstance("c", At(9).Time), new SeenInstance("b", At(1).Time));
        Assert.Equal([new("a", At(3).Time), new("b", At(3).Time), new("c", At(9).Time)], state.Instances);
        var many = Made(state, 2, Enumerable.Range(10, ProgressState.KnownInstances - 1).Select(second => new SeenInstance($"{second}", At(second).Time)));
        Assert.Equal([new("c", At(9).Time), new("10", At(10).Time)], many.Instances.Take(2));
        Assert.Equal(ProgressState.KnownInstances, many.Instances.Length);
    }

    [Fact]
    public void What_was_delivered_last_is_when_the_last_run_that_delivered_anything_ended()
    {
        var (early, late) = (Report(1, delivered: 1), Report(2, delivered: 3));
        var state = ProgressState.Empty.BeginningAt(First).With(Report(0, delivered: 0));
        Assert.Null(state.LastDelivery);
        Assert.Null(state.WithFailedChunk(Report(1, delivered: 0)).LastDelivery);
        foreach (var both in (ProgressState[])[state.With(early).With(late), state.With(late).With(early), state.WithFailedChunk(early).WithFailedChunk(late), state.WithFailedChunk(late).WithFailedChunk(early)])
        {
            Assert.Equal((late.StartedAt + late.Duration, 4, 200), (both.LastDelivery, both.Delivered, both.Bytes));
            Assert.Equal(both.LastDelivery, both.With(Report(9, delivered: 0)).WithFailedChunk(Report(9, delivered: 0)).LastDelivery);
        }
    }

    [Fact]
    public void A_failure_of_a_tick_that_turns_out_to_be_committed_is_none_any_more()
    {
        var failing = ProgressState.Empty.BeginningAt(First).With(Report(0, delivered: 3));
        Assert.Equal((7, At(0)), (failing.Failed, failing.Ongoing!.Tick));
        Assert.Equal(failing.LastFailure!.At, Report(0).StartedAt + Report(0).Duration);
        var found = failing.Recovering(At(0), 1, 10);
        Assert.Equal((0, null), (found.Failed, found.Ongoing));
    }

    [Fact]
    public void Neither_an_earlier_tick_nor_one_without_shoes_ends_a_failure_and_the_moment_of_its_end_counts()
    {
        var failing = ProgressState.Empty.BeginningAt(First).With(Report(5, delivered: 0));
        Assert.NotNull(failing.With(Report(3, startedAfterMs: 9_000)).Ongoing);
        Assert.Null(failing.With(Report(6, shoes: 0)).LastFailure!.OverAt);
        var end = Report(5, startedAfterMs: 9_000);
        var endedAt = end.StartedAt + end.Duration;
        Assert.Equal(endedAt, ProgressState.Empty.BeginningAt(At(5)).Failing(new FailedRun(At(5), endedAt, Lost)).With(end).LastFailure!.OverAt);
    }

    [Fact]
    public void The_report_of_an_open_tick_is_that_of_its_chunks()
    {
        var open = new OpenTick(First, 10, 5, 0, "0a", First.Time, null);
        Assert.Equal((2, 2, 3), (open.ChunkCount, (open with { Shoes = 6 }).ChunkCount, (open with { Shoes = 11 }).ChunkCount));
        Assert.Equal([true, false, false, false, false], ((Chunk[])[new(First, 5, 5), new(First, 5, 4), new(First, 3, 5), new(First, 10, 0), new(At(1), 5, 5)]).Select(open.Has));

        var latencies = new LatencyHistogram();
        latencies.Record(TimeSpan.FromMilliseconds(7));
        ChunkRow Row(int first, double startedAfterMs) => ChunkRow.Of(new Chunk(First, first, 5), Report(0, 5, startedAfterMs: startedAfterMs) with { Latencies = latencies }, "a/1");
        var report = open.ReportOf([Row(0, 300), Row(5, 100)]);
        Assert.Equal((10, TimeSpan.FromMilliseconds(312.345)), (report.Delivered, report.Duration));
        Assert.Equal(TimeSpan.FromMilliseconds(7), report.LatencyMax);
        Assert.Equal(TimeSpan.Zero, open.ReportOf([Row(0, -500)]).Duration);
    }

    [Fact]
    public void The_shoes_of_a_failed_tick_that_is_given_up_have_failed_for_good()
    {
        var given = ProgressState.Empty.BeginningAt(First).With(Report(0, delivered: 4)).Skipping(Range(0, 0, 1)).With(Report(1)).With(Report(2, delivered: 9));
        Assert.Equal((7, 6), (given.Failed, given.GivenUp));
        Assert.Equal(6, given.With(Report(2, startedAfterMs: 100)).Failed);
    }

    [Fact]
    public void That_a_run_was_told_to_stop_never_hides_why_its_tick_had_failed()
    {
        var stopped = Report(0, delivered: 0, startedAfterMs: 500) with { Failure = KafkaFailures.CutShort };
        var lost = ProgressState.Empty.BeginningAt(First).With(Report(0, delivered: 0));
        Assert.Equal(Lost, lost.With(stopped).LastFailure!.Failure);
        Assert.Equal(Lost, lost.Including(ProgressState.Empty, ProgressState.Empty.With(stopped)).LastFailure!.Failure);
        var later = lost.With(Report(0, startedAfterMs: 100)).With(stopped with { Tick = At(1) });
        Assert.Equal(Lost, later.LastFailure!.Failure);
        Assert.Equal(Lost, ProgressState.Empty.BeginningAt(First).With(stopped with { Tick = At(1) }).With(Report(0, delivered: 0)).LastFailure!.Failure);
        Assert.Equal(FailureKind.Cancelled, ProgressState.Empty.BeginningAt(First).With(stopped).LastFailure!.Failure.Kind);
    }

    [Fact]
    public void A_failure_is_over_with_the_first_run_after_it_that_is_delivered_whole()
    {
        var failing = ProgressState.Empty.BeginningAt(First).With(Report(0, delivered: 0)).With(Report(0, delivered: 4, startedAfterMs: 100));
        Assert.Equal((failing.LastFailure, null), (failing.Ongoing, failing.LastFailure!.OverAt));
        var (first, second) = (Report(0, startedAfterMs: 200), Report(1));
        var over = failing.With(first).With(second);
        Assert.Equal((null, first.StartedAt + TimeSpan.FromMilliseconds(12.345)), (over.Ongoing, over.LastFailure!.OverAt));
        Assert.Equal(over.LastFailure, failing.With(second).With(first).LastFailure);
        Assert.Equal(over.LastFailure, failing.Including(ProgressState.Empty, ProgressState.Empty.With(first)).LastFailure);
        Assert.Null(over.With(Report(2, delivered: 0)).LastFailure!.OverAt);
    }

    [Fact]
    public void What_fails_while_it_is_under_way_is_over_with_the_next_acknowledgement()
    {
        var begun = ProgressState.Empty.BeginningAt(First).With(Report(0));
        Assert.Same(begun, begun.Acknowledging(At(2).Time));
        var failing = begun.Failing(new FailedRun(At(1), At(3).Time, Lost));
        Assert.Equal(Lost, failing.Ongoing!.Failure);
        var over = failing.Acknowledging(At(4).Time);
        Assert.Equal((null, At(4).Time), (over.Ongoing, over.LastFailure!.OverAt!.Value));
        Assert.Equal(At(4).Time, over.With(Report(1, startedAfterMs: 5000)).LastFailure!.OverAt);
        Assert.Null(over.With(Report(1, delivered: 0, startedAfterMs: 5000)).LastFailure!.OverAt);
    }

    [Fact]
    public void What_two_instances_did_is_the_same_whichever_is_written_first() => Gen.Select(Reports, Gen.Int[0, 2]).Array[0, 200].Sample(runs =>
    {
        var all = runs.DistinctBy(run => run.Item1.StartedAt).ToArray();
        ProgressState After(ProgressState state, params int[] instances) =>
            all.Where(run => instances.Contains(run.Item2)).Select(run => run.Item1).Aggregate(state, With);
        var stored = After(ProgressState.Empty.BeginningAt(First), 0);
        var (mine, theirs) = (After(stored, 1), After(stored, 2));
        AssertSame(theirs.Including(stored, mine), mine.Including(stored, theirs));
        AssertSame(After(ProgressState.Empty.BeginningAt(First), 0, 1, 2), theirs.Including(stored, mine));
    });

    [Fact]
    public void An_instance_that_began_without_knowing_the_mark_does_not_move_it_past_what_is_pending()
    {
        var stored = ProgressState.Empty.BeginningAt(First).With(Report(0));
        var began = ProgressState.Empty.BeginningAt(At(10));
        var state = stored.Including(began, began.With(Report(10)));
        Assert.Equal((First, 20, 2), (state.HighWater, state.Delivered, state.Recent.Length));

        var next = stored.With(Report(9)).Including(began, began.With(Report(10)));
        Assert.Equal(At(10), next.HighWater);
    }

    [Fact]
    public void Only_the_last_writers_are_known()
    {
        var state = Enumerable.Range(0, 50).Aggregate(ProgressState.Empty, (state, write) => state.WrittenBy(new ProgressWriter($"{write % 20}", write)));
        Assert.Equal(Enumerable.Range(34, 16).Select(write => new ProgressWriter($"{write % 20}", write)), state.Writers);
    }

    [Fact]
    public void Of_each_partition_the_last_offset_is_known_even_where_the_topic_was_made_anew()
    {
        var state = ProgressState.Empty.With(Report(0) with { Partitions = [new(0, 0, 8, 9), new(5, 70, 76, 7)] }).With(Report(1) with { Partitions = [new(3, 0, 1, 2), new(5, 0, 3, 4)] });
        Assert.Equal([new(0, 8), new(3, 1), new(5, 3)], state.Partitions);

        // What another instance did is added to it.
        var from = ProgressState.Empty.With(Report(2) with { Partitions = [new(0, 9, 10, 2), new(3, 2, 2, 1)] });
        var to = from.With(Report(3) with { Partitions = [new(3, 3, 20, 18)] });
        Assert.Equal([new(0, 8), new(3, 20), new(5, 3)], state.Including(from, to).Partitions);
    }

    [Fact]
    public void Of_very_many_partitions_the_first_are_known()
    {
        var state = ProgressState.Empty.With(Report(0) with { Partitions = [.. Enumerable.Range(0, 2000).Select(partition => new PartitionOffsets(partition, long.MaxValue, long.MaxValue, 1))] });
        Assert.Equal(Enumerable.Range(0, ProgressState.KnownPartitions), state.Partitions.Select(end => end.Partition));
    }

    [Fact]
    public void Each_five_minutes_know_what_was_asked_of_ticks_delivered_whole_and_all_that_was_delivered()
    {
        var step = LoadStep.StartOf(First);
        Assert.Equal("2026-11-23T14:00:00Z", $"{step}");
        var state = ProgressState.Empty.With(Report(0)).With(Report(1, delivered: 4)).With(Report(299, shoes: 7)).With(Report(300));
        Assert.Equal([new(step, 17, 21), new(At(300), 10, 10)], state.Load);

        // A tick that is made up for later counts where it belongs, and its shoes of before were delivered all the same.
        state = state.With(Report(1, startedAfterMs: 400_000));
        Assert.Equal(new LoadStep(step, 27, 31), state.Load[0]);
        Assert.Equal(new LoadStep(step, 27, 34), state.WithFailedChunk(Report(2, delivered: 3)).Load[0]);

        // One that nothing was delivered of is known all the same.
        Assert.Equal([new(step, 0, 0)], ProgressState.Empty.With(Report(5, delivered: 0)).Load);
    }

    [Fact]
    public void Only_the_last_six_hours_of_it_are_kept_and_the_order_does_not_matter()
    {
        var reports = Enumerable.Range(0, 100).Select(step => Report(step * LoadStep.Seconds, shoes: step)).ToArray();
        var state = reports.Aggregate(ProgressState.Empty, With);
        Assert.Equal(Enumerable.Range(28, 72).Select(step => new LoadStep(At(step * LoadStep.Seconds), step, step)), state.Load);
        Assert.Equal(state.Load.AsEnumerable(), reports.Reverse().Aggregate(ProgressState.Empty, With).Load);

        // What another instance did is added to it, to steps that both know and to new ones.
        var (mine, theirs) = (reports[..50].Aggregate(state, With), reports[40..].Append(Report(101 * LoadStep.Seconds, shoes: 1)).Aggregate(state, With));
        Assert.Equal(reports[..50].Aggregate(theirs, With).Load.AsEnumerable(), theirs.Including(state, mine).Load);
    }

    [Fact]
    public void Ranges_that_follow_each_other_at_once_are_one_and_others_stand_alone()
    {
        var state = ProgressState.Empty.BeginningAt(First).Skipping(Range(0, 1, 2)).Skipping(Range(2, 2, 1)).With(Report(3)).Skipping(Range(4, 4, 1));
        Assert.Equal([Range(0, 2, 3), Range(4, 4, 1)], state.Skipped);
        Assert.Equal((4, 40), (state.SkippedTicks, state.SkippedShoes));
        Assert.Equal([Range(0, 9, 10)], ProgressState.Empty.BeginningAt(First).Skipping(Range(0, 1, 2)).Skipping(Range(2, 9, 8)).Skipped);
        var begun = ProgressState.Empty.BeginningAt(First).Skipping(Range(0, 1, 2));
        Assert.Equal([Range(0, 2, 3)], begun.Including(begun, begun.Skipping(Range(2, 2, 1))).Skipped);
    }

    private static OpenTick Opened(int tick) => new(At(tick), 10, 5, 0, $"{tick:x8}", At(tick).Time.AddSeconds(1), null);

    private static SkippedRange Range(int first, int last, long ticks) => new(At(first), At(last), ticks, ticks * 10, First.Time);

    private static Tick At(int seconds) => new(First.UnixSeconds + seconds);

    private static ProgressState With(ProgressState state, TickReport report) => state.With(report);
}
