using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using ShoeFunctions.Engine;
using ShoeFunctions.Engine.Health;
using ShoeFunctions.Engine.Progress;
using ShoeFunctions.Engine.Progress.Stores;
using ShoeFunctions.Engine.Ticks;
using ShoeFunctions.Local.EmbeddedKafka;
using ShoeFunctions.Local.EmbeddedSchemaRegistry;
using ShoeFunctions.Local.Tests.EndToEnd;
using ShoeFunctions.Local.Tests.Faults;

namespace ShoeFunctions.Local.Tests.Health;

/// <summary>The doctor as a process: a line each, and 0 where nothing fails.</summary>
public sealed class DoctorTests : IAsyncLifetime
{
    private FaultyEngine _engine = null!;

    public async ValueTask InitializeAsync() => _engine = await FaultyEngine.StartAsync([], TestContext.Current.CancellationToken);

    public ValueTask DisposeAsync() => _engine.DisposeAsync();

    [Fact]
    public async Task Where_all_is_embedded_all_is_well()
    {
        var ended = await ShoesCommand.ExamineAsync();
        Assert.Equal((0, ""), (ended.ExitCode, ended.Errors));
        Assert.Equal(
            [
                "untested cluster", "ok settings", "ok credentials", "ok broker name", "ok broker port", "ok broker name", "ok broker port", "ok broker name", "ok broker port", "ok topic",
                "untested write permission", "ok registry name", "ok registry port", "ok subject", "untested registration", "ok clock", "ok progress store",
            ],
            Findings(ended).Select(finding => finding.ToString()));
        Assert.DoesNotContain('\e', ended.Output);
        Assert.Contains("js_shoe-value does not exist yet and will be registered", ended.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Configured_ones_that_are_well_pass_and_are_left_as_they_were()
    {
        var ended = await ExamineAsync();
        Assert.Equal((0, ""), (ended.ExitCode, ended.Errors));
        Assert.DoesNotContain(Findings(ended), finding => finding.Word == "failure");
        Assert.All(_engine.RegistryFaults.Requests, request => Assert.True(request.Method == "GET" || request.Path.StartsWith("/subjects/js_shoe-value", StringComparison.Ordinal), request.Path));
        using var http = new HttpClient();
        Assert.Equal("[]", await http.GetStringAsync(new Uri(_engine.Registry.Url, "subjects"), TestContext.Current.CancellationToken));
        Assert.Empty(_engine.ReadIds());
    }

    [Fact]
    public async Task Wrong_settings_end_it_with_a_line_each()
    {
        var ended = await ExamineAsync(("BATCH_SIZE", "none"), ("KAFKA_TIMEOUT", "soon"));
        Assert.Equal((1, ""), (ended.ExitCode, ended.Errors));
        Assert.Equal(["failure settings", "failure settings"], Findings(ended).Select(finding => finding.ToString()));
        Assert.Contains("BATCH_SIZE: 'none'", ended.Output, StringComparison.Ordinal);
        Assert.Contains("KAFKA_TIMEOUT: 'soon'", ended.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_misspelt_setting_is_a_warning_with_what_is_meant()
    {
        var ended = await ExamineAsync(("MESSAGE_INTERVALL", "1s"));
        Assert.Equal((0, ""), (ended.ExitCode, ended.Errors));
        Assert.Contains("warning  settings         MESSAGE_INTERVALL is set, but is not a setting and is ignored: did you mean MESSAGE_INTERVAL?", ended.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task As_JSON_it_is_one_array_and_with_a_state_folder_it_reads_the_progress_there()
    {
        var folder = Directory.CreateTempSubdirectory("shoes-");
        try
        {
            (string, string)[] settings = [("KAFKA_BOOTSTRAP_SERVERS", _engine.Cluster.BootstrapServers), ("SCHEMA_REGISTRY_URL", _engine.Registry.Url.AbsoluteUri), ("PRODUCE_SCHEDULE", "* * * * * *")];
            Assert.Equal(0, (await ShoesCommand.RunAsync($"--ticks 1 --state {folder.FullName}", settings)).ExitCode);
            var ended = await ShoesCommand.RunAsync($"doctor --json --state {folder.FullName}", settings);
            using var findings = JsonDocument.Parse(ended.Output);
            var progress = findings.RootElement.EnumerateArray().Single(finding => finding.GetProperty("subject").GetString() == "progress store");
            Assert.Equal("ok", progress.GetProperty("result").GetString());
            Assert.StartsWith("read; no tick is pending up to ", progress.GetProperty("text").GetString(), StringComparison.Ordinal);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task Brokers_that_are_down_fail_their_ports_and_the_topic_and_nothing_else()
    {
        _engine.Cluster.TakeDown();
        var ended = await ExamineAsync();
        Assert.Equal((1, ""), (ended.ExitCode, ended.Errors));
        Assert.Equal(["broker port", "broker port", "broker port", "topic"], Failures(ended));
        Assert.Contains("ConnectionRefused: check the address and the network's firewall rules", ended.Output, StringComparison.Ordinal);
        Assert.Contains("Network (Local_AllBrokersDown): The brokers cannot be reached", ended.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("write permission", ended.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Brokers_whose_name_is_unknown_fail_the_name_and_the_topic()
    {
        var ended = await ExamineAsync(("KAFKA_BOOTSTRAP_SERVERS", "no-such-host.invalid:9092"));
        Assert.Equal((1, ""), (ended.ExitCode, ended.Errors));
        Assert.Equal(["broker name", "topic"], Failures(ended));
    }

    [Fact]
    public async Task A_missing_topic_fails()
    {
        var ended = await ExamineAsync(("KAFKA_TOPIC", "another_topic"));
        Assert.Equal((1, ""), (ended.ExitCode, ended.Errors));
        Assert.Equal(["topic"], Failures(ended));
        Assert.Contains("The cluster has no topic another_topic, or hides it from this API key", ended.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_partition_without_leader_is_a_warning()
    {
        _engine.Cluster.MoveLeader(FaultyEngine.Topic, 2, EmbeddedCluster.NoBroker);
        var ended = await ExamineAsync();
        Assert.Equal((0, ""), (ended.ExitCode, ended.Errors));
        Assert.Contains(Findings(ended), finding => finding is { Word: "warning", Subject: "topic" });
        _engine.Cluster.MoveLeader(FaultyEngine.Topic, 2, 1);
    }

    [Fact]
    public async Task A_registry_that_is_down_fails_its_port_the_subject_and_the_clock()
    {
        await _engine.Registry.DisposeAsync();
        var ended = await ExamineAsync();
        Assert.Equal((1, ""), (ended.ExitCode, ended.Errors));
        Assert.Equal(["registry port", "subject", "clock"], Failures(ended));
        Assert.Contains("cannot be reached: check SCHEMA_REGISTRY_URL", ended.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_registry_that_refuses_the_login_fails_the_subject()
    {
        _engine.RegistryFaults.Begin(RegistryFaults.Error(401, 40101));
        var ended = await ExamineAsync(("SCHEMA_REGISTRY_API_KEY", "hush-key"), ("SCHEMA_REGISTRY_API_SECRET", "hush-secret"));
        Assert.Equal((1, ""), (ended.ExitCode, ended.Errors));
        Assert.Equal(["subject"], Failures(ended));
        Assert.Contains("rejected the credentials: check SCHEMA_REGISTRY_API_KEY and SCHEMA_REGISTRY_API_SECRET", ended.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task TLS_that_the_registry_does_not_speak_fails()
    {
        var ended = await ExamineAsync(("SCHEMA_REGISTRY_URL", $"https://{_engine.Registry.Url.Authority}"));
        Assert.Equal((1, ""), (ended.ExitCode, ended.Errors));
        Assert.Equal(["registry TLS", "subject", "clock"], Failures(ended));
        Assert.Contains("does not speak TLS at this address: write http in SCHEMA_REGISTRY_URL", ended.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task TLS_that_the_registry_speaks_with_a_certificate_that_nobody_trusts_fails()
    {
        _engine.RegistryGate.Fault = Gate.SpeakUntrustedTlsAsync;
        var ended = await ExamineAsync(("SCHEMA_REGISTRY_URL", $"https://{_engine.RegistryGate.Address}"));
        Assert.Equal((1, ""), (ended.ExitCode, ended.Errors));
        Assert.Equal(["registry TLS", "subject", "clock"], Failures(ended));
    }

    [Fact]
    public async Task TLS_that_the_brokers_do_not_speak_fails()
    {
        var ended = await ExamineAsync(("KAFKA_SECURITY_PROTOCOL", "SSL"));
        Assert.Equal((1, ""), (ended.ExitCode, ended.Errors));
        Assert.Equal(["broker TLS", "broker TLS", "broker TLS", "topic"], Failures(ended));
    }

    [Fact]
    public async Task Where_the_cluster_says_that_its_brokers_are_is_looked_at_too()
    {
        var well = await ExamineAsync(("KAFKA_BOOTSTRAP_SERVERS", _engine.KafkaGate.Address));
        Assert.Equal(0, well.ExitCode);
        Assert.Contains("ok       advertised       3 brokers can be reached where the cluster says", well.Output, StringComparison.Ordinal);

        _engine.Cluster.Advertise(2, "127.0.0.1", 1);
        var partly = await ExamineAsync(("KAFKA_BOOTSTRAP_SERVERS", _engine.KafkaGate.Address));
        Assert.Equal(0, partly.ExitCode);
        Assert.Contains("warning  advertised port  the cluster says that a broker is at 127.0.0.1:1 (advertised.listeners): ConnectionRefused", partly.Output, StringComparison.Ordinal);

        _engine.Cluster.Advertise(1, "127.0.0.1", 1);
        _engine.Cluster.Advertise(3, "127.0.0.1", 1);
        var ended = await ExamineAsync(("KAFKA_BOOTSTRAP_SERVERS", _engine.KafkaGate.Address));
        Assert.Equal(1, ended.ExitCode);
        Assert.Contains("advertised port", Failures(ended));
    }

    [Fact]
    public async Task A_subject_that_would_not_take_our_schema_fails()
    {
        await FaultTable.RegisterOtherAsync("BACKWARD")(_engine);
        var ended = await ExamineAsync();
        Assert.Equal((1, ""), (ended.ExitCode, ended.Errors));
        Assert.Equal(["subject"], Failures(ended));
        Assert.Contains("our schema is incompatible with subject js_shoe-value: use another topic", ended.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_subject_fails_where_nothing_is_to_be_registered()
    {
        var ended = await ExamineAsync(("SCHEMA_AUTO_REGISTER", "false"));
        Assert.Equal((1, ""), (ended.ExitCode, ended.Errors));
        Assert.Equal(["subject"], Failures(ended));
    }

    [Fact]
    public async Task A_subject_with_another_schema_fails_where_nothing_is_to_be_registered()
    {
        await FaultTable.RegisterOtherAsync("NONE")(_engine);
        var ended = await ExamineAsync(("SCHEMA_AUTO_REGISTER", "false"));
        Assert.Equal((1, ""), (ended.ExitCode, ended.Errors));
        Assert.Equal(["subject"], Failures(ended));
        Assert.Contains("has subject js_shoe-value, but not with our schema", ended.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Progress_ahead_of_the_clock_fails_with_both_times_and_what_to_do()
    {
        var mark = Tick.At(TimeProvider.System.GetUtcNow().AddHours(1));
        var progress = new MemoryProgressStore();
        await progress.UpdateAsync(state => state with { HighWater = mark }, TestContext.Current.CancellationToken);
        await using var services = new ServiceCollection()
            .AddLogging()
            .AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(
                [new("KAFKA_BOOTSTRAP_SERVERS", _engine.Cluster.BootstrapServers), new("SCHEMA_REGISTRY_URL", _engine.Registry.Url.AbsoluteUri)]).Build())
            .AddSingleton<IProgressStore>(progress)
            .AddShoes()
            .BuildServiceProvider();
        var findings = new List<ShoeFunctions.Engine.Health.Finding>();
        await foreach (var finding in services.GetRequiredService<Doctor>().ExamineAsync(TestContext.Current.CancellationToken))
            findings.Add(finding);
        var kept = findings.Single(finding => finding.Subject == "progress store");
        Assert.Equal(HealthState.Unhealthy, kept.State);
        Assert.Matches($"Clock \\(mark-ahead\\): The high-water mark is {mark}, but this machine's clock says .*: wait, or delete the stored progress", kept.Text);
    }

    [Fact]
    public async Task A_registry_that_is_read_only_fails_where_our_schema_is_to_be_registered()
    {
        await using var registry = await EmbeddedRegistry.StartAsync(cancellation: TestContext.Current.CancellationToken);
        registry.Intercept = async context =>
        {
            if (!context.Request.Path.StartsWithSegments("/mode"))
                return false;
            await context.Response.WriteAsync("""{"mode":"READONLY"}""");
            return true;
        };
        var ended = await ExamineAsync(("SCHEMA_REGISTRY_URL", registry.Url.AbsoluteUri));
        Assert.Equal(["subject"], Failures(ended));
        Assert.Contains("accepts no new schemas now", ended.Output, StringComparison.Ordinal);
    }

    private Task<ShoesProcess.Ended> ExamineAsync(params (string Name, string Value)[] settings)
    {
        var values = new Dictionary<string, string> { ["KAFKA_BOOTSTRAP_SERVERS"] = _engine.Cluster.BootstrapServers, ["SCHEMA_REGISTRY_URL"] = _engine.Registry.Url.AbsoluteUri };
        foreach (var (name, value) in settings)
            values[name] = value;
        return ShoesCommand.ExamineAsync([.. values.Select(value => (value.Key, value.Value))]);
    }

    private static IEnumerable<string> Failures(ShoesProcess.Ended ended) => Findings(ended).Where(finding => finding.Word == "failure").Select(finding => finding.Subject);

    /// <summary>The lines, which are of columns: what it comes to, what was looked at, what was found.</summary>
    private static IEnumerable<Finding> Findings(ShoesProcess.Ended ended)
    {
        Assert.DoesNotContain("   at ", ended.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("Exception", ended.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("hush", ended.Output, StringComparison.Ordinal);
        return ended.Output.TrimEnd().Split('\n').Select(line => new Finding(line[..8].TrimEnd(), line[9..25].TrimEnd()));
    }

    private sealed record Finding(string Word, string Subject)
    {
        public override string ToString() => $"{Word} {Subject}";
    }
}
