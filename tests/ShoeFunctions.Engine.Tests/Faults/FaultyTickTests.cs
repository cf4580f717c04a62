using System.Text;
using Confluent.Kafka;
using ShoeFunctions.Engine.Auditing;
using ShoeFunctions.Engine.Faults;
using ShoeFunctions.Engine.Kafka;
using ShoeFunctions.Engine.Tests.Auditing;
using ShoeFunctions.Engine.Tests.Doubles;
using ShoeFunctions.Engine.Ticks;

namespace ShoeFunctions.Engine.Tests.Faults;

public sealed class FaultyTickTests
{
    private const int Batch = 2000;
    private const string All = "late=3,repeated=3,corrupt=3,missing=3,outlier=3,reordered=3";

    private static readonly Tick SomeTick = Records.SomeTick;
    private static readonly TickRange Range = new(SomeTick, new Tick(SomeTick.UnixSeconds + 1));

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Shoes_without_a_fault_are_byte_for_byte_what_they_are_without_faults()
    {
        var clean = (await ProduceAsync()).Sent.ToDictionary(Id);
        var (sent, engine, report) = await ProduceAsync(("FAULTS", All), ("FAULT_LABELS", "true"));
        using var _ = engine;
        var plan = engine.Options.PlanFaults();
        var untouched = 0;
        foreach (var record in sent)
        {
            var (faults, its) = (plan.Of(SomeTick, Index(record), Batch - 1), clean[Id(record)]);
            Assert.Equal(its.TimestampMs - faults.LatenessMs, record.TimestampMs);
            Assert.Equal(
                faults.IsNone ? Headers(its) : [.. Headers(its), ("shoe-fault", faults.Label)],
                Headers(record));
            if (faults is { Corruption: null, Outlier: null })
                Assert.Equal(its.Value, record.Value);
            untouched += faults.IsNone ? 1 : 0;
        }

        Assert.InRange(untouched, Batch / 2, Batch - 1);
        var (left, twice) = plan.CountOf(new Chunk(SomeTick, 0, Batch));
        Assert.True(left < Batch && twice > 0);
        Assert.Equal((left + twice, left + twice, true), (report.Shoes, report.Delivered, report.IsDelivered));
        Assert.Equal(sent.Count, report.Shoes);
    }

    [Fact]
    public async Task Without_labels_no_header_tells()
    {
        var (sent, engine, _) = await ProduceAsync(("FAULTS", All));
        using var __ = engine;
        Assert.All(sent, record => Assert.Equal(["content-type", "shoe-id", "shoe-brand"], record.Headers.Select(header => header.Key)));
    }

    [Theory]
    [InlineData("true", "0")]
    [InlineData("false", "0")]
    [InlineData("false", "1000")]
    public async Task What_was_sent_passes_the_audit_in_any_order(string labels, string splitAbove)
    {
        (string, string)[] settings = [("FAULTS", All), ("FAULT_LABELS", labels), ("FAN_OUT_ABOVE", splitAbove), ("FAN_OUT_CHUNK", "300"), ("KAFKA_MESSAGE_KEY", "brand")];
        var (sent, engine, _) = await ProduceAsync(settings);
        using var __ = engine;
        var audit = new Audit(Range, engine.Options, MessageKey.Brand, 5);
        foreach (var record in sent.AsEnumerable().Reverse())
            audit.Add(Consumed(record));
        var (counts, findings) = audit.Finish();
        Assert.Empty(findings);
        Assert.Equal(new AuditCounts { Ticks = 1, Shoes = sent.Count, Present = sent.Count, Records = sent.Count }, counts);
        Assert.True(counts.Passes(exactlyOnce: true));
    }

