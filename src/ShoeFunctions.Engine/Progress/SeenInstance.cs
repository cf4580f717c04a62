namespace ShoeFunctions.Engine.Progress;

/// <summary>An instance that has made chunks.</summary>
/// <param name="Name">Its name, <c>place/process</c>.</param>
/// <param name="SeenAt">When its last chunk was delivered, UTC.</param>
public sealed record SeenInstance(string Name, DateTimeOffset SeenAt);
