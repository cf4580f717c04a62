using System.Collections.Immutable;

namespace ShoeFunctions.Engine.Telemetry;

/// <summary>Where metrics, traces and logs go; by default nowhere.</summary>
public sealed record TelemetryOptions
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
}
