using ShoeFunctions.Engine.Progress;
using static ShoeFunctions.Engine.Tests.Progress.ProgressStates;

namespace ShoeFunctions.Engine.Tests.Progress;

/// <summary>What holds for every store.</summary>
public abstract class ProgressStoreFacts
{
    protected static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>Opens the test's storage, empty at first; as another instance would where it was opened before.</summary>
    protected abstract IProgressStore Open();

    [Fact]
    public async Task Before_the_first_write_nothing_was_produced() => AssertSame(ProgressState.Empty, await Open().ReadAsync(Stop));

    [Fact]
    public async Task What_one_instance_stored_another_reads_exactly()
    {
        var full = Full() with { OtherWriter = new OtherWriter("shoes-other/a0b1c2d3", First.Time.AddMilliseconds(7.25)) };
        AssertSame(full, await Open().UpdateAsync(_ => full, Stop));
        AssertSame(full, await Open().ReadAsync(Stop));
    }

    [Fact]
    public async Task A_change_is_made_to_what_is_stored_now()
    {
        var (one, other) = (Open(), Open());
        await one.UpdateAsync(empty => empty.BeginningAt(First), Stop);
        await other.UpdateAsync(state => state.With(Report(0)), Stop);
        var returned = await one.UpdateAsync(state => state.With(Report(1, delivered: 4)), Stop);
        AssertSame(ProgressState.Empty.BeginningAt(First).With(Report(0)).With(Report(1, delivered: 4)), returned);
        AssertSame(returned, await other.ReadAsync(Stop));
    }

    [Fact]
    public async Task A_change_that_throws_stores_nothing()
    {
        await Open().UpdateAsync(state => state.With(Report(0)), Stop);
        await Assert.ThrowsAsync<InvalidTimeZoneException>(() => Open().UpdateAsync(_ => throw new InvalidTimeZoneException(), Stop));
        AssertSame(ProgressState.Empty.With(Report(0)), await Open().ReadAsync(Stop));
    }

    [Fact]
    public async Task Two_clusters_under_the_same_names_have_a_state_each_and_the_first_takes_what_was_there()
    {
        var store = Open();
        await store.UpdateAsync(state => state.BeginningAt(First).With(Report(0)), Stop);
        await store.UseClusterAsync("one", Stop);
        Assert.Equal(20, (await store.UpdateAsync(state => state.With(Report(1)), Stop)).Delivered);
        Assert.Equal(ClusterMove.None, await store.UseClusterAsync("one", Stop));

        Assert.Equal(ClusterMove.Begun, await store.UseClusterAsync("other", Stop));
        AssertSame(ProgressState.Empty, await store.ReadAsync(Stop));
        await store.UpdateAsync(state => state.BeginningAt(First).With(Report(5)), Stop);
        Assert.Equal((10, 10), ((await store.ReadAsync(Stop)).Delivered, (await Open().ReadAsync(Stop)).Delivered));

        Assert.Equal(ClusterMove.Found, await store.UseClusterAsync("one", Stop));
        Assert.Equal((20, 20), ((await store.ReadAsync(Stop)).Delivered, (await Open().ReadAsync(Stop)).Delivered));
    }

    [Fact]
    public async Task Instances_that_write_at_once_lose_nothing() => await WriteAtOnceAsync(writers: 4, updates: 25);

    /// <summary>Lets instances write as fast as they can and holds the outcome against what each did.</summary>
    protected async Task WriteAtOnceAsync(int writers, int updates)
    {
        await Task.WhenAll(Enumerable.Range(0, writers).Select(writer => Task.Run(async () =>
        {
            var (store, own, before) = (Open(), 0L, 0L);
            for (var update = 0; update < updates; update++)
            {
                var report = Report(update * writers + writer, delivered: update % 3 == 0 ? 7 : 10);
                var stored = (await store.UpdateAsync(state => state.With(report), Stop)).Delivered;
                Assert.InRange(stored, Math.Max(own += report.Delivered, before + report.Delivered), long.MaxValue);
                before = stored;
            }
        })));

        var state = await Open().ReadAsync(Stop);
        var whole = updates - (updates + 2) / 3;
        Assert.Equal((writers * whole, writers * (whole * 10L + (updates - whole) * 7L)), (state.Ticks, state.Delivered));
        Assert.Equal(writers * (updates - whole) * 3L, state.FailedSends);
        Assert.Equal(50 * state.Delivered, state.Bytes);
        Assert.Equal(Enumerable.Range(0, writers * updates).TakeLast(ProgressState.RecentTicks), state.Recent.Select(run => (int)(run.Tick.UnixSeconds - First.UnixSeconds)));
    }
}
