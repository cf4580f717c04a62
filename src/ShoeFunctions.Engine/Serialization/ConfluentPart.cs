namespace ShoeFunctions.Engine.Serialization;

/// <summary>Whether this program has Confluent's own serialiser.</summary>
/// <param name="WhyNot">What is wrong with <c>SERIALIZER=confluent</c> here, as a sentence to a user; null where it is possible.</param>
public sealed record ConfluentPart(string? WhyNot)
{
    /// <summary>Why Confluent's cannot be used with certificates of our own: read in Confluent.SchemaRegistry 2.16.0.</summary>
    public const string NoCertificates =
        "SERIALIZER is confluent, whose registry client does not check a private authority's certificates for their host, and takes a client's key from a file alone: "
        + "use SERIALIZER=engine with SCHEMA_REGISTRY_SSL_CA and SCHEMA_REGISTRY_SSL_CERTIFICATE, or have this machine trust the authority and leave them out.";

    /// <summary>It is there.</summary>
    public static ConfluentPart Present { get; } = new(WhyNot: null);

    /// <summary>It is not, because only the Functions app can have it.</summary>
    public static ConfluentPart OnlyInTheApp { get; } = new("SERIALIZER: 'confluent' is for the Functions app only; accepted here is engine.");
}
