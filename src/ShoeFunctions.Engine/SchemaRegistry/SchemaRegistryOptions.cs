using System.Text.RegularExpressions;
using ShoeFunctions.Engine.Configuration;
using ShoeFunctions.Engine.Failures;
using ShoeFunctions.Engine.Network;

namespace ShoeFunctions.Engine.SchemaRegistry;

/// <summary>Where the schema is registered, and how.</summary>
public sealed partial record SchemaRegistryOptions
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

    /// <summary>What is sent with a token: the registry's id in Confluent Cloud, and the identity pools.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> TokenHeaders { get; init; } = [];

    /// <summary>Lets credentials go only where they are encrypted, or stay on this machine.</summary>
    /// <param name="haveSecret">Whether there are any that nobody else may see.</param>
    /// <param name="allowInsecure">Whether they may go unencrypted.</param>
    /// <exception cref="FailureException">They would go unencrypted to another machine.</exception>
    public void RefuseInsecure(bool haveSecret, bool allowInsecure)
    {
        if (haveSecret && !allowInsecure && Urls.Any(url => url.Scheme == "http" && !Loopback.IsHost(url.Host)))
            throw new FailureException(new Failure(FailureSource.Settings, "read settings", FailureKind.Invalid, "insecure", false,
                "SCHEMA_REGISTRY_URL is http, which would send the credentials unencrypted to another machine: use https, or set ALLOW_INSECURE=true."));
    }

    /// <summary>Reads what the settings say of the registry.</summary>
    internal static SchemaRegistryOptions Read(SettingsReader reader) => Read(reader, reader.ReadUrls(Settings.SchemaRegistryUrl, new Uri("http://localhost")));

    private static SchemaRegistryOptions Read(SettingsReader reader, Uri[] urls) => new()
    {
        Url = urls[0],
        Others = urls[1..],
        TokenHeaders =
        [
            .. ReadHeader(reader, Settings.SchemaRegistryLogicalCluster, "target-sr-cluster", Id),
            .. ReadHeader(reader, Settings.SchemaRegistryIdentityPool, "Confluent-Identity-Pool-Id", Ids),
        ],
        AutoRegister = reader.ReadWord(Settings.SchemaAutoRegister, ("true", true), ("false", false)),
    };

    private static IEnumerable<KeyValuePair<string, string>> ReadHeader(SettingsReader reader, Setting setting, string name, Regex form)
    {
        if (!reader.IsSet(setting))
            yield break;
        if (!reader.IsSet(Settings.SchemaRegistryOAuthScope))
            reader.Contradiction($"{setting.Name} is sent with a token, and SCHEMA_REGISTRY_OAUTH_SCOPE is not set: set it, or remove {setting.Name}.");
        yield return new(name, reader.Read(setting, SettingsReader.Matches(form), ""));
    }

    [GeneratedRegex(@"^[A-Za-z0-9-]+\z")]
    private static partial Regex Id { get; }

    [GeneratedRegex(@"^[A-Za-z0-9-]+(?:\s*,\s*[A-Za-z0-9-]+)*\z")]
    private static partial Regex Ids { get; }
}
