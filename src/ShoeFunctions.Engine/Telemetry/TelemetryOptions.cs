using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Configuration;
using ShoeFunctions.Engine.Configuration;

namespace ShoeFunctions.Engine.Telemetry;

/// <summary>Where metrics, traces and logs go; by default nowhere.</summary>
public sealed partial record TelemetryOptions
{
    /// <summary>Whether metrics go to an OTLP endpoint; the exporter reads itself where that is.</summary>
    public bool OtlpMetrics { get; init; }

    /// <summary>Whether traces go to an OTLP endpoint; the exporter reads itself where that is.</summary>
    public bool OtlpTraces { get; init; }

    /// <summary>Whether logs go to an OTLP endpoint; the exporter reads itself where that is.</summary>
    public bool OtlpLogs { get; init; }

    /// <summary>The connection string of Azure Monitor, or null.</summary>
    public string? AzureMonitor { get; init; }

    /// <summary>The addresses that all of it goes to.</summary>
    public ImmutableArray<Uri> Endpoints { get; init; } = [];

    /// <summary>Who we are to Azure Monitor where the connection string alone is not enough, or null.</summary>
    public EntraIdentity? Identity { get; init; }

    /// <summary>Whether metrics go anywhere.</summary>
    public bool SendsMetrics => OtlpMetrics || AzureMonitor is not null;

    /// <summary>Whether traces go anywhere.</summary>
    public bool SendsTraces => OtlpTraces || AzureMonitor is not null;

    /// <summary>Whether logs go anywhere.</summary>
    public bool SendsLogs => OtlpLogs || AzureMonitor is not null;

    /// <summary>
    /// Where telemetry goes, whatever else is wrong: so that this can be said there. Nowhere, where its own settings are wrong.
    /// </summary>
    public static TelemetryOptions Read(IConfiguration configuration)
    {
        var reader = new SettingsReader(configuration);
        var telemetry = Read(reader);
        return reader.Faults.Count == 0 ? telemetry : new TelemetryOptions();
    }

    /// <summary>Reads what the settings say of telemetry.</summary>
    internal static TelemetryOptions Read(SettingsReader reader)
    {
        // What is off cannot be wrong.
        if (!reader.ReadWord(Settings.EnableMetrics, ("true", true), ("false", false)))
            return new TelemetryOptions();

        var endpoints = new List<Uri>();
        var everything = IsOtlp(Settings.OtlpEndpoint);
        var options = new TelemetryOptions
        {
            OtlpMetrics = IsOtlp(Settings.OtlpMetricsEndpoint) || everything,
            OtlpTraces = IsOtlp(Settings.OtlpTracesEndpoint) || everything,
            OtlpLogs = IsOtlp(Settings.OtlpLogsEndpoint) || everything,
            AzureMonitor = reader.IsSet(Settings.AzureMonitor) ? reader.Read(Settings.AzureMonitor, SettingsReader.Matches(AzureMonitorConnection), "") : null,
            Identity = reader.IsSet(Settings.AzureMonitorAuthentication)
                ? reader.Read<EntraIdentity?>(Settings.AzureMonitorAuthentication, EntraIdentity.TryParse, null) : null,
        };
        if (options.AzureMonitor is { } azure && Uri.TryCreate(IngestionEndpoint.Match(azure).Groups[1].Value, UriKind.Absolute, out var ingestion))
            endpoints.Add(ingestion);
        foreach (var protocol in new[] { Settings.OtlpProtocol, Settings.OtlpMetricsProtocol, Settings.OtlpTracesProtocol, Settings.OtlpLogsProtocol })
            if (reader.IsSet(protocol))
                reader.ReadWord(protocol, ("grpc", 0), ("http/protobuf", 1));
        return options with { Endpoints = endpoints.ToImmutableArray() };

        bool IsOtlp(Setting endpoint)
        {
            if (!reader.IsSet(endpoint) || reader.ReadUrl(endpoint, null!) is not { } url)
                return false;
            endpoints.Add(url);
            return true;
        }
    }

    /// <summary>A managed identity; without a client id the one that the system assigned.</summary>
    public sealed record EntraIdentity(string? ClientId)
    {
        /// <summary>Reads what the Functions host reads as well: <c>Authorization=AAD;ClientId=…</c>, in any order.</summary>
        public static bool TryParse(string text, out EntraIdentity? identity)
        {
            var parts = text.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(part => part.Split('=', 2, StringSplitOptions.TrimEntries)).ToArray();
            string? Value(string name) => parts.SingleOrDefault(part => part is [var key, { Length: > 0 }] && key.Equals(name, StringComparison.OrdinalIgnoreCase))?[1];
            var isValid = parts.All(part => part is [_, { Length: > 0 }])
                && parts.Select(part => part[0].ToUpperInvariant()).Order().SequenceEqual(parts.Length == 1 ? ["AUTHORIZATION"] : ["AUTHORIZATION", "CLIENTID"])
                && "AAD".Equals(Value("Authorization"), StringComparison.OrdinalIgnoreCase);
            identity = isValid ? new EntraIdentity(Value("ClientId")) : null;
            return isValid;
        }
    }

    [GeneratedRegex(@"(?:^|;) *InstrumentationKey *= *[0-9A-Fa-f-]{36} *(?:;|\z)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex AzureMonitorConnection { get; }

    [GeneratedRegex(@"(?:^|;) *IngestionEndpoint *= *([^; ]+)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex IngestionEndpoint { get; }
}
