using ShoeFunctions.Engine.Tests.Architecture;
using ShoeFunctions.Local.EmbeddedKafka;

namespace ShoeFunctions.Local.Tests.Architecture;

public sealed class LocalHouseTests
{
    /// <summary>From the ground up.</summary>
    private static readonly string[] Rooms = ["Machine", "Terminal", "EmbeddedKafka", "EmbeddedSchemaRegistry", "Hosting", "Commands"];

    private static readonly House Local = new(typeof(EmbeddedCluster).Assembly, Rooms);

    [Fact]
    public void A_room_uses_rooms_below_it_alone() => Local.AssertThatAllStairsLeadDown();

    [Fact]
    public void No_two_rooms_reach_each_other() => Local.AssertThatNoRoomsReachEachOther();

    [Fact]
    public void Native_calls_are_the_embedded_clusters_the_machines_and_the_terminals() => Assert.Equal(["EmbeddedKafka", "Machine", "Terminal"], Local.RoomsWithNativeCalls());
}
