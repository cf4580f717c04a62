using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Configuration;
using ShoeFunctions.Engine.Configuration;
using ShoeFunctions.Engine.Running;
using ShoeFunctions.Engine.Setup;
using ShoeFunctions.Engine.Tests.Doubles;
using ShoeFunctions.Engine.Ticks;

namespace ShoeFunctions.Tests.Shipped;

public sealed class ShippedFilesTests
{
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    [Fact]
    public void The_hosts_settings_are_what_the_app_relies_on()
    {
        var host = Json("host.json");
        Assert.Equal("2.0", host.GetProperty("version").GetString());
        var extensions = host.GetProperty("extensions");
        Assert.False(extensions.TryGetProperty("http", out _), "The route prefix is the host's own default.");
        // One chunk at a time, as the gate has it; a failed one is hidden until the brokers may be back; and text that people can read.
        Assert.Equal(
            """{"batchSize":1,"newBatchThreshold":0,"visibilityTimeout":"00:00:30","maxDequeueCount":5,"maxPollingInterval":"00:00:02","messageEncoding":"none"}""",
            JsonSerializer.Serialize(extensions.GetProperty("queues")));
        Assert.Equal(ChunkTimes.MostDeliveries, extensions.GetProperty("queues").GetProperty("maxDequeueCount").GetInt32());
        // Our own lines are sent by the worker; what it writes to its standard output are copies for the host's log.
        Assert.Equal("None", host.GetProperty("logging").GetProperty("OpenTelemetry").GetProperty("logLevel").GetProperty("Host.Function.Console").GetString());
        Assert.Equal("OpenTelemetry", host.GetProperty("telemetryMode").GetString());
        Assert.InRange(TimeSpan.Parse(host.GetProperty("functionTimeout").GetString()!), TimeSpan.FromMinutes(1), TimeSpan.FromHours(1));
    }

    /// <summary>The host kills what has not ended five seconds after it was told to.</summary>
    [Fact]
    public void What_is_under_way_is_given_up_before_the_app_is_and_the_app_ends_before_the_host_kills_it()
    {
        var shutdown = double.Parse(Regex.Match(Read("src/ShoeFunctions/Hosting/HostServices.cs"), @"ShutdownTimeout = TimeSpan\.FromSeconds\(([0-9.]+)\)").Groups[1].Value, CultureInfo.InvariantCulture);
        Assert.InRange(shutdown, RunLimit.FlushTimeout.TotalSeconds + 0.25, 5 - 0.25);
    }

    [Fact]
    public void The_built_app_has_the_repositorys_host_json() =>
        Assert.Equal(Read("host.json"), File.ReadAllText(Path.Combine(Repository.BuiltApp, "host.json")));

    [Fact]
    public void The_sample_settings_are_such_as_the_app_accepts()
    {
        var values = Json("local.settings.sample.json").GetProperty("Values").EnumerateObject().ToDictionary(value => value.Name, value => value.Value.GetString());
        Assert.Equal(("dotnet-isolated", "UseDevelopmentStorage=true"), (values["FUNCTIONS_WORKER_RUNTIME"], values["AzureWebJobsStorage"]));
        var settings = ShoeSettings.Read(new ConfigurationBuilder().AddInMemoryCollection(values).Build(), TestEngine.Start);
        Assert.Equal("js_shoe", settings.Kafka.Topic);
    }

    [Fact]
    public void The_sample_lists_exactly_the_settings_that_the_code_reads()
    {
        var names = Json("local.settings.sample.json").GetProperty("Values").EnumerateObject().Select(value => value.Name);
        Assert.Equal(Settings.All.Select(setting => setting.Name).Append("AzureWebJobsStorage").Append("FUNCTIONS_WORKER_RUNTIME").Order(), names.Order());
    }

    [Fact]
    public void The_program_is_a_table_of_contents() =>
        Assert.InRange(Read("src/ShoeFunctions/Program.cs").TrimEnd().Split('\n').Length, 1, 15);

    private static JsonElement Json(string path) => JsonElement.Parse(Read(path), Strict);

    private static string Read(string path) => File.ReadAllText(Path.Combine(Repository.Root, path));
}