    [Fact]
    public async Task A_fault_that_is_not_there_or_is_another_is_found()
    {
        var (sent, engine, _) = await ProduceAsync(("FAULTS", All), ("FAULT_LABELS", "true"));
        using var __ = engine;
        var plan = engine.Options.PlanFaults();
        using var cleanEngine = new TestEngine();
        await cleanEngine.Producer.ProduceAsync(SomeTick, Batch, TimeSpan.FromMinutes(1), Stop);
        var clean = cleanEngine.Sender.Messages;

        AssertCounts(Change(FaultKind.Late, record => record with { TimestampMs = SomeTick.UnixSeconds * 1000 }), altered: 1);
        AssertCounts(Change(FaultKind.Late, record => record with { TimestampMs = record.TimestampMs + 1 }), altered: 1);
        AssertCounts(Change(FaultKind.Corrupt, record => record with { Value = clean[Index(record)].Value }), altered: 1);
        AssertCounts(Change(FaultKind.Corrupt, record => record with { Value = [.. record.Value[..^1], (byte)(record.Value[^1] ^ 1)] }), altered: 1);
        AssertCounts(Change(FaultKind.Outlier, record => record with { Value = clean[Index(record)].Value }), altered: 1);
        AssertCounts(Change(FaultKind.Outlier, record => record with { Headers = record.Headers[..3] }), altered: 1);
        AssertCounts(Change(FaultKind.Outlier, record => record with { Headers = [.. record.Headers[..3], ("shoe-fault", "late"u8.ToArray())] }), altered: 1);

        var missing = Enumerable.Range(0, Batch).First(index => plan.Of(SomeTick, index, Batch - 1).IsMissing);
        AssertCounts([.. sent, clean[missing]], foreign: 1);
        var repeated = sent.First(record => plan.Of(SomeTick, Index(record), Batch - 1).RepeatedAfter is not null);
        AssertCounts([.. sent.Where(record => Id(record) != Id(repeated)), repeated], missing: 1);
        AssertCounts([.. sent.Where(record => Id(record) != Id(repeated))], missing: 2);
        AssertCounts([.. sent, repeated], repeated: 1);
        var plain = sent.First(record => plan.Of(SomeTick, Index(record), Batch - 1).IsNone);
        AssertCounts([.. sent, plain], repeated: 1);
        AssertCounts([.. sent.Where(record => record != plain), plain with { TimestampMs = plain.TimestampMs - 5 }], altered: 1);
        AssertCounts([], missing: sent.Count);

        List<CollectingSender.Sent> Change(FaultKind kind, Func<CollectingSender.Sent, CollectingSender.Sent> change)
        {
            var one = sent.First(record => plan.Of(SomeTick, Index(record), Batch - 1) is { Records: 1 } faults && faults.Kinds.SequenceEqual([kind]));
            return [.. sent.Select(record => record == one ? change(record) : record)];
        }

        void AssertCounts(IReadOnlyCollection<CollectingSender.Sent> records, int missing = 0, int repeated = 0, int altered = 0, int foreign = 0)
        {
            var audit = new Audit(Range, engine.Options, MessageKey.None, 2);
            foreach (var record in records)
                audit.Add(Consumed(record));
            var (counts, findings) = audit.Finish();
            Assert.Equal((missing, repeated, altered, foreign), (counts.Missing, counts.Repeated, counts.Altered, counts.Foreign));
            Assert.Equal(counts.Shoes, counts.Present + counts.Missing);
            Assert.Equal(Math.Min(missing, 2) + repeated + altered + foreign, findings.Count);
        }
    }

    [Fact]
    public async Task A_tick_that_fails_counts_what_was_asked_for()
    {
        using var engine = new TestEngine(("FAULTS", "missing=20,repeated=10"));
        engine.Sender.Outcome = sent => sent == 0 ? ErrorCode.Local_MsgTimedOut : ErrorCode.NoError;
        var report = await engine.Producer.ProduceAsync(SomeTick, Batch, TimeSpan.FromMinutes(1), Stop);
        Assert.Equal(engine.Options.PlanFaults().RecordsOf(new Chunk(SomeTick, 0, Batch)), report.Shoes);
        Assert.NotEqual(Batch, report.Shoes);
        Assert.Equal(report.Shoes, report.Delivered + report.Failed);
    }

