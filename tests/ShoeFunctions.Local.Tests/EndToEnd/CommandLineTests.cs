using System.CommandLine;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using ShoeFunctions.Engine.Configuration;
using ShoeFunctions.Local.Commands;
using ShoeFunctions.Local.EmbeddedKafka;

namespace ShoeFunctions.Local.Tests.EndToEnd;

public sealed class CommandLineTests
{
    [Theory]
    [InlineData("BATCH_SIZE", "abc", 2, "BATCH_SIZE: 'abc'; accepted is a whole number")]
    [InlineData("MESSAGE_INTERVAL", "10", 2, "MESSAGE_INTERVAL: '10'; accepted is a duration with a unit")]
    [InlineData("PRODUCE_SCHEDULE", "every day", 2, "PRODUCE_SCHEDULE: 'every day'; accepted is a six-field NCRONTAB expression")]
    [InlineData("KAFKA_TOPIC", "js shoe", 2, "KAFKA_TOPIC: 'js shoe'; accepted is")]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT", "collector", 2, "OTEL_EXPORTER_OTLP_ENDPOINT: 'collector'; accepted is an http or https URL")]
    [InlineData("KAFKA_API_KEY", "hush", 2, "KAFKA_API_KEY is set, KAFKA_API_SECRET is not")]
    [InlineData("PRODUCE_SCHEDULE", "*/0 * * * * *", 2, "for example 0 */5 * * * *. Its second has a step that is not a whole number from 1 to 60.")]
    [InlineData("PRODUCE_SCHEDULE", "0 0 0 30 2 *", 2, "for example 0 */5 * * * *. It never fires.")]
    [InlineData("SCHEMA_REGISTRY_URL", "http://127.0.0.1:9", 2, "KAFKA_BOOTSTRAP_SERVERS: it is not set")]
    [InlineData("KAFKA_BOOTSTRAP_SERVERS", "127.0.0.1:9", 2, "SCHEMA_REGISTRY_URL: it is not set")]
    public async Task A_bad_setting_ends_it_with_one_clear_message(string name, string value, int exitCode, string message)
    {
        var ended = await ShoesCommand.RunAsync("", (name, value));
        Assert.Equal(exitCode, ended.ExitCode);
        Assert.Contains(message, ended.Errors, StringComparison.Ordinal);
        AssertIsClean(ended);
    }

    [Theory]
    [InlineData("settings")]
    [InlineData("plan")]
    [InlineData("tail")]
    [InlineData("audit --from 2026-11-23 --to 2026-11-24")]
    [InlineData("replay --from 2026-11-23 --to 2026-11-24 --yes")]
    public async Task A_broker_without_its_registry_and_a_registry_without_its_broker_stop_every_verb(string verb)
    {
        foreach (var (set, value, missing) in new[]
        {
            ("KAFKA_BOOTSTRAP_SERVERS", "127.0.0.1:9", "SCHEMA_REGISTRY_URL: it is not set"), ("SCHEMA_REGISTRY_URL", "http://127.0.0.1:9", "KAFKA_BOOTSTRAP_SERVERS: it is not set"),
        })
        {
            var ended = await ShoesCommand.RunAsync(verb, (set, value));
            Assert.Equal(2, ended.ExitCode);
            Assert.Contains(missing, ended.Errors, StringComparison.Ordinal);
            AssertIsClean(ended);
        }
    }

