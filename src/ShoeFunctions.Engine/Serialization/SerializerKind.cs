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
    /// <summary>Why Confluent's cannot be used with certificates of our own: read in Confluent.SchemaRegistry 2.16.0.</summary>
    public const string NoCertificates =
        "SERIALIZER is confluent, whose registry client does not check a private authority's certificates for their host, and takes a client's key from a file alone: "
        + "use SERIALIZER=engine with SCHEMA_REGISTRY_SSL_CA and SCHEMA_REGISTRY_SSL_CERTIFICATE, or have this machine trust the authority and leave them out.";
}
