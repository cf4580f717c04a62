using ShoeFunctions.Engine.Shoes;

namespace ShoeFunctions.Engine.Serialization;

/// <summary>Turns shoes into the bytes of their records' values, by a schema that the registry knows.</summary>
public interface IShoeSerializer
{
    /// <summary>Asks the registry for what is needed; it is asked once, until it has answered well.</summary>
    /// <exception cref="Failures.FailureException">The registry did not answer well.</exception>
    ValueTask PrepareAsync(CancellationToken cancellation);

    /// <summary>The frame of a shoe. It is good until the next call, of which there is one at a time.</summary>
    /// <exception cref="Failures.FailureException">The shoe cannot be framed.</exception>
    ValueTask<byte[]> SerializeAsync(GeneratedShoe shoe);
}
