using ShoeFunctions.Engine.Configuration;
using ShoeFunctions.Engine.Credentials;
using ShoeFunctions.Engine.Failures;
using ShoeFunctions.Engine.Network;

namespace ShoeFunctions.Engine.SchemaRegistry;

/// <summary>Where the schema is registered, and how.</summary>
public sealed record SchemaRegistryOptions
{
    /// <summary>The registry's address: http or https.</summary>
    public required Uri Url { get; init; }

    /// <summary>Further addresses of the same registry: the next is asked where one cannot be.</summary>
    public IReadOnlyList<Uri> Others { get; init; } = [];

    /// <summary>All its addresses.</summary>
    public IReadOnlyList<Uri> Urls => [Url, .. Others];

    /// <summary>Whether to register the schema where the subject lacks it; otherwise it is only looked up.</summary>
    public bool AutoRegister { get; init; } = true;

    /// <summary>The longest wait for one answer.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Lets credentials go only where they are encrypted, or stay on this machine.</summary>
    /// <exception cref="FailureException">They would go unencrypted to another machine.</exception>
    public void RefuseInsecure(ApiKey? credentials, bool allowInsecure)
    {
        if (credentials is not null && !allowInsecure && Urls.Any(url => url.Scheme == "http" && !Loopback.IsHost(url.Host)))
            throw new FailureException(new Failure(FailureSource.Settings, "read settings", FailureKind.Invalid, "insecure", false,
                "SCHEMA_REGISTRY_URL is http, which would send the credentials unencrypted to another machine: use https, or set ALLOW_INSECURE=true."));
    }

    /// <summary>Reads what the settings say of the registry.</summary>
    internal static SchemaRegistryOptions Read(SettingsReader reader) => Read(reader, reader.ReadUrls(Settings.SchemaRegistryUrl, new Uri("http://localhost")));

    private static SchemaRegistryOptions Read(SettingsReader reader, Uri[] urls) => new()
    {
        Url = urls[0],
        Others = urls[1..],
        AutoRegister = reader.ReadWord(Settings.SchemaAutoRegister, ("true", true), ("false", false)),
    };
}
