namespace ShoeFunctions.Engine.Configuration;

/// <summary>What can be said of a secret without showing it.</summary>
internal static class SecretText
{
    /// <summary>What is wrong with a pasted secret, or null.</summary>
    public static string? Fault(string secret) => secret switch
    {
        _ when IsUnresolved(secret) =>
            "a Key Vault reference that was not resolved: check the reference and that the app's identity may read the secret",
        _ when char.IsWhiteSpace(secret[0]) || char.IsWhiteSpace(secret[^1]) => $"{Describe(secret)} with white space around it",
        _ when secret[0] is '"' or '\'' || secret[^1] is '"' or '\'' => $"{Describe(secret)} with quotes around it",
        _ when secret.Any(char.IsControl) => $"{Describe(secret)} with control characters in it",
        _ => null,
    };

    /// <summary>Whether it is what Azure leaves of a Key Vault reference that does not resolve.</summary>
    public static bool IsUnresolved(string text) => text.StartsWith("@Microsoft.KeyVault(", StringComparison.OrdinalIgnoreCase);

    /// <summary>That there is a secret, and about how long.</summary>
    public static string Describe(string secret) => secret.Length switch
    {
        < 8 => "a value of less than 8 characters",
        < 32 => "a value of 8 to 31 characters",
        < 128 => "a value of 32 to 127 characters",
        _ => "a value of 128 characters or more",
    };
}