    [Fact]
    public async Task A_split_tick_is_closed_with_what_was_asked_for_and_its_chunks_are_the_tick()
    {
        (string, string)[] settings =
        [
            ("FAULTS", "late=5,repeated=5,corrupt=5,missing=5,outlier=5"), ("AzureWebJobsStorage", "UseDevelopmentStorage=true"),
            ("FAN_OUT_ABOVE", "500"), ("FAN_OUT_CHUNK", "300"), ("BATCH_SIZE", $"{Batch}"),
        ];
        using var engine = new TestEngine(settings);
        await engine.Runner.RunDueAsync(Stop);
        foreach (var message in engine.Queue.Messages)
            await engine.Chunks.RunAsync(message.ToString(), 1, Stop);

        var state = await engine.Progress.ReadAsync(Stop);
        var asked = engine.Options.PlanFaults().RecordsOf(new Chunk(SomeTick, 0, Batch));
        Assert.Empty(state.Open);
        Assert.Equal((1, asked, 0), (state.Ticks, state.Delivered, state.FailedSends));
        var run = Assert.Single(state.Recent);
        Assert.Equal((asked, asked), (run.Shoes, run.Delivered));

        using var whole = new TestEngine([.. settings, ("FAN_OUT_ABOVE", "0")]);
        await whole.Runner.RunDueAsync(Stop);
        Assert.Equal(whole.Sender.Messages.Select(Text).Order(), engine.Sender.Messages.Select(Text).Order());

        static string Text(CollectingSender.Sent sent) => $"{sent.TimestampMs} {Convert.ToHexString(sent.Value)} {string.Join(' ', sent.Headers.Select(header => Encoding.UTF8.GetString(header.Value)))}";
    }

    [Fact]
    public async Task Statistics_say_how_shoes_with_faults_are_counted_and_show_whole_ones()
    {
        using var engine = new TestEngine(("FAULTS", "missing=50,corrupt=25,repeated=10"), ("BATCH_SIZE", "40"));
        await engine.Runner.RunDueAsync(Stop);
        var stats = await engine.Stats.AnswerAsync(Stop);
        Assert.Equal("repeated=10%,corrupt=25%,missing=50%: a shoe that is left out is not asked for, and one that is repeated counts twice", stats.Faults);
        Assert.Equal(engine.Sender.Messages.Count, stats.Totals.Asked);
        var onTopic = engine.Sender.Messages.ToLookup(Id);
        Assert.All(stats.Sample!.Shoes, shoe => Assert.All(onTopic[$"{shoe.Id}"], record => Assert.Equal(shoe.Id, Main.Shoe.Parser.ParseFrom(record.Value.AsSpan(6)).Id)));
        Assert.All(stats.Sample.Shoes, shoe => Assert.NotEmpty(onTopic[$"{shoe.Id}"]));
        Assert.NotEmpty(stats.Sample.Shoes);
    }

    private static async Task<(List<CollectingSender.Sent> Sent, TestEngine Engine, TickReport Report)> ProduceAsync(params (string, string)[] settings)
    {
        var engine = new TestEngine([("PRODUCE_SCHEDULE", "*/10 * * * * *"), ("BATCH_SIZE", $"{Batch}"), .. settings]);
        var reports = await engine.Runner.RunDueAsync(Stop);
        return (engine.Sender.Messages, engine, Assert.Single(reports));
    }

    private static ConsumeResult<byte[], byte[]> Consumed(CollectingSender.Sent sent)
    {
        var message = new Message<byte[], byte[]> { Key = sent.Key!, Value = sent.Value, Timestamp = new Timestamp(sent.TimestampMs, TimestampType.CreateTime), Headers = [] };
        foreach (var (header, bytes) in sent.Headers)
            message.Headers.Add(header, bytes);
        return new ConsumeResult<byte[], byte[]> { Message = message };
    }

    private static string Id(CollectingSender.Sent sent) => Encoding.UTF8.GetString(sent.Headers.Single(header => header.Key == "shoe-id").Value);

    private static int Index(CollectingSender.Sent sent) => (int)(long.Parse(Id(sent), System.Globalization.CultureInfo.InvariantCulture) - SomeTick.ShoeId(0));

    private static (string, string)[] Headers(CollectingSender.Sent sent) => [.. sent.Headers.Select(header => (header.Key, Encoding.UTF8.GetString(header.Value)))];
}
