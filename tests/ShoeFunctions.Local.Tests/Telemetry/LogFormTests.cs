using System.Text.Json;
using Confluent.Kafka;
using ShoeFunctions.Engine.Tests.Doubles;
using ShoeFunctions.Engine.Tests.Processes;
using ShoeFunctions.Local.Hosting;
using ShoeFunctions.Local.Tests.Auditing;
using ShoeFunctions.Local.Tests.EndToEnd;

namespace ShoeFunctions.Local.Tests.Telemetry;

public sealed class LogFormTests
{
    [Fact]
    public async Task With_json_the_output_is_one_object_a_line_and_nothing_else()
    {
        await using var cluster = await Cluster.StartAsync();
        var ended = await cluster.RunAsync("--ticks 2 --log json");
        Assert.Equal((0, ""), (ended.ExitCode, ended.Errors));
        var lines = ended.Output.TrimEnd('\n').Split('\n').Select(line => JsonElement.Parse(line)).ToArray();
        Assert.Equal([200, 700, 100, 100, 702], lines.Select(line => line.GetProperty("EventId").GetInt32()).Where(id => id != 701));
        Assert.All(lines, line => Assert.Equal(DateTimeKind.Utc, line.GetProperty("Timestamp").GetDateTime().Kind));

        var tick = lines[2].GetProperty("State");
        Assert.Equal(
            (Cluster.Batch, Cluster.Batch, 0, false),
            (tick.GetProperty("Asked").GetInt32(), tick.GetProperty("Delivered").GetInt32(), tick.GetProperty("Failed").GetInt32(), tick.GetProperty("CatchUp").GetBoolean()));
        Assert.InRange(tick.GetProperty("Bytes").GetInt64(), Cluster.Batch, 1_000_000);
        Assert.All(["Ms", "P50Ms", "P99Ms"], name => Assert.InRange(tick.GetProperty(name).GetDouble(), 0.001, 60_000));
        Assert.Equal(cluster.Kafka.BootstrapServers, lines[1].GetProperty("State").GetProperty("BootstrapServers").GetString());
        Assert.Equal(2 * Cluster.Batch, lines[^1].GetProperty("State").GetProperty("Delivered").GetInt32());
    }

    [Fact]
    public async Task With_json_what_is_promised_and_what_is_wrong_by_intent_are_entries_too()
    {
        var ended = await ShoesCommand.RunAsync("--ticks 1 --log json", ("DELIVERY", "exactly-once"), ("FAULTS", "late=1%"));
        Assert.Equal((0, ""), (ended.ExitCode, ended.Errors));
        var byId = ended.Output.TrimEnd('\n').Split('\n').Select(line => JsonElement.Parse(line)).ToLookup(line => line.GetProperty("EventId").GetInt32());
        Assert.Equal("shoes-js_shoe", Assert.Single(byId[704]).GetProperty("State").GetProperty("TransactionalId").GetString());
        Assert.Equal(
            ("Warning", "exactly-once: the embedded brokers do not keep that promise: readers see open and aborted ticks"),
            (Assert.Single(byId[705]).GetProperty("LogLevel").GetString(), byId[705].Single().GetProperty("Message").GetString()));
        Assert.Contains("1%", Assert.Single(byId[706]).GetProperty("State").GetProperty("Faults").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task With_json_errors_are_objects_of_the_same_output()
    {
        await using var cluster = await Cluster.StartAsync();
        cluster.Kafka.TakeDown();
        var ended = await cluster.RunAsync("--ticks 1 --log json", ("KAFKA_TIMEOUT", "1s"));
        Assert.Equal((1, ""), (ended.ExitCode, ended.Errors));
        var failed = Assert.Single(ended.Output.TrimEnd('\n').Split('\n').Select(line => JsonElement.Parse(line)), line => line.GetProperty("EventId").GetInt32() == 101);
        Assert.Equal("Error", failed.GetProperty("LogLevel").GetString());
        Assert.Equal("Network", failed.GetProperty("State").GetProperty("Kind").GetString());
    }

    [Theory]
    [InlineData("", "error", false)]
    [InlineData("--log text", "info", true)]
    [InlineData("--log json", "error", false)]
    public async Task LOG_LEVEL_governs_both_forms(string form, string level, bool isLogged)
    {
        await using var cluster = await Cluster.StartAsync();
        var ended = await cluster.RunAsync($"--ticks 2 {form}", ("LOG_LEVEL", level));
        Assert.Equal(0, ended.ExitCode);
        Assert.Equal(isLogged ? 2 : 0, Cluster.TicksIn(ended.Errors).Length);
        Assert.Equal(isLogged, ended.Errors.Length > 0);
        Assert.Empty(Cluster.TicksIn(ended.Output));
    }

    [Fact]
    public async Task Every_ten_seconds_it_says_what_the_run_has_come_to_where_no_ticks_line_has_said_it()
    {
        using var engine = new TestEngine();
        var timer = new TickTimer(engine.Runner, engine.Options, engine.Time);
        using (new ProductionReport(timer, engine.Time, engine.LoggerOf<ProductionReport>()).Begin())
        {
            engine.Time.Advance(ProductionReport.Interval);
            await RunAsync(() => timer.Totals.Ticks == 1);
            await RunAsync(() => timer.Totals.Ticks == 2);
            engine.Sender.Outcome = index => index < 27 ? ErrorCode.NoError : ErrorCode.Local_MsgTimedOut;
            await RunAsync(() => timer.Totals.FailedRuns == 1);
            engine.Time.Advance(ProductionReport.Interval);
        }

        engine.Sender.Outcome = _ => ErrorCode.NoError;
        await RunAsync(() => timer.Totals.Ticks >= 3);
        Assert.Equal(
            ["30 s since the start: 20 shoes delivered, 0.67 shoes/s", "40 s since the start: 27 shoes delivered, 3 failed, 0.68 shoes/s"],
            Reports(engine).Select(report => report.Split(" Summary=")[0]));
        Assert.EndsWith(" RuntimeSeconds=40 Produced=27 Failed=3 Rate=0.675", Reports(engine)[^1].Split(" {OriginalFormat}")[0], StringComparison.Ordinal);

        // Five seconds to the tick's run, and as many to the report.
        async Task RunAsync(Func<bool> until)
        {
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
            var running = timer.RunAsync(null, stop.Token);
            engine.Time.Advance(TimeSpan.FromSeconds(5));
            await Wait.UntilAsync(() => Task.FromResult(until()));
            await stop.CancelAsync();
            await running;
            engine.Time.Advance(TimeSpan.FromSeconds(5));
        }
    }

    private static string[] Reports(TestEngine engine) => [.. engine.Log.Lines.Where(line => line.Event == 701).Select(line => line.Text)];
}
