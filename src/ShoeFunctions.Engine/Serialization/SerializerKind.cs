namespace ShoeFunctions.Engine.Serialization;

/// <summary>Whose serialiser makes the records' values.</summary>
public enum SerializerKind
{
    /// <summary>The engine's own: the fastest.</summary>
    Engine,

    /// <summary>Confluent's: it runs the subject's data-contract rules.</summary>
    Confluent,
}
