using System.Text;
using Confluent.Kafka;
using CsCheck;
using Google.Protobuf;
using ShoeFunctions.Engine.Auditing;
using ShoeFunctions.Engine.Kafka;
using ShoeFunctions.Engine.Running;
using ShoeFunctions.Engine.Shoes;
using ShoeFunctions.Engine.Tests.Doubles;
using ShoeFunctions.Engine.Ticks;

namespace ShoeFunctions.Engine.Tests.Auditing;

public sealed class AuditTests
{
    private static readonly Tick First = Records.SomeTick;

    [Theory]
    [InlineData("BATCH_SIZE", "500", "none")]
    [InlineData("BATCH_SIZE", "500", "brand")]
    [InlineData("MESSAGE_INTERVAL", "7ms", "id")]
    public async Task What_the_producer_sends_passes(string setting, string value, string key)
    {
        using var engine = new TestEngine((setting, value), ("PRODUCE_SCHEDULE", "*/10 * * * * *"), ("KAFKA_MESSAGE_KEY", key));
        var range = new TickRange(First, After(First, 30));
        var audit = new Audit(range, engine.Options, Enum.Parse<MessageKey>(key, ignoreCase: true), 5);
        foreach (var tick in range.Ticks(engine.Options.Schedule))
            await engine.Producer.ProduceAsync(tick, (int)engine.Options.Schedule.ShoesIn(tick), TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);

        foreach (var sent in engine.Sender.Messages)
        {
            var message = new Message<byte[], byte[]> { Key = sent.Key!, Value = sent.Value, Timestamp = new Timestamp(sent.TimestampMs, TimestampType.CreateTime), Headers = [] };
            foreach (var (header, bytes) in sent.Headers)
                message.Headers.Add(header, bytes);
            audit.Add(new ConsumeResult<byte[], byte[]> { Message = message });
        }

        var (counts, findings) = audit.Finish();
        Assert.Equal(
            new AuditCounts { Ticks = 3, Shoes = engine.Sender.Messages.Count, Present = engine.Sender.Messages.Count, Records = engine.Sender.Messages.Count }, counts);
        Assert.True(counts.Passes(exactlyOnce: true));
        Assert.Empty(findings);
    }

    [Fact]
    public void A_tick_that_is_still_open_is_left_out_whatever_is_there_of_it()
    {
        Assert.True(TickSchedule.TryParse("*/10 * * * * *", new ShoeRate.Batch(2), out var schedule));
        var audit = new Audit(new TickRange(First, After(First, 20)), new TickOptions { Schedule = schedule }, MessageKey.None, 5, new HashSet<Tick> { After(First, 10) });
        foreach (var (tick, index) in (ReadOnlySpan<(int, int)>)[(0, 0), (0, 1), (10, 1)])
            audit.Add(Records.Of(After(First, tick), index, 0, 0));
        Assert.Equal(new AuditCounts { Ticks = 1, Shoes = 2, Present = 2, Outside = 1, Records = 3 }, audit.Finish().Counts);
    }

    [Fact]
    public void Every_drop_repeat_change_and_stranger_is_counted_exactly_in_any_order()
    {
        Gen.Select(Gen.Int[1, 5], Gen.Int[1, 150], Gen.ULong).Sample((ticks, batch, seed) =>
        {
            var random = new SplitMix64(seed);
            var records = new List<ConsumeResult<byte[], byte[]>>();
            var (missing, repeated, altered) = (0, 0, 0);
            for (var index = 0; index < ticks * batch; index++)
            {
                var copies = Copies(ref random);
                missing += copies == 0 ? 1 : 0;
                repeated += Math.Max(0, copies - 1);
                for (var copy = 0; copy < copies; copy++)
                {
                    var record = Records.Of(After(First, index / batch * 10), index % batch, (int)random.Below(6), records.Count);
                    if (random.Below(8) == 0)
                    {
                        Alter(record, ref random);
                        altered++;
                    }

                    records.Add(record);
                }
            }

            var (foreign, outside) = ((int)random.Below(5), (int)random.Below(5));
            for (var stranger = 0; stranger < foreign; stranger++)
                records.Add(Stranger(batch, ref random));
            for (var other = 0; other < outside; other++)
                records.Add(Records.Of(After(First, random.Below(2) == 0 ? -10 : ticks * 10), (int)random.Below((uint)batch)));

            var audit = Audited(batch, ticks * 10);
            foreach (var record in Shuffled(records, ref random))
                audit.Add(record);
            var expected = new AuditCounts
            {
                Ticks = ticks,
                Shoes = ticks * batch,
                Present = ticks * batch - missing,
                Missing = missing,
                Repeated = repeated,
                Altered = altered,
                Foreign = foreign,
                Outside = outside,
                Records = records.Count,
            };
            Assert.Equal(expected, audit.Finish().Counts);
        }, iter: 300);
    }

