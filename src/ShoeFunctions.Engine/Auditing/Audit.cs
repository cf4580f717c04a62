using System.Buffers.Text;
using System.Text;
using Confluent.Kafka;
using Main;
using ShoeFunctions.Engine.Delivery;
using ShoeFunctions.Engine.Faults;
using ShoeFunctions.Engine.Kafka;
using ShoeFunctions.Engine.Running;
using ShoeFunctions.Engine.Serialization;
using ShoeFunctions.Engine.Shoes;
using ShoeFunctions.Engine.Ticks;

namespace ShoeFunctions.Engine.Auditing;

/// <summary>
/// Compares a topic's records with what should be there: every shoe of every tick in a range. It takes the records in
/// any order, and keeps a bit a shoe for the ticks that are not yet complete.
/// </summary>
/// <remarks>
/// Which shoe a record has, its value and its header <c>shoe-id</c> both say. Where they differ, the one that the value
/// bears out is right, and else the header; so a record of which any one part was changed, its key and further headers
/// included, is counted as altered, and its shoe is not missing. The schema's id in the frame may be any: the registry gave it.
/// A shoe with faults must have just these: one that is left out is foreign where it is there, and one that is repeated has
/// two records, of which one may be missing. In which order they came, partitions do not tell.
/// </remarks>
/// <param name="range">Which ticks.</param>
/// <param name="ticks">The ticks there are, how many shoes each holds, which these are, and what is wrong with them on purpose.</param>
/// <param name="key">What the records' keys must be.</param>
/// <param name="show">How many findings of each kind to keep.</param>
/// <param name="open">Ticks whose chunks are still being made: nothing can be said of them, so they are left out.</param>
public sealed class Audit(TickRange range, TickOptions ticks, MessageKey key, int show, IReadOnlySet<Tick>? open = null)
{
    private const int SchemaIdOffset = 1;
    private const int MessageIndexOffset = 5;
    private const int ShortestFrame = 8;
    private const byte IdTag = Shoe.IdFieldNumber << 3;

    /// <summary>Ids are below 2^53: eight times seven bits.</summary>
    private const int MaxIdLength = 8;

    private const long EndOfIds = 1L << 53;
    private const int OurHeaders = 3;

    private readonly ShoeFrame _frame = new(schemaId: 0);
    private readonly BytesByLength _expected = new();
    private readonly TickSchedule _schedule = ticks.Schedule;
    private readonly ShoeGenerator _generator = new(ticks.Seed);
    private readonly FaultPlan _faults = ticks.PlanFaults();
    private readonly Dictionary<Tick, AuditedTick?> _ticks = [];
    private readonly List<AuditFinding> _findings = [];
    private readonly int[] _kept = new int[Enum.GetValues<AuditFindingKind>().Length];
    private (Tick Tick, AuditedTick? Audited)? _last;
    private long _present;
    private long _repeated;
    private long _altered;
    private long _foreign;
    private long _outside;
    private long _records;

    /// <summary>Takes a record.</summary>
    public void Add(ConsumeResult<byte[], byte[]> record)
    {
        _records++;
        ReadOnlySpan<byte> value = record.Message.Value;
        var inHeader = Find(IdInHeader(record.Message.Headers));
        var inValue = Find(IdInValue(value));

        var (isExact, place) = Holds(value, inHeader, out var shoe) ? (true, inHeader)
            : Holds(value, inValue, out shoe) ? (true, inValue)
            : (false, inHeader.Id is not null && (inHeader.IsKnown || !inValue.IsKnown) ? inHeader : inValue);
        if (place.IsOutside)
        {
            _outside++;
        }
        else if (place.Tick is not { } tick)
        {
            _foreign++;
            Keep(AuditFindingKind.Foreign, place.Id, record);
        }
        else
        {
            See(tick, place, record);
            if (isExact && HasOurTime(record, tick.Tick, place.Faults) && HasOurKeyAndHeaders(record.Message, shoe, place.Faults))
                return;

            _altered++;
            Keep(AuditFindingKind.Altered, place.Id, record);
        }
    }

