using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using ShoeFunctions.Engine.Tests.Doubles;
using ShoeFunctions.Engine.Ticks;

namespace ShoeFunctions.Engine.Tests.Telemetry;

public sealed class LogTests
{
    [Fact]
    public async Task A_tick_has_one_line_with_all_that_it_came_to()
    {
        using var engine = new TestEngine();
        await RunAsync(engine);
        engine.Time.Advance(TimeSpan.FromSeconds(20));
        engine.Sender.Outcome = index => index < 23 ? ErrorCode.NoError : ErrorCode.Local_MsgTimedOut;
        await RunAsync(engine);

        var lines = engine.Log.Lines.Where(line => line.Category.EndsWith(".TickRunner", StringComparison.Ordinal)).ToArray();
        Assert.Equal([(100, LogLevel.Information), (100, LogLevel.Information), (101, LogLevel.Error)], lines.Select(line => (line.Event, line.Level)));
        var bytes = engine.Sender.Messages.Take(10).Sum(message => message.Value.Length);
        Assert.StartsWith($"tick 2026-11-23T14:00:00Z  10 shoes delivered  {bytes} B  0.0 ms Tick=", lines[0].Text, StringComparison.Ordinal);
        Assert.All(
            ["Tick=2026-11-23T14:00:00Z", "Asked=10", "Delivered=10", "Failed=0", $"Bytes={bytes}", "Ms=0", "P50Ms=0", "P99Ms=0", "CatchUp=False"],
            value => Assert.Contains(value, lines[0].Text, StringComparison.Ordinal));
        Assert.Contains("  10 shoes delivered late  ", lines[1].Text, StringComparison.Ordinal);
        Assert.Contains("CatchUp=True", lines[1].Text, StringComparison.Ordinal);
        Assert.StartsWith("tick 2026-11-23T14:00:20Z  3 of 10 shoes delivered  7 failed  ", lines[2].Text, StringComparison.Ordinal);
        Assert.Contains(" 0.0 ms  Timeout (Local_MsgTimedOut): ", lines[2].Text, StringComparison.Ordinal);
        Assert.All(
            ["Asked=10", "Delivered=3", "Failed=7", "Bytes=", "Ms=0", "P50Ms=0", "P99Ms=0", "CatchUp=False", "Kind=Timeout", "Code=Local_MsgTimedOut"],
            value => Assert.Contains(value, lines[2].Text, StringComparison.Ordinal));
    }

    [Fact]
    public void The_same_trouble_is_logged_every_half_minute_whichever_producer_has_it()
    {
        using var engine = new TestEngine();
        for (var second = 0; second < 60; second++)
        {
            for (var time = 0; time < 20; time++)
            {
                engine.KafkaLog.Write(new Error(ErrorCode.Local_AllBrokersDown, "3/3 brokers are down"));
                engine.KafkaLog.Write(new Error(ErrorCode.Local_Transport, "connect failed"));
                engine.KafkaLog.Write(new LogMessage("rdkafka", SyslogLevel.Error, "FAIL", "connect failed"));
                engine.KafkaLog.Write(new LogMessage("rdkafka", SyslogLevel.Warning, "GETPID", "no broker"));
            }

            engine.Time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(
            [(302, LogLevel.Warning, 4), (300, LogLevel.Warning, 2)],
            engine.Log.Lines.GroupBy(line => (line.Event, line.Level)).Select(lines => (lines.Key.Event, lines.Key.Level, lines.Count())));
    }

    [Theory]
    [InlineData(SyslogLevel.Emergency, LogLevel.Critical)]
    [InlineData(SyslogLevel.Error, LogLevel.Error)]
    [InlineData(SyslogLevel.Warning, LogLevel.Warning)]
    [InlineData(SyslogLevel.Notice, LogLevel.Information)]
    [InlineData(SyslogLevel.Debug, LogLevel.Debug)]
    public void The_clients_lines_have_their_level(SyslogLevel theirs, LogLevel ours)
    {
        using var engine = new TestEngine(("LOG_LEVEL", "trace"));
        engine.KafkaLog.Write(new LogMessage("rdkafka", theirs, "CONNECT", "something"));
        Assert.Equal((ours, 300), (Assert.Single(engine.Log.Lines).Level, engine.Log.Lines.First().Event));
    }

    [Theory]
    [InlineData("error", 0)]
    [InlineData("info", 1)]
    public async Task LOG_LEVEL_governs_what_is_logged(string level, int lines)
    {
        using var engine = new TestEngine(("LOG_LEVEL", level));
        await RunAsync(engine);
        Assert.Equal(lines, engine.Log.Lines.Count(line => line.Event == 100));
    }

    private static Task<IReadOnlyList<TickReport>> RunAsync(TestEngine engine) => engine.Runner.RunDueAsync(TestContext.Current.CancellationToken);
}
