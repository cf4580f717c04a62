namespace ShoeFunctions.Engine.Credentials;

/// <summary>A key with its secret. Neither is ever shown.</summary>
public sealed class ApiKey(string key, string secret) : IEquatable<ApiKey>
{
    /// <summary>The key: a user's name, as it were.</summary>
    public string Key { get; } = key;

    /// <summary>The secret: a password.</summary>
    public string Secret { get; } = secret;

    /// <inheritdoc/>
    public bool Equals(ApiKey? other) => other is not null && Key == other.Key && Secret == other.Secret;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as ApiKey);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Key, Secret);

    /// <summary>Three stars.</summary>
    public override string ToString() => "***";
}
