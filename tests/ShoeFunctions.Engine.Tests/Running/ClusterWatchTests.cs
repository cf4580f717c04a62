using ShoeFunctions.Engine.Progress;
using ShoeFunctions.Engine.Running;
using ShoeFunctions.Engine.Tests.Doubles;

namespace ShoeFunctions.Engine.Tests.Running;

public sealed class ClusterWatchTests
{
    [Theory]
    [InlineData(ClusterMove.None, null, false, 1)]
    [InlineData(ClusterMove.Untold, null, false, 2)]
    [InlineData(ClusterMove.TakenOver, 105, false, 1)]
    [InlineData(ClusterMove.Found, 106, true, 1)]
    [InlineData(ClusterMove.Begun, 107, true, 1)]
    public async Task What_becomes_of_the_progress_is_said_once_and_only_another_ones_marks_are_elsewhere(ClusterMove move, int? said, bool isElsewhere, int asked)
    {
        var store = new WatchedProgressStore { Move = move };
        using var engine = new TestEngine(store);
        var watch = new ClusterWatch(store, engine.KafkaOptions, engine.LoggerOf<ClusterWatch>());
        Assert.False(await watch.IsElsewhereAsync(null));
        Assert.Equal(isElsewhere, await watch.IsElsewhereAsync("lkc-1"));
        Assert.False(await watch.IsElsewhereAsync("lkc-1"));
        Assert.Equal(asked, store.Moves);
        Assert.Equal(said is null ? [] : [said.Value], engine.Log.Lines.Select(line => line.Event).Where(number => number is >= 105 and <= 107));
        Assert.All(engine.Log.Lines, line => Assert.Contains("lkc-1", line.Text, StringComparison.Ordinal));
    }
}