    [Fact]
    public void Any_flipped_bit_of_a_value_is_one_alteration_and_nothing_else_but_the_schemas_id_may_be_any()
    {
        var length = Records.Of(First, 1).Message.Value.Length;
        for (var bit = 0; bit < length * 8; bit++)
        {
            var record = Records.Of(First, 1);
            record.Message.Value[bit / 8] ^= (byte)(1 << bit % 8);
            var isSchemaId = bit / 8 is >= 1 and <= 4;
            Assert.Equal(
                new AuditCounts { Ticks = 1, Shoes = 3, Present = 3, Altered = isSchemaId ? 0 : 1, Records = 3 },
                Count(batch: 3, Records.Of(First, 0), record, Records.Of(First, 2)).Counts);
        }
    }

    [Fact]
    public void A_changed_header_or_timestamp_is_an_alteration_and_a_trace_is_none()
    {
        Assert.All(new (string Header, string? Value, int Altered)[]
        {
            ("content-type", "application/json", 1), ("content-type", null, 1),
            ("shoe-brand", "Nobody", 1), ("shoe-brand", null, 1),
            ("shoe-id", null, 1), ("shoe-id", "one", 1), ("shoe-id", "1", 1), ("shoe-id", $"{First.ShoeId(1)}", 1), ("shoe-id", $"+{First.ShoeId(0)}", 1),
            ("traceparent", "00-1-2-01", 0),
        }, change =>
        {
            var record = Records.Of(First, 0);
            Records.SetHeader(record, change.Header, change.Value);
            Assert.Equal(new AuditCounts { Ticks = 1, Shoes = 2, Present = 2, Altered = change.Altered, Records = 2 }, Count(2, record, Records.Of(First, 1)).Counts);
        });

        var twice = Records.Of(First, 0);
        twice.Message.Headers.Add("shoe-brand", [.. twice.Message.Headers.GetLastBytes("shoe-brand")]);
        var late = Records.Of(First, 0);
        late.Message.Timestamp = new Timestamp(First.Time.AddMilliseconds(1));
        Assert.All([twice, late], record => Assert.Equal(1, Count(1, record).Counts.Altered));
    }

    [Fact]
    public void A_topic_that_sets_the_time_itself_alters_nothing()
    {
        var record = Records.Of(First, 0);
        record.Message.Timestamp = new Timestamp(First.Time.AddHours(1).ToUnixTimeMilliseconds(), TimestampType.LogAppendTime);
        Assert.True(Count(1, record).Counts.Passes(exactlyOnce: true));
    }

    [Theory]
    [InlineData(MessageKey.None)]
    [InlineData(MessageKey.Id)]
    [InlineData(MessageKey.Brand)]
    public void Another_key_than_the_settings_is_an_alteration(MessageKey key)
    {
        var shoe = new ShoeGenerator(0).Shoe(First, 0);
        byte[]?[] keys = [null, Encoding.UTF8.GetBytes($"{shoe.Id}"), Encoding.UTF8.GetBytes(shoe.Model.Brand), []];
        for (var index = 0; index < keys.Length; index++)
        {
            var record = Records.Of(First, 0);
            record.Message.Key = keys[index]!;
            var audit = Audited(batch: 1, seconds: 10, key);
            audit.Add(record);
            Assert.Equal(index == (int)key ? 0 : 1, audit.Finish().Counts.Altered);
        }
    }

    [Fact]
    public void A_foreign_header_is_an_alteration()
    {
        var record = Records.Of(First, 0);
        Records.SetHeader(record, "who", "another");
        var trace = Records.Of(First, 0);
        trace.Message.Headers.Add("traceparent", [1]);
        trace.Message.Headers.Add("traceparent", [2]);
        Assert.Equal(1, Count(1, trace).Counts.Altered);
        Assert.Equal(1, Count(1, record).Counts.Altered);
    }

