namespace ShoeFunctions.Engine.Tests.Architecture;

public sealed class EngineHouseTests
{
    /// <summary>From the ground up. A room that is new gets its place here, above what it uses and below what uses it.</summary>
    private static readonly string[] Rooms =
    [
        // Plain data and pure functions.
        "Failures", "Ticks", "Configuration", "Shoes",
        // Each one system outside: its options, its client, its probe and what its failures mean.
        "Network", "Credentials", "Librdkafka", "Kafka", "SchemaRegistry", "Telemetry", "Connections", "Serialization",
        "Faults",
        "Delivery",
        "Progress",
        "Running",
        // All settings together.
        "Setup",
        // What people look at.
        "Statistics", "Health", "Planning", "Auditing", "Dashboard",
    ];

    private static readonly House Engine = new(typeof(ShoeServices).Assembly, Rooms);

    [Fact]
    public void A_room_uses_rooms_below_it_alone() => Engine.AssertThatAllStairsLeadDown();

    [Fact]
    public void No_two_rooms_reach_each_other() => Engine.AssertThatNoRoomsReachEachOther();

    [Fact]
    public void Nothing_in_it_refers_to_Azure_Functions() => Assert.DoesNotContain(
        typeof(ShoeServices).Assembly.GetReferencedAssemblies(), assembly => assembly.Name!.StartsWith("Microsoft.Azure.", StringComparison.Ordinal));

    [Fact]
    public void Pointers_are_in_one_room_alone() => Assert.Equal(["Librdkafka"], Engine.RoomsWithPointers());

    [Fact]
    public void Native_calls_are_the_clients_its_heaps_and_the_file_systems() => Assert.Equal(["Librdkafka", "Progress"], Engine.RoomsWithNativeCalls());

    [Fact]
    public void The_environment_is_read_for_the_systems_trust_alone() => Assert.Equal(["Network"], Engine.RoomsThatCall("System.Environment", "GetEnvironmentVariable"));

    [Fact]
    public void The_wall_clock_is_the_compositions_and_the_clients() => Assert.Equal([House.Root, "Kafka"], Engine.RoomsThatCall("System.TimeProvider", "get_System"));
}
