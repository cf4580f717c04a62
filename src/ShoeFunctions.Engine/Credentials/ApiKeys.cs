namespace ShoeFunctions.Engine.Credentials;

/// <summary>What we say who we are with, or nothing where no credentials are asked for.</summary>
public sealed record ApiKeys(ApiKey? Kafka, ApiKey? SchemaRegistry);
