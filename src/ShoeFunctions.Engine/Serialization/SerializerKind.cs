namespace ShoeFunctions.Engine.Serialization;

/// <summary>Whose serialiser makes the records' values.</summary>
public enum SerializerKind
{
    /// <summary>The engine's own: the fastest.</summary>
    Engine,

    /// <summary>Confluent's: it runs the subject's data-contract rules.</summary>
    Confluent,
}

/// <summary>What goes together with which.</summary>
public static class SerializerKinds
{
    /// <summary>Why Confluent's cannot show a certificate.</summary>
    public const string NoClientCertificate =
        "SCHEMA_REGISTRY_SSL_CERTIFICATE is set, and SERIALIZER is confluent, whose registry client takes its key from a file with a password alone: use SERIALIZER=engine, or another way to log in at the registry.";
}
