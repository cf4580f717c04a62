namespace ShoeFunctions.Engine.Auditing;

/// <summary>A partition whose first kept record is of the audited range: what was before it, retention has deleted.</summary>
/// <param name="Partition">The partition.</param>
/// <param name="FirstOffset">The offset of the first record that it still has, or will have.</param>
/// <param name="FirstTime">That record's time, or null where none is kept, or it is no time.</param>
public sealed record TruncatedPartition(int Partition, long FirstOffset, DateTimeOffset? FirstTime);
