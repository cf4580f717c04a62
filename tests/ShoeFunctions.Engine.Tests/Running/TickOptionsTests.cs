using ShoeFunctions.Engine.Progress;
using ShoeFunctions.Engine.Running;
using ShoeFunctions.Engine.Ticks;

namespace ShoeFunctions.Engine.Tests.Running;

public sealed class TickOptionsTests
{
    private static readonly TickOptions Split = new() { Schedule = null!, FanOutAbove = 5, ChunkShoes = 4 };

    [Theory]
    [InlineData(5, false)]
    [InlineData(6, true)]
    [InlineData(Tick.MaxShoes, true)]
    [InlineData(Tick.MaxShoes + 1, false)]
    public void A_tick_of_more_shoes_than_that_is_split_where_it_can_be_one(int shoes, bool isSplit)
    {
        Assert.Equal(isSplit, Split.IsSplit(shoes));
        Assert.False((Split with { FanOutAbove = 0 }).IsSplit(shoes));
    }

    [Theory]
    [InlineData(0, 10, 3)]
    [InlineData(3, 10, 3)]
    [InlineData(4, 10, 7)]
    [InlineData(8, 10, 9)]
    [InlineData(9, 10, 9)]
    [InlineData(0, 5, 4)]
    public void The_last_shoe_of_a_chunk_is_that_of_the_tick_where_it_is_not_split(int index, int shoes, int last) => Assert.Equal(last, Split.LastOfChunk(index, shoes));

    [Theory]
    [InlineData(0, 1)]
    [InlineData(3, 3)]
    [InlineData(100_000, ProgressState.MostOpen)]
    public void No_more_ticks_are_open_than_are_made_up_for_but_one_always(int catchUp, int open) => Assert.Equal(open, (Split with { CatchUpLimit = catchUp }).OpenLimit);
}
