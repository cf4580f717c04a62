namespace ShoeFunctions.Local.EmbeddedSchemaRegistry;

/// <summary>Which readers must be able to read which writers' data.</summary>
/// <param name="Name">The name in the API.</param>
/// <param name="NewReadsOld">The new schema must read what earlier ones wrote.</param>
/// <param name="OldReadsNew">Earlier schemas must read what the new one writes.</param>
/// <param name="AllVersions">All earlier versions count, not only the latest.</param>
internal sealed record CompatibilityLevel(string Name, bool NewReadsOld, bool OldReadsNew, bool AllVersions)
{
    public static CompatibilityLevel Backward { get; } = new("BACKWARD", true, false, false);

    private static readonly CompatibilityLevel[] All =
    [
        new("NONE", false, false, false),
        Backward,
        new("BACKWARD_TRANSITIVE", true, false, true),
        new("FORWARD", false, true, false),
        new("FORWARD_TRANSITIVE", false, true, true),
        new("FULL", true, true, false),
        new("FULL_TRANSITIVE", true, true, true),
    ];

    /// <exception cref="RegistryError">There is no such level.</exception>
    public static CompatibilityLevel Parse(string? name) =>
        All.FirstOrDefault(level => level.Name.Equals(name, StringComparison.OrdinalIgnoreCase)) ?? throw RegistryError.InvalidCompatibility();
}
