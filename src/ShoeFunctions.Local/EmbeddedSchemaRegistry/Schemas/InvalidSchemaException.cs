namespace ShoeFunctions.Local.EmbeddedSchemaRegistry.Schemas;

/// <summary>A text is no schema, and why.</summary>
internal sealed class InvalidSchemaException(string message, Exception? cause = null) : Exception(message, cause);
