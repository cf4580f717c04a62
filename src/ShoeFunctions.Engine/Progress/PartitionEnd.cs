namespace ShoeFunctions.Engine.Progress;

/// <summary>How far a partition of the topic has come by what was acknowledged.</summary>
/// <param name="Partition">The partition.</param>
/// <param name="LastOffset">The offset of the last record of ours in it. Other producers' records may lie behind.</param>
public sealed record PartitionEnd(int Partition, long LastOffset);
