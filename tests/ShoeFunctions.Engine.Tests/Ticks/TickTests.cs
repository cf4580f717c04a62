using ShoeFunctions.Engine.Ticks;

namespace ShoeFunctions.Engine.Tests.Ticks;

public sealed class TickTests
{
    private static readonly Tick FarTick = Tick.At(new DateTimeOffset(2200, 1, 1, 0, 0, 0, TimeSpan.Zero));

    [Fact]
    public void An_id_tells_tick_and_index() =>
        Assert.Equal((1795442410L << 20) + 5, new Tick(1795442410).ShoeId(5));

    [Fact]
    public void An_id_leads_back_to_its_tick() =>
        Assert.Equal(FarTick, Tick.OfShoe(FarTick.ShoeId(Tick.MaxShoes - 1)));

    [Fact]
    public void Ids_are_safe_in_JavaScript_for_two_centuries() =>
        Assert.InRange(FarTick.ShoeId(Tick.MaxShoes - 1), 0, (1L << 53) - 1);

    [Fact]
    public void The_next_ticks_ids_begin_after_this_ones() =>
        Assert.Equal(new Tick(1001).ShoeId(0), new Tick(1000).ShoeId(Tick.MaxShoes - 1) + 1);

    [Theory]
    [InlineData(-1)]
    [InlineData(Tick.MaxShoes)]
    public void There_is_no_shoe_beyond_a_tick(int index) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => FarTick.ShoeId(index));

    [Fact]
    public void A_tick_is_written_as_its_time() => Assert.Equal("2026-11-23T14:00:10Z", new Tick(1795442410).ToString());
}
