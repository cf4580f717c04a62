using System.Collections.Immutable;
using ShoeFunctions.Engine.Delivery;
using ShoeFunctions.Engine.Faults;
using ShoeFunctions.Engine.Kafka;
using ShoeFunctions.Engine.Running;
using ShoeFunctions.Engine.Serialization;
using ShoeFunctions.Engine.Shoes;
using ShoeFunctions.Engine.Ticks;

namespace ShoeFunctions.Engine.Planning;

/// <summary>What the settings come to: the coming ticks, and a month of them.</summary>
/// <param name="Ticks">The coming ticks, in order.</param>
/// <param name="Month">What <see cref="MonthDays"/> days of the schedule come to.</param>
/// <param name="FanOut">What large ticks need, or null where that was not asked.</param>
/// <param name="Hours">The next 24 whole hours, where the rate is not the same at all times.</param>
/// <param name="Faults">What is wrong with shoes on purpose, or null where nothing is.</param>
public sealed record ProductionPlan(
    ImmutableArray<ProductionPlan.PlannedTick> Ticks, ProductionPlan.MonthTotals Month, FanOutPlan? FanOut, ImmutableArray<PlannedHour> Hours, ProductionPlan.PlannedFaults? Faults)
{
    /// <summary>How many days a month has here.</summary>
    public const int MonthDays = 30;

    /// <summary>So many shoes tell the mean length well: it is exact to a tenth of a byte.</summary>
    private const int MostSampled = 10_000;

    /// <summary>There are ids for ticks before this second.</summary>
    private static readonly Tick EndOfIds = new(1L << 33);

    /// <summary>A tick with how many shoes it holds, and the first and last of their ids, where it holds any.</summary>
    public sealed record PlannedTick(DateTimeOffset Tick, long Shoes, long? FirstId, long? LastId);

    /// <summary>A month: bytes before compression, and without what Kafka itself adds to a record.</summary>
    /// <param name="From">Its first second.</param>
    /// <param name="To">The first second after it.</param>
    /// <param name="Runs">How often the schedule fires: each is a run of the function.</param>
    /// <param name="Shoes">How many shoes it makes.</param>
    /// <param name="SampledShoes">Of how many of them, the first, the mean lengths are.</param>
    /// <param name="ValueBytesPerShoe">The mean length of a record's value.</param>
    /// <param name="RecordBytesPerShoe">The same with key and headers.</param>
    /// <param name="ValueBytes">All values' bytes.</param>
    /// <param name="RecordBytes">The same with keys and headers.</param>
    /// <param name="Highest">The first of the ticks that hold most; null where there are none.</param>
    public sealed record MonthTotals(
        DateTimeOffset From, DateTimeOffset To, long Runs, long Shoes, int SampledShoes,
        double ValueBytesPerShoe, double RecordBytesPerShoe, long ValueBytes, long RecordBytes, PlannedTick? Highest);

    /// <summary>What faults make of a month: about so many, as the rates say.</summary>
    /// <param name="Rates">As FAULTS has them.</param>
    /// <param name="Missing">How many shoes are left out, and so not asked for.</param>
    /// <param name="Repeated">How many are sent, and so asked for, twice.</param>
    /// <param name="Records">How many records that makes.</param>
    public sealed record PlannedFaults(string Rates, long Missing, long Repeated, long Records);

    /// <summary>The plan from a time on.</summary>
    /// <param name="options">Which ticks there are.</param>
    /// <param name="generator">What makes the shoes.</param>
    /// <param name="key">What a record's key is.</param>
    /// <param name="from">The first second that belongs to it.</param>
    /// <param name="count">How many ticks to list.</param>
    /// <param name="ratePerInstance">Shoes a second that one instance makes, where it is to be said how many are needed.</param>
    public static ProductionPlan Of(TickOptions options, ShoeGenerator generator, MessageKey key, Tick from, int count, long? ratePerInstance = null)
    {
        var schedule = options.Schedule;
        var before = new Tick(from.UnixSeconds - 1);
        var batches = schedule.BatchesBetween(before, EndOfIds).Take(count).ToArray();
        var last = new Tick(before.UnixSeconds + MonthDays * 24 * 3600);
        var month = MonthAfter(options, generator, key, before, last);
        return new ProductionPlan(
            [.. batches.Select(Planned)], month,
            FanOutPlan.Of(options, batches, schedule.BatchesBetween(before, last), ratePerInstance), PlannedHour.Day(schedule, from), FaultsOf(options.Faults, month.Shoes));
    }

    private static PlannedTick Planned((Tick Tick, long Shoes) batch) => batch.Shoes > 0
        ? new(batch.Tick.Time, batch.Shoes, batch.Tick.ShoeId(0), batch.Tick.ShoeId((int)Math.Min(batch.Shoes, Tick.MaxShoes) - 1))
        : new(batch.Tick.Time, 0, null, null);

    private static PlannedFaults? FaultsOf(FaultOptions faults, long shoes)
    {
        long Part(FaultKind kind, long of) => (long)Math.Round(of * faults.Percent.GetValueOrDefault(kind) / 100);
        var missing = Part(FaultKind.Missing, shoes);
        var repeated = Part(FaultKind.Repeated, shoes - missing);
        return faults.AreWanted ? new PlannedFaults($"{faults}", missing, repeated, shoes - missing + repeated) : null;
    }

    private static MonthTotals MonthAfter(TickOptions options, ShoeGenerator generator, MessageKey key, Tick before, Tick last)
    {
        var (runs, shoes, sampled, values, records) = (0L, 0L, 0, 0L, 0L);
        var (frames, frame, faults) = (new BytesByLength(), new ShoeFrame(1), options.PlanFaults());
        (Tick, long Shoes)? highest = null;
        foreach (var (tick, size) in options.Schedule.BatchesBetween(before, last))
        {
            runs++;
            shoes += size;
            if (!(size <= highest?.Shoes))
                highest = (tick, size);
            for (var index = 0; index < Math.Min(size, Tick.MaxShoes) && sampled < MostSampled; index++, sampled++)
            {
                var shoe = generator.Shoe(tick, index);
                var (its, clean) = (faults.IsEmpty ? default : faults.Of(tick, index, options.LastOfChunk(index, (int)Math.Min(size, Tick.MaxShoes))), frames[ShoeFrame.Length(shoe)]);
                frame.Write(shoe, clean);
                var length = FaultPlan.ValueOf(shoe, clean, its).Length;
                values += its.Records * length;
                records += its.Records * (length + ShoeRecord.Length(shoe, key));
            }
        }

        var (value, record) = sampled == 0 ? (0, 0) : ((double)values / sampled, (double)records / sampled);
        return new MonthTotals(
            new Tick(before.UnixSeconds + 1).Time, new Tick(last.UnixSeconds + 1).Time, runs, shoes, sampled,
            Math.Round(value, 1), Math.Round(record, 1), (long)Math.Round(value * shoes), (long)Math.Round(record * shoes), highest is { } most ? Planned(most) : null);
    }
}
