using ShoeFunctions.Local.EmbeddedSchemaRegistry.Schemas;

namespace ShoeFunctions.Local.EmbeddedSchemaRegistry;

/// <summary>A subject's version, and the schema that it has.</summary>
internal sealed record RegisteredVersion(string Subject, int Version, int Id, ProtobufSchema Schema);
