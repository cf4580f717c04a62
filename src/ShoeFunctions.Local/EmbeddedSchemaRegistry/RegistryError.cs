namespace ShoeFunctions.Local.EmbeddedSchemaRegistry;

/// <summary>An answer that is an error, with the codes and sentences of Confluent Schema Registry.</summary>
internal sealed class RegistryError(int status, int code, string message) : Exception(message)
{
    public int Status { get; } = status;

    public int Code { get; } = code;

    public static RegistryError SubjectNotFound(string subject) => new(404, 40401, $"Subject '{subject}' not found.");

    public static RegistryError VersionNotFound(int version) => new(404, 40402, $"Version {version} not found.");

    public static RegistryError SchemaNotFound() => new(404, 40403, "Schema not found");

    public static RegistryError SchemaNotFound(int id) => new(404, 40403, $"Schema {id} not found");

    public static RegistryError SubjectSoftDeleted(string subject) =>
        new(404, 40404, $"Subject '{subject}' was soft deleted.Set permanent=true to delete permanently");

    public static RegistryError SubjectNotSoftDeleted(string subject) =>
        new(404, 40405, $"Subject '{subject}' was not deleted first before being permanently deleted");

    public static RegistryError VersionSoftDeleted(string subject, int version) =>
        new(404, 40406, $"Subject '{subject}' Version {version} was soft deleted.Set permanent=true to delete permanently");

    public static RegistryError VersionNotSoftDeleted(string subject, int version) =>
        new(404, 40407, $"Subject '{subject}' Version {version} was not deleted first before being permanently deleted");

    public static RegistryError NoCompatibilityOfItsOwn(string subject) =>
        new(404, 40408, $"Subject '{subject}' does not have subject-level compatibility configured");

    public static RegistryError NoModeOfItsOwn(string subject) =>
        new(404, 40409, $"Subject '{subject}' does not have subject-level mode configured");

    public static RegistryError Incompatible(string subject, IEnumerable<string> details) =>
        new(409, 40901, $"Schema being registered is incompatible with an earlier schema for subject \"{subject}\", details: [{string.Join(", ", details)}]");

    public static RegistryError EmptySchema() => new(422, 42201, "Empty schema");

    public static RegistryError InvalidSchema(string why) => new(422, 42201, $"Invalid PROTOBUF schema. {why}");

    public static RegistryError InvalidSchemaType(string type) => new(422, 42201, $"Invalid schema type {type}");

    public static RegistryError ProtobufOnly(string type) =>
        new(422, 42201, $"Invalid schema type {type}: this embedded registry keeps PROTOBUF only (a missing schemaType means AVRO)");

    public static RegistryError InvalidVersion(string version) =>
        new(422, 42202, $"The specified version '{version}' is not a valid version id. Allowed values are between [1, 2^31-1] and the string \"latest\"");

    public static RegistryError InvalidCompatibility() => new(422, 42203, "Invalid compatibility level");

    public static RegistryError ReferenceExists(string subject, int version) =>
        new(422, 42206, $"One or more references exist to the schema {{magic=1,keytype=SCHEMA,subject={subject},version={version}}}.");

    public static RegistryError NoRuleSets() =>
        new(422, 42210, "This embedded registry keeps no rule sets: what relies on them would go wrong silently");

    public static RegistryError NotJson() => new(400, 400, "The request's body is not the JSON that is expected");

    /// <summary>An error that HTTP itself names.</summary>
    public static RegistryError Http(int status) =>
        new(status, status, $"HTTP {status} {Microsoft.AspNetCore.WebUtilities.ReasonPhrases.GetReasonPhrase(status)}");
}
