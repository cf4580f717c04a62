using System.Text.Json;
using ShoeFunctions.Engine.Tests.Doubles;
using ShoeFunctions.Local.Hosting;
using ShoeFunctions.Local.Tests.Auditing;

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
    [InlineData("", "error", 0)]
    [InlineData("--log text", "info", 2)]
    [InlineData("--log json", "error", 0)]
    public async Task LOG_LEVEL_governs_both_forms(string form, string level, int ticks)
    {
        await using var cluster = await Cluster.StartAsync();
        var ended = await cluster.RunAsync($"--ticks 2 {form}", ("LOG_LEVEL", level));
        Assert.Equal((0, ""), (ended.ExitCode, ended.Errors));
        Assert.Equal(ticks, Cluster.TicksIn(ended.Output).Length);
    }

    [Fact]
    public async Task Every_ten_seconds_it_says_what_was_produced_once_anything_was()
    {
        using var engine = new TestEngine();
        var timer = new TickTimer(engine.Runner, engine.Options, engine.Time);
        using (new ProductionReport(timer, engine.Time, engine.LoggerOf<ProductionReport>()).Begin())
        {
            engine.Time.Advance(ProductionReport.Interval);
            Assert.Empty(Reports(engine));

            var running = timer.RunAsync(1, TestContext.Current.CancellationToken);
            engine.Time.Advance(TimeSpan.FromSeconds(5));
            Assert.True(await running);
            engine.Time.Advance(TimeSpan.FromSeconds(5));
            engine.Time.Advance(ProductionReport.Interval);
        }

        engine.Time.Advance(ProductionReport.Interval);
        Assert.Equal(
            ["produced 10  failed 0  0.50 shoes/s  runtime 20 s", "produced 10  failed 0  0.33 shoes/s  runtime 30 s"],
            Reports(engine).Select(report => report.Split(" Produced=")[0]));
    }

    private static string[] Reports(TestEngine engine) => [.. engine.Log.Lines.Where(line => line.Event == 701).Select(line => line.Text)];
}
