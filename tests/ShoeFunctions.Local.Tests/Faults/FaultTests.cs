using Confluent.Kafka;
using ShoeFunctions.Engine.Failures;
using ShoeFunctions.Engine.Tests.Processes;
using ShoeFunctions.Engine.Ticks;
using ShoeFunctions.Local.EmbeddedKafka;

namespace ShoeFunctions.Local.Tests.Faults;

/// <summary>Every fault: what a tick becomes of it, that it ends, that its counts are true, and that what follows it makes good.</summary>
public sealed class FaultTests
{
    /// <summary>All faults, by their names.</summary>
    private static readonly Dictionary<string, Fault> Faults = FaultTable.Kafka.Concat(FaultTable.Registry).Concat(FaultTable.Logins).ToDictionary(fault => fault.Name);

    public static TheoryData<string> Names => [.. Faults.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_tick_ends_as_it_should_and_the_next_makes_good(string fault)
    {
        using var limit = new CancellationTokenSource(Wait.Patience, TimeProvider.System);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, TestContext.Current.CancellationToken);
        TestContext.Current.TestOutputHelper!.WriteLine(await RunAsync(Faults[fault], stop.Token));
    }

    [Fact]
    public void There_are_more_than_forty() => Assert.True(Faults.Count > 40);

    [Fact]
    public async Task Records_that_a_broker_says_it_has_already_are_delivered()
    {
        await using var engine = await FaultyEngine.StartAsync([], TestContext.Current.CancellationToken);
        engine.Cluster.Fail(KafkaRequest.Produce, ErrorCode.DuplicateSequenceNumber);
        var report = Assert.Single(await engine.RunNextAsync());
        Assert.True(report.IsDelivered);
        TestContext.Current.TestOutputHelper!.WriteLine($"DUP {string.Join(" ", report.Partitions)}");
    }

    /// <summary>Runs one; where its ticks were over before a slow machine knew what is wrong, once more and with more time.</summary>
    private static async Task<string> RunAsync(Fault fault, CancellationToken cancellation)
    {
        try
        {
            return await RunAsync(fault, fault.Settings, cancellation);
        }
        catch (TooSoonException) when (fault.Settings.Contains(FaultTable.Soon))
        {
            return await RunAsync(fault, [.. fault.Settings, FaultTable.Late], cancellation);
        }
    }

    private static async Task<string> RunAsync(Fault fault, (string Name, string Value)[] settings, CancellationToken cancellation)
    {
        await using var engine = await FaultyEngine.StartAsync(settings, cancellation);
        var reports = new List<TickReport>();
        if (fault.ComesLater)
            reports.AddRange(await RunNextAsync(engine));

        await fault.Begin(engine);
        var first = reports.Count;
        for (var tick = 0; tick < fault.Ticks; tick++)
        {
            var running = RunNextAsync(engine, fault.Verdict, fault.OrElse);
            await fault.During(engine);
            reports.AddRange(await running);
        }

        fault.Check(engine);
        var met = reports[first];
        await fault.End(engine);
        var after = await RunNextAsync(engine);
        reports.AddRange(after);

        // Whatever went wrong in between: every shoe of every tick is there, and never fewer than were said to be.
        var ticks = reports.Select(report => report.Tick).Distinct().Order().ToArray();
        Assert.Equal(engine.Time.Now, ticks[^1].Time);
        Assert.Equal(ticks.Length, reports.Count(report => report.IsDelivered));
        var ids = engine.ReadIds();
        Assert.Equal(ticks.SelectMany(tick => Enumerable.Range(0, FaultyEngine.Shoes).Select(tick.ShoeId)), ids.Distinct().Order());
        Assert.True(reports.Sum(report => report.Delivered) <= ids.Count);
        return $"{fault.Name} | {Verdict.Text(met.Failure)} | {met.Delivered} + {met.Failed} | {met.Duration.TotalMilliseconds:0} ms | then {string.Join(", ", after.Select(report => $"{report.Delivered} in {report.Duration.TotalMilliseconds:0} ms"))}, {ids.Count} records";
    }

    /// <summary>Runs what is due, to one verdict: delivered whole, or the first tick failed as it should.</summary>
    private static async Task<IReadOnlyList<TickReport>> RunNextAsync(FaultyEngine engine, Verdict? verdict = null, Verdict? orElse = null)
    {
        var reports = await engine.RunNextAsync();
        Assert.NotEmpty(reports);
        foreach (var report in reports)
        {
            var isExpected = verdict is null ? report.Failure is null : verdict.Fits(report.Failure) || orElse?.Fits(report.Failure) == true;
            var said = $"{verdict?.ToString() ?? "delivered"} was expected, not {Verdict.Text(report.Failure)}.";
            if (!isExpected && (report.Failure?.Kind == FailureKind.Timeout || (verdict is null && report.Failure?.Kind == FailureKind.Network)))
                throw new TooSoonException(said);
            Assert.True(isExpected, said);
            Assert.Equal(verdict is null, report.IsDelivered);
            Assert.Equal(FaultyEngine.Shoes, report.Delivered + report.Failed);
            Assert.InRange(report.Delivered, 0, FaultyEngine.Shoes);
            Assert.Equal(report.Delivered, report.Partitions.Sum(partition => partition.Count));
        }

        return reports;
    }

    /// <summary>A tick ended because its time was over, and was to end otherwise.</summary>
    private sealed class TooSoonException(string message) : Exception(message);
}
