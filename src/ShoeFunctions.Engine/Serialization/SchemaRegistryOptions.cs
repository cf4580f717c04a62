namespace ShoeFunctions.Engine.Serialization;

/// <summary>Where the schema is registered, and how.</summary>
public sealed record SchemaRegistryOptions
{
    /// <summary>The registry's address: http or https.</summary>
    public required Uri Url { get; init; }

    /// <summary>The user of the basic authentication, or none.</summary>
    public string? ApiKey { get; init; }

    /// <summary>The password of the basic authentication, or none.</summary>
    public string? ApiSecret { get; init; }

    /// <summary>Whether to register the schema where the subject lacks it; otherwise it is only looked up.</summary>
    public bool AutoRegister { get; init; } = true;

    /// <summary>The longest wait for one answer.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(5);
}