    [Theory]
    [InlineData("9223372036854775807")]
    [InlineData("9007199254740992")]
    public void An_id_that_cannot_be_ours_is_foreign_and_one_of_another_tick_is_not(string id)
    {
        Assert.Equal((1, 0), Foreigners(id));
        Assert.Equal((0, 1), Foreigners("9007199254740991"));

        static (long, long) Foreigners(string id)
        {
            var counts = Count(1, Records.Of("?"u8.ToArray(), First, headers: ("shoe-id", id))).Counts;
            return (counts.Foreign, counts.Outside);
        }
    }

    [Theory]
    [InlineData(long.MaxValue)]
    [InlineData(long.MinValue)]
    [InlineData(1_795_615_200_000_000)]
    public void A_timestamp_that_is_no_time_is_an_alteration_or_foreign(long timestampMs)
    {
        var (ours, foreign) = (Records.Of(First, 0), Records.Of("?"u8.ToArray(), First));
        ours.Message.Timestamp = foreign.Message.Timestamp = new Timestamp(timestampMs, TimestampType.CreateTime);
        var counts = Count(1, ours, foreign).Counts;
        Assert.Equal((1, 1), (counts.Altered, counts.Foreign));
    }

    [Fact]
    public void What_has_no_shoe_of_ours_is_foreign()
    {
        byte[] frame = [.. Records.Of(First, 0).Message.Value];
        ConsumeResult<byte[], byte[]>[] strangers =
        [
            Records.Of(null, First),
            Records.Of([], First),
            Records.Of("""{"id": 7}"""u8.ToArray(), First),
            Records.Of([1, .. frame[1..]], First),
            Records.Of([.. frame[..5], 2, 2, .. frame[6..]], First),
            Records.Of(frame[..7], First),
            Records.Of([0, 0, 0, 0, 7, 0, 0x0A, 3, 65, 66, 67], First),
            Records.Of([0, 0, 0, 0, 7, 0, 8, 255, 255, 255, 255, 255, 255, 255, 255, 255, 1], First),
            Records.Of(First, 1),
            Records.Of(After(First, 5), 0),
        ];
        var (counts, findings) = Count(1, [.. strangers, Records.Of(First, 0)]);
        Assert.Equal(new AuditCounts { Ticks = 1, Shoes = 1, Present = 1, Foreign = strangers.Length, Records = strangers.Length + 1 }, counts);
        Assert.False(counts.Passes(exactlyOnce: false));
        Assert.All(findings, finding => Assert.Equal(AuditFindingKind.Foreign, finding.Kind));
    }

    [Fact]
    public void The_first_few_of_each_kind_are_shown_by_tick_id_partition_and_offset()
    {
        var damaged = Records.Of(First, 2, partition: 4, offset: 11);
        damaged.Message.Value[^1] ^= 1;
        var (_, findings) = Count(
            batch: 10, Records.Of(First, 0, 1, 7), Records.Of(First, 0, 2, 8), Records.Of(First, 0, 3, 9), damaged, Records.Of("?"u8.ToArray(), First, 5, 12));
        Assert.Equal(
        [
            new(AuditFindingKind.Missing, First.Time, First.ShoeId(1), null, null),
            new(AuditFindingKind.Missing, First.Time, First.ShoeId(3), null, null),
            new(AuditFindingKind.Repeated, First.Time, First.ShoeId(0), 2, 8),
            new(AuditFindingKind.Repeated, First.Time, First.ShoeId(0), 3, 9),
            new(AuditFindingKind.Altered, First.Time, First.ShoeId(2), 4, 11),
            new(AuditFindingKind.Foreign, null, null, 5, 12),
        ], findings);
    }

    [Fact]
    public void Repeats_fail_only_where_each_shoe_must_be_there_exactly_once()
    {
        var counts = Count(1, Records.Of(First, 0), Records.Of(First, 0)).Counts;
        Assert.Equal((1, true, false), (counts.Repeated, counts.Passes(exactlyOnce: false), counts.Passes(exactlyOnce: true)));
    }

    [Fact]
    public void A_tick_that_was_never_produced_is_missing_whole_and_named_even_after_complete_ones()
    {
        var audit = Audited(batch: 3, seconds: 30);
        foreach (var tick in new[] { First, After(First, 20) })
            for (var index = 0; index < 3; index++)
                audit.Add(Records.Of(tick, index));
        var (counts, findings) = audit.Finish();
        Assert.Equal((3, 9, 6, 3), (counts.Ticks, counts.Shoes, counts.Present, counts.Missing));
        Assert.Equal([After(First, 10).Time, After(First, 10).Time], findings.Select(finding => finding.Tick!.Value));
    }

