using System.Globalization;

namespace ShoeFunctions.Local.EmbeddedSchemaRegistry;

/// <summary>A version as a request names it: a number from 1, or the latest.</summary>
/// <param name="Number">The number, -1 for the latest.</param>
internal sealed record VersionName(int Number)
{
    public bool IsLatest => Number == -1;

    /// <exception cref="RegistryError">It names no version.</exception>
    public static VersionName Parse(string text) =>
        text == "latest" ? new VersionName(-1)
        : int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number is -1 or > 0 ? new VersionName(number)
        : throw RegistryError.InvalidVersion(text);
}
