using Microsoft.Extensions.Configuration;
using ShoeFunctions.Engine.Configuration;
using ShoeFunctions.Engine.Setup;
using ShoeFunctions.Engine.Telemetry;
using ShoeFunctions.Engine.Tests.Doubles;

namespace ShoeFunctions.Engine.Tests.Telemetry;

public sealed class TelemetrySettingsTests
{
    private const string Endpoint = "http://localhost:4317";
    private const string ConnectionString = "InstrumentationKey=00000000-0000-0000-0000-000000000000;IngestionEndpoint=https://westeurope-0.in.applicationinsights.azure.com/";

    [Fact]
    public void Without_their_variables_metrics_traces_and_logs_go_nowhere() => Assert.Equal(new TelemetryOptions(), Read());

    [Fact]
    public void Switched_off_they_go_nowhere_whatever_else_is_set() =>
        Assert.Equal(
            new TelemetryOptions(), Read(("ENABLE_METRICS", "false"), ("OTEL_EXPORTER_OTLP_ENDPOINT", Endpoint), ("APPLICATIONINSIGHTS_CONNECTION_STRING", ConnectionString)));

    [Theory]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT", true, true, true)]
    [InlineData("OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", true, false, false)]
    [InlineData("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", false, true, false)]
    [InlineData("OTEL_EXPORTER_OTLP_LOGS_ENDPOINT", false, false, true)]
    public void An_endpoint_turns_on_what_it_is_for(string name, bool metrics, bool traces, bool logs)
    {
        var options = Read((name, Endpoint));
        Assert.Equal((metrics, traces, null), (options.OtlpMetrics, options.OtlpTraces, options.AzureMonitor));
        Assert.Equal((metrics, traces, logs), (options.SendsMetrics, options.SendsTraces, options.SendsLogs));
    }

    [Fact]
    public void All_addresses_are_known_that_something_goes_to() =>
        Assert.Equal(
            ["http://localhost:4317/", "https://traces.example/", "https://westeurope-0.in.applicationinsights.azure.com/"],
            Read(("OTEL_EXPORTER_OTLP_ENDPOINT", Endpoint), ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "https://traces.example"), ("APPLICATIONINSIGHTS_CONNECTION_STRING", ConnectionString))
                .Endpoints.Select(endpoint => endpoint.AbsoluteUri));

    [Theory]
    [InlineData("Authorization=AAD", null)]
    [InlineData("authorization = aad;", null)]
    [InlineData("Authorization=AAD;ClientId=11111111-2222-3333-4444-555555555555", "11111111-2222-3333-4444-555555555555")]
    [InlineData("ClientId=11111111-2222-3333-4444-555555555555;Authorization=AAD", "11111111-2222-3333-4444-555555555555")]
    public void An_authentication_string_names_the_identity(string text, string? clientId)
    {
        var options = Read(("APPLICATIONINSIGHTS_CONNECTION_STRING", ConnectionString), ("APPLICATIONINSIGHTS_AUTHENTICATION_STRING", text));
        Assert.Equal((ConnectionString, new TelemetryOptions.EntraIdentity(clientId)), (options.AzureMonitor, options.Identity));
    }

    [Theory]
    [InlineData("ENABLE_METRICS", "yes", "true or false")]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT", "localhost:4317", "an http or https URL")]
    [InlineData("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "http://me:hush-hush@localhost", "an http or https URL")]
    [InlineData("OTEL_EXPORTER_OTLP_PROTOCOL", "http/json", "grpc or http/protobuf")]
    [InlineData("OTEL_EXPORTER_OTLP_METRICS_PROTOCOL", "udp", "grpc or http/protobuf")]
    [InlineData("APPLICATIONINSIGHTS_CONNECTION_STRING", "hush-hush", "a connection string with an InstrumentationKey")]
    [InlineData("APPLICATIONINSIGHTS_AUTHENTICATION_STRING", "AAD", "Authorization=AAD")]
    [InlineData("APPLICATIONINSIGHTS_AUTHENTICATION_STRING", "Authorization=Key", "Authorization=AAD")]
    [InlineData("APPLICATIONINSIGHTS_AUTHENTICATION_STRING", "Authorization=AAD;ClientId=", "Authorization=AAD")]
    [InlineData("APPLICATIONINSIGHTS_AUTHENTICATION_STRING", "Authorization=AAD;Authorization=AAD", "Authorization=AAD")]
    [InlineData("APPLICATIONINSIGHTS_AUTHENTICATION_STRING", "Authorization=AAD;Client=x", "Authorization=AAD")]
    public void What_is_wrong_is_named_with_what_is_accepted(string name, string value, string accepted)
    {
        var wrong = Assert.Throws<SettingsException>(() => Read((name, value)));
        var fault = Assert.Single(wrong.Failures);
        Assert.StartsWith(name + ": ", fault, StringComparison.Ordinal);
        Assert.Contains("accepted is " + accepted, fault, StringComparison.Ordinal);
        Assert.DoesNotContain("hush", fault, StringComparison.Ordinal);
    }

    private static TelemetryOptions Read(params (string Name, string Value)[] settings)
    {
        var values = new Dictionary<string, string?> { ["KAFKA_BOOTSTRAP_SERVERS"] = "localhost:9092", ["SCHEMA_REGISTRY_URL"] = "http://localhost:8081" };
        foreach (var (name, value) in settings)
            values[name] = value;
        return ShoeSettings.Read(new ConfigurationBuilder().AddInMemoryCollection(values).Build(), TestEngine.Start).Telemetry;
    }
}
