using System.Text.RegularExpressions;
using Azure.Core;
using Azure.Data.Tables;
using Azure.Storage.Queues;
using Microsoft.Extensions.Configuration;
using ShoeFunctions.Engine.Configuration;
using ShoeFunctions.Engine.Credentials;

namespace ShoeFunctions.Engine.Progress.Stores;

/// <summary>
/// The storage account that a Functions app has anyway, from the settings that the host reads as well:
/// <c>AzureWebJobsStorage</c> as a connection string, or <c>AzureWebJobsStorage__accountName</c> (or
/// <c>__tableServiceUri</c>, <c>__queueServiceUri</c>) with <c>__credential</c> and <c>__clientId</c> for an identity.
/// </summary>
public static partial class StorageConnection
{
    private const string Name = "AzureWebJobsStorage";

    private static readonly TimeSpan LongestRequest = TimeSpan.FromSeconds(2);

    /// <summary>Whether there are such settings, right or wrong.</summary>
    public static bool IsConfigured(IConfiguration configuration) =>
        configuration.GetSection(Name) is var section && (section.Value is { Length: > 0 } || section.GetChildren().Any(child => child.Value is { Length: > 0 }));

    /// <summary>A client of the account's tables. It connects to nothing before it is used.</summary>
    /// <exception cref="SettingsException">The settings are wrong.</exception>
    public static TableServiceClient OpenTables(IConfiguration configuration)
    {
        // No request is repeated by the client: the store does so, after it has looked whether it was made.
        var options = Tuned(new TableClientOptions(), retries: 0);
        return Open(configuration, "table", text => new TableServiceClient(text, options), (uri, identity) => new TableServiceClient(uri, identity, options));
    }

    /// <summary>A client of the account's queues. It connects to nothing before it is used.</summary>
    /// <exception cref="SettingsException">The settings are wrong.</exception>
    public static QueueServiceClient OpenQueues(IConfiguration configuration)
    {
        var options = Tuned(new QueueClientOptions(), retries: 2);
        return Open(configuration, "queue", text => new QueueServiceClient(text, options), (uri, identity) => new QueueServiceClient(uri, identity, options));
    }

    private static T Open<T>(IConfiguration configuration, string service, Func<string, T> ofText, Func<Uri, TokenCredential, T> ofIdentity)
    {
        var section = configuration.GetSection(Name);
        return section.Value is { Length: > 0 } text ? OfConnectionString(text, service, ofText) : ofIdentity(Address(section, service), Credential(section));
    }

    private static T OfConnectionString<T>(string text, string service, Func<string, T> open)
    {
        const string Accepted = "a storage account's connection string, or UseDevelopmentStorage=true";
        if (SecretText.Fault(text) is { } fault)
            throw Wrong(Name, fault, Accepted);

        try
        {
            return open(text);
        }
        catch (Exception malformed) when (malformed is InvalidOperationException or FormatException or ArgumentException)
        {
            throw Wrong(Name, $"{SecretText.Describe(text)} that is no connection string with {service}s", Accepted);
        }
    }

    private static Uri Address(IConfigurationSection section, string service)
    {
        var setting = service + "ServiceUri";
        if (section[setting] is { Length: > 0 } text)
            return Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri is { Scheme: "https", UserInfo: "", Query: "" }
                ? uri
                : throw Wrong($"{Name}__{setting}", "something else", "an https URL without a password or signature");

        return section["accountName"] is { Length: > 0 } account
            ? AccountName.IsMatch(account)
                ? new Uri($"https://{account}.{service}.core.windows.net")
                : throw Wrong($"{Name}__accountName", $"'{account}'", "a storage account's name, 3 to 24 lower-case letters and digits")
            : throw Wrong($"{Name}__accountName", $"neither it nor __{setting} is set", "a storage account's name");
    }

    private static TokenCredential Credential(IConfigurationSection section)
    {
        var clientId = section["clientId"] is { Length: > 0 } text ? text : null;
        return section["credential"] switch
        {
            null or "" => AzureTransport.AnyIdentity(clientId),
            var word when word.Equals("managedidentity", StringComparison.OrdinalIgnoreCase) => AzureTransport.ManagedIdentity(clientId),
            _ => throw Wrong($"{Name}__credential", "something else", "managedidentity, or nothing"),
        };
    }

    private static T Tuned<T>(T options, int retries) where T : ClientOptions
    {
        options.Transport = AzureTransport.Shared;
        (options.Retry.MaxRetries, options.Retry.NetworkTimeout) = (retries, LongestRequest);
        options.Diagnostics.IsLoggingContentEnabled = false;
        return options;
    }

    private static SettingsException Wrong(string name, string found, string accepted) => new([new SettingFault(
        $"{name}: {found}; accepted is {accepted}.",
        $"{name}: {(found.StartsWith('\'') ? "what it holds is not accepted" : found)}; accepted is {accepted}.")]);

    [GeneratedRegex(@"^[a-z0-9]{3,24}\z")]
    private static partial Regex AccountName { get; }
}