    [Fact]
    public async Task A_count_is_made_exactly_and_at_once()
    {
        // The next tick of this schedule may be a year away.
        var ended = await ShoesCommand.RunAsync("--count 1001 --now", ("PRODUCE_SCHEDULE", "0 0 0 1 1 *"), ("MESSAGE_INTERVAL", "1h"), ("LOAD_CURVE", "00:00=2"), ("LOAD_WEEK", "mon=0"), ("LOAD_SPIKES", "2020-01-01T00:00:00Z/10000h=3"));
        Assert.Equal(0, ended.ExitCode);
        Assert.Contains("1 tick, 1,001 shoes delivered, 0 failed", ended.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--count 5", 1, "BATCH_SIZE", "5")]
    [InlineData("--count 1048576", 1, "BATCH_SIZE", "1048576")]
    [InlineData("--count 1048578", 2, "BATCH_SIZE", "524289")]
    [InlineData("--count 3145728", 3, "BATCH_SIZE", "1048576")]
    [InlineData("--rate 50000", null, "MESSAGE_INTERVAL", "20000ns")]
    [InlineData("--rate 1 --ticks 4", 4, "MESSAGE_INTERVAL", "1000000000ns")]
    public void What_is_typed_is_what_settings_say(string typed, int? runs, string name, string value)
    {
        var (command, ticks, amount) = (new RootCommand(), new Option<int?>("--ticks"), new Amount());
        command.Add(ticks);
        amount.AddTo(command, ticks);
        var parsed = command.Parse(typed);
        Assert.Empty(parsed.Errors);
        var (asked, settings) = amount.Of(parsed, parsed.GetValue(ticks));
        // What they would contradict is emptied; a count is one whatever the load.
        Assert.Equal((runs, value, name == "BATCH_SIZE" ? 5 : 2), (asked, settings[name], settings.Count));
    }

    [Theory]
    [InlineData("--count 7 --ticks 2", "--count and --ticks exclude each other")]
    [InlineData("--count 7 --rate 2", "--count and --rate exclude each other")]
    [InlineData("--count 1048583", "--count: '1048583' cannot be divided into equal ticks of at most 1,048,576 shoes")]
    [InlineData("--count 0", "--count: '0'; accepted is a whole number from 1 to")]
    [InlineData("--rate many", "--rate: 'many'; accepted is a whole number from 1 to")]
    public async Task An_amount_that_cannot_be_is_refused_in_one_line(string typed, string message)
    {
        var ended = await ShoesCommand.RunAsync(typed);
        Assert.Equal((2, ""), (ended.ExitCode, ended.Output));
        Assert.StartsWith(message, Assert.Single(ended.Errors.TrimEnd().Split('\n')), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Settings_as_JSON_are_one_array_and_what_is_no_setting_is_said_beside_it()
    {
        var ended = await ShoesCommand.RunAsync("settings --json", ("BATCH_SIZE", "7"), ("KAFKA_TOPICS", "shoes"));
        Assert.Equal((0, "KAFKA_TOPICS is set, but is not a setting and is ignored: did you mean KAFKA_TOPIC?\n"), (ended.ExitCode, ended.Errors.ReplaceLineEndings("\n")));
        using var lines = JsonDocument.Parse(ended.Output);
        var byName = lines.RootElement.EnumerateArray().ToDictionary(line => line.GetProperty("name").GetString()!, line => (line.GetProperty("value").GetString(), line.GetProperty("source").GetString()));
        Assert.Equal(Settings.All.Select(setting => setting.Name), byName.Keys);
        Assert.Equal((("7", "environment"), ("js_shoe", "default"), (null, "embedded, on a free port")), (byName["BATCH_SIZE"], byName["KAFKA_TOPIC"], byName["KAFKA_BOOTSTRAP_SERVERS"]));
        Assert.Equal(("* * * * * *", "default"), byName["PRODUCE_SCHEDULE"]);
    }

    [Theory]
    [InlineData("settings")]
    [InlineData("settings --json")]
    public async Task Settings_for_many_instances_are_said_to_mean_this_process_alone(string verb)
    {
        var ended = await ShoesCommand.RunAsync(verb, ("FAN_OUT_ABOVE", "100000"));
        Assert.Equal(
            (0, "FAN_OUT_ABOVE: this command has no queue; it makes the same chunks one after the other in its own process.\n"), (ended.ExitCode, ended.Errors.ReplaceLineEndings("\n")));
        Assert.DoesNotContain("queue", ended.Output, StringComparison.Ordinal);
        Assert.Equal("", (await ShoesCommand.RunAsync(verb, ("FAN_OUT_ABOVE", "0"))).Errors);
    }

    [Fact]
    public async Task Registry_that_cannot_be_reached_ends_it_with_one_clear_line()
    {
        using var cluster = new EmbeddedCluster();
        cluster.CreateTopic("js_shoe", 1);
        var ended = await ShoesCommand.RunAsync("", ("KAFKA_BOOTSTRAP_SERVERS", cluster.BootstrapServers), ("SCHEMA_REGISTRY_URL", "http://127.0.0.1:9"));
        Assert.Equal(1, ended.ExitCode);
        Assert.Contains("The schema registry at http://127.0.0.1:9 cannot be reached", ended.Errors, StringComparison.Ordinal);
        AssertIsClean(ended);
    }

    [Fact]
    public async Task Interval_and_batch_size_together_are_refused()
    {
        var ended = await ShoesCommand.RunAsync("", ("MESSAGE_INTERVAL", "1s"), ("BATCH_SIZE", "10"));
        Assert.Equal(2, ended.ExitCode);
        Assert.Contains("MESSAGE_INTERVAL and BATCH_SIZE are both set", ended.Errors, StringComparison.Ordinal);
        AssertIsClean(ended);
    }

    [Theory]
    [InlineData("--frob", "'--frob'. See --help.")]
    [InlineData("frob", "'frob'. See --help.")]
    [InlineData("--tikcs 5", "'--tikcs'. Did you mean --ticks?")]
    [InlineData("tial", "'tial'. Did you mean tail?")]
    [InlineData("audit --form 2026-11-23", "'--form'. Did you mean --from?")]
    [InlineData("replay --from 2026-11-23 --to 2026-11-24 --ja", "'--ja'. See --help.")]
    [InlineData("--port 70000", "--port: '70000'; accepted is a whole number from 0 to 65535.")]
    [InlineData("--port seven", "--port: 'seven'; accepted is a whole number from 0 to 65535.")]
    [InlineData("--listen here", "--listen: 'here'; accepted is an IP address, for example 0.0.0.0.")]
    [InlineData("--ticks 0", "--ticks: '0'; accepted is a whole number from 1.")]
    [InlineData("--ticks", "'--ticks'")]
    [InlineData("--log xml", "--log: 'xml'; accepted is json or text.")]
    [InlineData("--ready-file /there/is/no/such/folder/ready.json --port 0", "--ready-file")]
    public async Task Wrong_usage_ends_it_with_2_and_one_clear_line(string arguments, string message)
    {
        var ended = await ShoesCommand.RunAsync(arguments);
        Assert.Equal(2, ended.ExitCode);
        Assert.Contains(message, Assert.Single(ended.Errors.TrimEnd().Split('\n')), StringComparison.Ordinal);
        AssertIsClean(ended);
    }

    [Fact]
    public async Task A_port_in_use_ends_it_with_one_clear_line()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        var ended = await ShoesCommand.RunAsync($"--port {port}");
        Assert.Equal(1, ended.ExitCode);
        Assert.StartsWith($"Port {port} on 127.0.0.1 is in use", Assert.Single(ended.Errors.TrimEnd().Split('\n')), StringComparison.Ordinal);
        AssertIsClean(ended);
    }

    [Fact]
    public async Task An_address_that_is_not_this_machines_ends_it_with_one_clear_line()
    {
        // Reserved for documentation: no machine has it.
        var ended = await ShoesCommand.RunAsync("--listen 192.0.2.1");
        Assert.Equal(1, ended.ExitCode);
        Assert.StartsWith("Cannot listen on 192.0.2.1:0", Assert.Single(ended.Errors.TrimEnd().Split('\n')), StringComparison.Ordinal);
        AssertIsClean(ended);
    }

    [Theory]
    [InlineData("", "http://127.0.0.1:")]
    [InlineData("--listen 0.0.0.0", "http://0.0.0.0:")]
    public async Task It_listens_where_it_is_told_to_and_else_on_this_machine_alone(string arguments, string http)
    {
        await using var process = ShoesProcess.Start(arguments);
        Assert.StartsWith(http, (await process.ReadyAsync()).Http, StringComparison.Ordinal);
    }

    /// <summary>On a German, a Turkish or an Arabic machine a thousand, a small i and a year would read otherwise.</summary>
    [Theory]
    [InlineData("de_DE.UTF-8")]
    [InlineData("tr_TR.UTF-8")]
    [InlineData("ar_SA.UTF-8")]
    public async Task What_is_printed_does_not_follow_the_machines_language(string language)
    {
        const string Plan = "plan --from 2026-11-23T14:00:00Z --count 3";
        var ended = await ShoesProcess.RunAsync(Plan, ("LANG", language), ("LC_ALL", language), ("DOTNET_SYSTEM_GLOBALIZATION_INVARIANT", "0"));
        Assert.Equal((0, ""), (ended.ExitCode, ended.Errors));
        Assert.Contains("2,592,000  of the function", ended.Output, StringComparison.Ordinal);
        Assert.Equal((await ShoesProcess.RunAsync(Plan, ("LC_ALL", "C"))).Output, ended.Output);
    }

    [Fact]
    public async Task Help_says_what_can_be_typed()
    {
        var ended = await ShoesProcess.RunAsync("--help");
        Assert.Equal(0, ended.ExitCode);
        Assert.Contains("\n  shoes [command] [options]\n", ended.Output, StringComparison.Ordinal);
        Assert.All(["--listen", "--port", "--ticks", "--ready-file"], option => Assert.Contains(option, ended.Output, StringComparison.Ordinal));
    }

    [Fact]
    public void The_version_in_short_is_understood()
    {
        var (inShort, inFull) = (new StringWriter(), new StringWriter());
        Assert.Equal(0, ShoesCommand.Root.Parse("-v").Invoke(new InvocationConfiguration { Output = inShort }));
        Assert.Equal(0, ShoesCommand.Root.Parse("--version").Invoke(new InvocationConfiguration { Output = inFull }));
        Assert.NotEmpty(inFull.ToString().Trim());
        Assert.Equal(inFull.ToString(), inShort.ToString());
    }

    [Theory]
    [InlineData("help", "--help")]
    [InlineData("help audit", "audit --help")]
    [InlineData("audit --help", "audit --help")]
    public void Help_as_a_verb_is_understood(string typed, string meant) =>
        Assert.Equal(meant.Split(' '), CommandLine.WithoutHelpAsAVerb(typed.Split(' ')));

    private static void AssertIsClean(ShoesProcess.Ended ended)
    {
        Assert.DoesNotContain("   at ", ended.Output + ended.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("Exception", ended.Output + ended.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("hush", ended.Output + ended.Errors, StringComparison.Ordinal);
    }
}
