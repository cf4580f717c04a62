using Microsoft.Extensions.Logging;
using ShoeFunctions.Engine.Progress;
using ShoeFunctions.Engine.Progress.Stores;
using ShoeFunctions.Engine.Tests.Doubles;
using ShoeFunctions.Engine.Ticks;
using static ShoeFunctions.Engine.Tests.Progress.ProgressStates;

namespace ShoeFunctions.Engine.Tests.Progress;

/// <summary>What holds for the stores that earlier programs wrote to as well, which knew no cluster.</summary>
public abstract class EarlierProgressFacts : ProgressStoreFacts
{
    /// <summary>Opens the same storage under other servers' names.</summary>
    protected abstract IProgressStore OpenAs(string cluster, EarlierProgress? earlier = null);

    /// <summary>Puts a state where earlier programs did, which knew no cluster.</summary>
    protected abstract Task KeepAsEarlierAsync(ProgressState state);

    [Theory]
    [InlineData("*/10 * * * * *", 1000)]
    [InlineData("* * * * * *", 999)]
    public async Task What_an_earlier_program_kept_for_another_schedule_is_left_alone_and_production_begins_anew(string schedule, int batch)
    {
        await KeepAsEarlierAsync(Full(2));
        Assert.Equal(2, (await Open().ReadAsync(Stop)).Ticks);
        var log = new CollectingLog();
        using var factory = LoggerFactory.Create(logging => logging.AddProvider(log));
        EarlierProgress Of(string expression, int shoes) => TickSchedule.TryParse(expression, new ShoeRate.Batch(shoes), out var made)
            ? new EarlierProgress(made, factory.CreateLogger<EarlierProgress>()) : throw new ArgumentException(expression);

        var store = OpenAs("one_9092", Of(schedule, batch));
        AssertSame(ProgressState.Empty, await store.ReadAsync(Stop));
        Assert.Single(log.Lines, line => line.Event == 607);
        Assert.Equal(ClusterMove.None, await OpenAs("two_9092", Of(schedule, batch)).UseClusterAsync("two", Stop));
        Assert.Equal(10, (await store.UpdateAsync(state => state.With(Report(5)), Stop)).Delivered);
        Assert.Equal(10, (await store.ReadAsync(Stop)).Delivered);
        var said = log.Lines.Where(line => line.Event == 607).ToArray();
        Assert.Equal(2, said.Length);
        Assert.All(said, line => Assert.Contains("holds the progress of another program: its newest tick is 2026-11-23T14:00:01Z with 1000 shoes", line.Text, StringComparison.Ordinal));

        // It is there for the program that it fits.
        Assert.Equal(ClusterMove.TakenOver, await OpenAs("three_9092", Of("* * * * * *", 1000)).UseClusterAsync("three", Stop));
        Assert.Equal((2, 0), ((await OpenAs("three_9092").ReadAsync(Stop)).Ticks, (await OpenAs("four_9092").ReadAsync(Stop)).Ticks));
    }
}