    /// <summary>The counts, once all records were taken, and the first findings of each kind.</summary>
    public (AuditCounts Counts, IReadOnlyList<AuditFinding> Findings) Finish()
    {
        var (audited, records, missing) = (0L, 0L, 0L);
        var missed = new List<AuditFinding>();
        foreach (var tick in range.Ticks(_schedule).Where(tick => !IsOpen(tick)))
        {
            var size = _schedule.ShoesIn(tick);
            var seen = _ticks.GetValueOrDefault(tick);
            var asked = size > Tick.MaxShoes ? size : seen?.Records ?? _faults.RecordsOf(new Chunk(tick, 0, (int)size));
            var lacking = asked - (seen?.Seen ?? 0);
            audited++;
            records += asked;
            missing += lacking;
            if (lacking > 0 && missed.Count < show)
                missed.AddRange(MissingOf(seen ?? NewTick(tick, size)).Take(show - missed.Count));
        }

        var counts = new AuditCounts
        {
            Ticks = audited,
            Shoes = records,
            Present = _present,
            Missing = missing,
            Repeated = _repeated,
            Altered = _altered,
            Foreign = _foreign,
            Outside = _outside,
            Records = _records,
        };
        return (counts, [.. missed, .. _findings.OrderBy(finding => finding.Kind)]);
    }

    private static IEnumerable<AuditFinding> MissingOf(AuditedTick tick)
    {
        for (var index = 0; index < tick.Shoes; index++)
        {
            var faults = tick.FaultsOf(index);
            for (var seen = tick.SeenOf(index, faults.RepeatedAfter is not null); seen < faults.Records; seen++)
                yield return new AuditFinding(AuditFindingKind.Missing, tick.Tick.Time, tick.Tick.ShoeId(index), null, null);
        }
    }

    private void See(AuditedTick tick, Place place, ConsumeResult<byte[], byte[]> record)
    {
        if (tick.See(place.Index, place.Faults.RepeatedAfter is not null))
        {
            _present++;
        }
        else
        {
            _repeated++;
            Keep(AuditFindingKind.Repeated, place.Id, record);
        }
    }

    private void Keep(AuditFindingKind kind, long? id, ConsumeResult<byte[], byte[]> record)
    {
        if (_kept[(int)kind]++ < show)
            _findings.Add(new AuditFinding(kind, id is { } known ? Tick.OfShoe(known).Time : null, id, record.Partition.Value, record.Offset.Value));
    }

    /// <summary>Where an id belongs: to a shoe of the range, to a tick outside it, or nowhere.</summary>
    private Place Find(long? id)
    {
        if (id is not (>= 0 and < EndOfIds and var known))
            return default;

        var tick = Tick.OfShoe(known);
        if (!range.Contains(tick) || IsOpen(tick))
            return new Place(id, null, 0, default, IsOutside: true);

        var index = (int)(known - tick.ShoeId(0));
        return TickAt(tick) is { } audited && index < audited.Shoes && audited.FaultsOf(index) is { IsMissing: false } faults
            ? new Place(id, audited, index, faults, IsOutside: false)
            : new Place(id, null, 0, default, IsOutside: false);
    }

    private bool IsOpen(Tick tick) => open?.Contains(tick) is true;

    /// <summary>The tick, or null where the schedule has none then.</summary>
    private AuditedTick? TickAt(Tick tick)
    {
        // Records come in runs of the same tick.
        if (_last is { } last && last.Tick == tick)
            return last.Audited;

        if (!_ticks.TryGetValue(tick, out var audited))
        {
            var size = _schedule.Contains(tick) ? _schedule.ShoesIn(tick) : 0;
            _ticks[tick] = audited = size > 0 ? NewTick(tick, size) : null;
        }

        _last = (tick, audited);
        return audited;
    }

    private AuditedTick NewTick(Tick tick, long size) => new(tick, (int)Math.Min(size, Tick.MaxShoes), ticks, _faults);

