namespace ShoeFunctions.Engine.Progress;

/// <summary>A program elsewhere that writes the same progress.</summary>
/// <param name="Name">Its name, as of <see cref="ProgressWriter"/>.</param>
/// <param name="SeenAt">When one of its writes was found between two of another program's, UTC.</param>
public sealed record OtherWriter(string Name, DateTimeOffset SeenAt);
