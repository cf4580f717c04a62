namespace ShoeFunctions.Engine.Ticks;

/// <summary>Where a tick's records lie in one partition.</summary>
/// <param name="Partition">The partition.</param>
/// <param name="First">The offset of the first.</param>
/// <param name="Last">The offset of the last. Other producers' records may lie between.</param>
/// <param name="Count">How many of the tick's records are there.</param>
public readonly record struct PartitionOffsets(int Partition, long First, long Last, int Count);