    /// <summary>Whether a value is what the generator makes for a place, whatever the schema's id.</summary>
    private bool Holds(ReadOnlySpan<byte> value, Place place, out GeneratedShoe shoe)
    {
        shoe = default;
        if (place.Tick is not { } tick)
            return false;

        shoe = _generator.Shoe(tick.Tick, place.Index);
        var expected = _expected[ShoeFrame.Length(shoe)];
        _frame.Write(shoe, expected);
        if (value.Length > MessageIndexOffset)
            value[SchemaIdOffset..MessageIndexOffset].CopyTo(expected.AsSpan(SchemaIdOffset));
        return value.SequenceEqual(FaultPlan.ValueOf(shoe, expected, place.Faults));
    }

    /// <summary>A topic can be told to set the time itself; then it is not the producer's.</summary>
    private static bool HasOurTime(ConsumeResult<byte[], byte[]> record, Tick tick, in ShoeFaults faults) =>
        record.Message.Timestamp.Type == TimestampType.LogAppendTime || record.Message.Timestamp.UnixTimestampMs == tick.UnixSeconds * 1000 - faults.LatenessMs;

    private bool HasOurKeyAndHeaders(Message<byte[], byte[]> message, in GeneratedShoe shoe, in ShoeFaults faults)
    {
        Span<byte> buffer = stackalloc byte[20];
        Utf8Formatter.TryFormat(shoe.Id, buffer, out var length);
        ReadOnlySpan<byte> digits = buffer[..length];
        var hasOurKey = key switch
        {
            MessageKey.Id => digits.SequenceEqual(message.Key),
            MessageKey.Brand => shoe.Model.BrandUtf8.AsSpan().SequenceEqual(message.Key),
            _ => message.Key is null,
        };
        var isLabelled = _faults.AreLabelled && !faults.IsNone;
        return hasOurKey && message.Headers is { } headers && headers.Count == OurHeaders + (IndexOf(headers, "traceparent") < 0 ? 0 : 1) + (isLabelled ? 1 : 0)
            && Has(headers, "content-type", "application/x-protobuf"u8) && Has(headers, "shoe-id", digits) && Has(headers, "shoe-brand", shoe.Model.BrandUtf8)
            && (!isLabelled || Has(headers, ShoeRecord.FaultHeader, Encoding.ASCII.GetBytes(faults.Label)));
    }

    private static bool Has(Headers headers, string name, ReadOnlySpan<byte> value) =>
        IndexOf(headers, name) is >= 0 and var index && value.SequenceEqual(headers[index].GetValueBytes());

    private static int IndexOf(Headers headers, string name)
    {
        var index = headers.Count - 1;
        while (index >= 0 && headers[index].Key != name)
            index--;
        return index;
    }

    private static long? IdInHeader(Headers? headers) =>
        headers is not null && headers.TryGetLastBytes("shoe-id", out var digits)
        && Utf8Parser.TryParse(digits, out long id, out var length) && length == digits.Length ? id : null;

    /// <summary>The id that a frame of a shoe begins with, or null where it is none.</summary>
    private static long? IdInValue(ReadOnlySpan<byte> value)
    {
        if (value.Length < ShortestFrame || value[0] != 0 || value[MessageIndexOffset] != 0 || value[MessageIndexOffset + 1] != IdTag)
            return null;

        long id = 0;
        var rest = value[(MessageIndexOffset + 2)..];
        for (var index = 0; index < Math.Min(rest.Length, MaxIdLength); index++)
        {
            id |= (long)(rest[index] & 0x7F) << (7 * index);
            if (rest[index] < 0x80)
                return id;
        }

        return null;
    }

    /// <param name="Id">The id, or null where there is none.</param>
    /// <param name="Tick">The tick of the range that has a shoe of this id, or null.</param>
    /// <param name="Index">Which of the tick's shoes it is.</param>
    /// <param name="Faults">What is wrong with it on purpose.</param>
    /// <param name="IsOutside">Whether its tick is outside the range.</param>
    private readonly record struct Place(long? Id, AuditedTick? Tick, int Index, ShoeFaults Faults, bool IsOutside)
    {
        public bool IsKnown => Tick is not null || IsOutside;
    }
}
