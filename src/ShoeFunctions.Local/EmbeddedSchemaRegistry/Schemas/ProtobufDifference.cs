namespace ShoeFunctions.Local.EmbeddedSchemaRegistry.Schemas;

/// <summary>A change after which one schema cannot read what was written with the other.</summary>
/// <param name="Type">Its name in Confluent Schema Registry.</param>
/// <param name="Path">Where: names of messages and oneofs, numbers of fields.</param>
internal sealed record ProtobufDifference(string Type, string Path)
{
    public const string MessageRemoved = "MESSAGE_REMOVED";
    public const string FieldKindChanged = "FIELD_KIND_CHANGED";
    public const string FieldScalarKindChanged = "FIELD_SCALAR_KIND_CHANGED";
    public const string FieldNamedTypeChanged = "FIELD_NAMED_TYPE_CHANGED";
    public const string FieldNumericLabelChanged = "FIELD_NUMERIC_LABEL_CHANGED";
    public const string RequiredFieldAdded = "REQUIRED_FIELD_ADDED";
    public const string RequiredFieldRemoved = "REQUIRED_FIELD_REMOVED";
    public const string OneofFieldRemoved = "ONEOF_FIELD_REMOVED";
    public const string MultipleFieldsMovedToOneof = "MULTIPLE_FIELDS_MOVED_TO_ONEOF";
    public const string FieldMovedToExistingOneof = "FIELD_MOVED_TO_EXISTING_ONEOF";

    /// <summary>The difference as Confluent Schema Registry tells it.</summary>
    /// <param name="reader">What the reading schema is called: new or old.</param>
    /// <param name="writer">What the writing schema is called.</param>
    public string Describe(string reader, string writer) => $"{{errorType:\"{Type}\", description:\"{Sentence(reader, writer)}\"}}";

    private string Sentence(string reader, string writer) => Type switch
    {
        MessageRemoved => $"The {reader} schema is missing a MESSAGE type at path '{Path}' in the {writer} schema",
        FieldKindChanged => $"The type of a field at path '{Path}' in the {reader} schema does not match the {writer} schema",
        FieldScalarKindChanged => $"The kind of a SCALAR field at path '{Path}' in the {reader} schema does not match its kind in the {writer} schema",
        FieldNamedTypeChanged => $"The type of a MESSAGE field at path '{Path}' in the {reader} schema does not match its type in the {writer} schema",
        FieldNumericLabelChanged => $"The label for a NUMERIC field at path '{Path}' in the {reader} schema does not match its label in the {writer} schema",
        RequiredFieldAdded => $"A required field at path '{Path}' in the {reader} schema is missing in the {writer} schema",
        RequiredFieldRemoved => $"The {reader} schema is missing a required field at path: '{Path}' in the {writer} schema",
        OneofFieldRemoved => $"The {reader} schema is missing a oneof field at path '{Path}' in the {writer} schema",
        MultipleFieldsMovedToOneof => $"Multiple fields in the oneof at path '{Path}' in the {reader} schema are outside a oneof in the {writer} schema",
        FieldMovedToExistingOneof => $"A field in the oneof at path '{Path}' in the {reader} schema is outside an existing oneof in the {writer} schema",
        _ => "",
    };
}
