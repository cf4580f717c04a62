namespace ShoeFunctions.Local.EmbeddedSchemaRegistry.Schemas;

/// <summary>A file that a schema imports, and the version of a subject that holds it.</summary>
internal sealed record SchemaReference(string Name, string Subject, int Version);
