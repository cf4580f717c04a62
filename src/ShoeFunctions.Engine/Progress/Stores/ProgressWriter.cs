namespace ShoeFunctions.Engine.Progress.Stores;

/// <summary>How far one instance's writes have come.</summary>
/// <param name="Name">The instance's own name, made up when it started.</param>
/// <param name="Write">The number of its last write that is in the state.</param>
public sealed record ProgressWriter(string Name, long Write);
