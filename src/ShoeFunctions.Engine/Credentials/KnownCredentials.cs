namespace ShoeFunctions.Engine.Credentials;

/// <summary>The credentials for both peers.</summary>
public sealed record KnownCredentials(PeerCredentials Kafka, PeerCredentials SchemaRegistry);
