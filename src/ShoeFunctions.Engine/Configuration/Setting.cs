using System.Text.RegularExpressions;

namespace ShoeFunctions.Engine.Configuration;

/// <summary>One setting, as a user sees it.</summary>
/// <param name="Name">Its name in the environment.</param>
/// <param name="Default">What holds where it is not set; null where there is no default.</param>
/// <param name="Accepted">What values are accepted, in words.</param>
/// <param name="Example">A value that is accepted.</param>
/// <param name="IsSecret">Whether its value must never be shown.</param>
/// <param name="IsAddress">Whether its value may be taken for an address, in which a password can stand before an '@'.</param>
/// <param name="IsPem">Whether its value is PEM text, or the path of a file that has it.</param>
/// <param name="IsNamed">Whether its value is a list of values with names, some of which may be secret.</param>
public sealed partial record Setting(
    string Name, string? Default, string Accepted, string Example, bool IsSecret = false, bool IsAddress = true, bool IsPem = false,
    bool IsNamed = false)
{
    /// <summary>
    /// A value of it as it may be shown: of a secret only about how long it is, of a URL no password, query or fragment, of
    /// PEM only where it lies.
    /// </summary>
    public string Display(string value) => this switch
    {
        // What names no file may be a key without its first line.
        { IsPem: true } when PemText.IsIn(value) || (IsSecret && !Path.Exists(value)) => $"*** (PEM, {SecretText.Describe(value)})",
        { IsPem: true } => value,
        { IsNamed: true } => NamedValues.Display(value),
        { IsSecret: true } => $"*** ({SecretText.Describe(value)})",
        { IsAddress: true } => WithoutCredentials(value),
        _ => value,
    };

    private static string WithoutCredentials(string value)
    {
        var scheme = Scheme.Match(value).Value;
        var rest = value[scheme.Length..];
        var (at, query) = (rest.LastIndexOf('@'), scheme.Length > 0 ? rest.IndexOfAny(['?', '#']) : -1);
        return (at, query) switch
        {
            (-1, -1) => value,
            (_, -1) => $"{scheme}…@{rest[(at + 1)..]}",
            // A password may have a question mark in it, and a query's token an at sign.
            _ when query < at => $"{scheme}…",
            _ => $"{scheme}{(at < 0 ? "" : "…@")}{rest[(at + 1)..(query + 1)]}…",
        };
    }

    [GeneratedRegex("^[A-Za-z_]+://")]
    private static partial Regex Scheme { get; }
}