    [Fact]
    public void Ticks_of_a_million_take_a_bit_a_shoe_and_records_nothing()
    {
        const int Ticks = 20;
        var audit = Audited(Tick.MaxShoes, Ticks * 10);
        var samples = Enumerable.Range(0, Ticks).Select(tick => Records.Of(After(First, tick * 10), 0)).ToArray();
        audit.Add(samples[0]);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var round = 0; round < 1000; round++)
            foreach (var record in samples)
                audit.Add(record);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 1, Ticks * (Tick.MaxShoes / 4));
        Assert.Equal(Ticks * 1000 - Ticks + 1, audit.Finish().Counts.Repeated);
    }

    private static Tick After(Tick tick, int seconds) => new(tick.UnixSeconds + seconds);

    private static Audit Audited(int batch, int seconds, MessageKey key = MessageKey.None)
    {
        Assert.True(TickSchedule.TryParse("*/10 * * * * *", new ShoeRate.Batch(batch), out var schedule));
        return new Audit(new TickRange(First, After(First, seconds)), new TickOptions { Schedule = schedule }, key, show: 2);
    }

    private static (AuditCounts Counts, IReadOnlyList<AuditFinding> Findings) Count(int batch, params ConsumeResult<byte[], byte[]>[] records)
    {
        var audit = Audited(batch, seconds: 10);
        foreach (var record in records)
            audit.Add(record);
        return audit.Finish();
    }

    /// <summary>Mostly one, sometimes none, two or three.</summary>
    private static int Copies(ref SplitMix64 random) => random.Below(10) switch { 0 => 0, 1 => 2, 2 => 3, _ => 1 };

    /// <summary>Changes any one thing of a record.</summary>
    private static void Alter(ConsumeResult<byte[], byte[]> record, ref SplitMix64 random)
    {
        var message = record.Message;
        switch (random.Below(9))
        {
            case 0:
                var right = message.Value;
                do
                {
                    message.Value = [.. right];
                    var place = (int)random.Below((uint)right.Length - 4);
                    message.Value[place == 0 ? 0 : place + 4] ^= (byte)(1 + random.Below(255));
                }
                while (IsAShoes(message.Value));
                break;
            case 1:
                message.Value = message.Value[..(int)random.Below((uint)message.Value.Length)];
                break;
            case 2:
                message.Value = [.. message.Value, 0];
                break;
            case 3:
                message.Value = null!;
                break;
            case 4:
                message.Timestamp = new Timestamp(message.Timestamp.UtcDateTime.AddSeconds(-1));
                break;
            case 5:
                Records.SetHeader(record, new[] { "content-type", "shoe-brand", "shoe-id" }[random.Below(3)], null);
                break;
            case 6:
                message.Headers.Add("who", [1]);
                break;
            case 7:
                message.Key = [1];
                break;
            default:
                Records.SetHeader(record, "shoe-id", $"{random.Below(1_000_000)}");
                break;
        }
    }

    /// <summary>Whether a value is just what another shoe has: of a popular model, another id alone makes it so, and then it is that one's.</summary>
    private static bool IsAShoes(byte[] value)
    {
        try
        {
            var id = Main.Shoe.Parser.ParseFrom(value.AsSpan(6)).Id;
            return id >= 0 && Records.Of(Tick.OfShoe(id), (int)(id - Tick.OfShoe(id).ShoeId(0))).Message.Value.AsSpan(5).SequenceEqual(value.AsSpan(5));
        }
        catch (Exception none) when (none is InvalidProtocolBufferException or ArgumentOutOfRangeException)
        {
            return false;
        }
    }

    private static ConsumeResult<byte[], byte[]> Stranger(int batch, ref SplitMix64 random) => random.Below(3) switch
    {
        0 => Records.Of(First, batch + (int)random.Below(100)),
        1 => Records.Of(After(First, 1 + (int)random.Below(9)), (int)random.Below(100)),
        _ => Records.Of([.. BitConverter.GetBytes(random.Next() | 1)], First),
    };

    private static List<ConsumeResult<byte[], byte[]>> Shuffled(List<ConsumeResult<byte[], byte[]>> records, ref SplitMix64 random)
    {
        for (var index = records.Count - 1; index > 0; index--)
        {
            var other = (int)random.Below((uint)index + 1);
            (records[index], records[other]) = (records[other], records[index]);
        }

        return records;
    }
}
