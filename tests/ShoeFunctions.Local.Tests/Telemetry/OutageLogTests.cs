using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging;
using ShoeFunctions.Local.Tests.Faults;

namespace ShoeFunctions.Local.Tests.Telemetry;

public sealed partial class OutageLogTests
{
    [Fact]
    public async Task While_the_brokers_are_down_each_tick_has_its_line_and_the_reasons_are_said_once()
    {
        const int Ticks = 5;
        await using var engine = await FaultyEngine.StartAsync([("KAFKA_TIMEOUT", "1s")], TestContext.Current.CancellationToken);
        engine.Cluster.TakeDown();
        var began = TimeProvider.System.GetTimestamp();
        for (var tick = 0; tick < Ticks; tick++)
            Assert.False((await engine.RunNextAsync())[0].IsDelivered);

        var lines = engine.Log.Lines.Where(line => line.Category.StartsWith("ShoeFunctions.", StringComparison.Ordinal) && line.Level >= LogLevel.Information).ToArray();
        Assert.Equal(Ticks, lines.Count(line => line.Event == 101));
        var reasons = lines.Where(line => line.Event is 300 or 302).Select(line => Reason.Match(line.Text).Groups[1].Value).ToArray();
        Assert.DoesNotContain("", reasons);

        // Each of them once, and on a slow machine again after half a minute.
        var times = 1 + (int)(TimeProvider.System.GetElapsedTime(began) / TimeSpan.FromSeconds(30));
        Assert.InRange(reasons.Distinct().Count(), 1, 4);
        Assert.All(reasons.GroupBy(reason => reason), reason => Assert.InRange(reason.Count(), 1, times));
        Assert.InRange(lines.Length, Ticks + 1, Ticks + 1 + 4 * times);
    }

    /// <summary>The client's error code, or what its own log calls it.</summary>
    [GeneratedRegex("^(?:the connection to Kafka has a problem: |librdkafka )([^ :]+)")]
    private static partial Regex Reason { get; }
}
