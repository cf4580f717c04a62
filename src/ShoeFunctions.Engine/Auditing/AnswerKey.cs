using ShoeFunctions.Engine.Faults;
using ShoeFunctions.Engine.Running;
using ShoeFunctions.Engine.Shoes;
using ShoeFunctions.Engine.Ticks;

namespace ShoeFunctions.Engine.Auditing;

/// <summary>The faults of all shoes of the ticks, worked out from the settings alone.</summary>
/// <param name="ticks">The ticks there are, how many shoes each holds, which these are, and what is wrong with them.</param>
public sealed class AnswerKey(TickOptions ticks)
{
    private readonly ShoeGenerator _generator = new(ticks.Seed);
    private readonly FaultPlan _faults = ticks.PlanFaults();

    /// <summary>The faults of a range of ticks, in order; a shoe with several has one after the other.</summary>
    public IEnumerable<FaultyShoe> Of(TickRange range)
    {
        if (_faults.IsEmpty)
            yield break;

        foreach (var tick in range.Ticks(ticks.Schedule))
            for (int index = 0, shoes = ShoesIn(tick); index < shoes; index++)
                foreach (var fault in Of(tick, index, _faults.Of(tick, index, ticks.LastOfChunk(index, shoes))))
                    yield return fault;
    }

    /// <summary>Whether a tick of the schedule has a shoe of this id, left out or not.</summary>
    public bool IsShoe(long id) => Tick.OfShoe(id) is var tick && ticks.Schedule.Contains(tick) && id - tick.ShoeId(0) < ShoesIn(tick);

    /// <summary>One that would hold more than a tick can hold is not produced.</summary>
    private int ShoesIn(Tick tick) => ticks.Schedule.ShoesIn(tick) is <= Tick.MaxShoes and var shoes ? (int)shoes : 0;

    private IEnumerable<FaultyShoe> Of(Tick tick, int index, ShoeFaults faults)
    {
        if (faults.IsNone)
            return [];

        var shoe = _generator.Shoe(tick, index);
        return faults.Kinds.Select(kind => Details(new FaultyShoe { Id = shoe.Id, Tick = tick.Time, Index = index, Kind = kind }, shoe, faults));
    }

    private static FaultyShoe Details(FaultyShoe fault, GeneratedShoe shoe, ShoeFaults faults) => fault.Kind switch
    {
        FaultKind.Late => fault with { LatenessMs = faults.LatenessMs },
        FaultKind.Repeated => fault with { Places = faults.RepeatedAfter },
        FaultKind.Reordered => fault with { Places = faults.ReorderedBy },
        FaultKind.Corrupt => faults.Corruption! switch
        {
            { Kind: CorruptionKind.Truncated and var kind, Number: var cut } => fault with { Bytes = kind, CutBytes = cut },
            { Kind: CorruptionKind.SchemaId and var kind, Number: var id } => fault with { Bytes = kind, SchemaId = id },
            { Kind: CorruptionKind.MagicByte and var kind, Number: var magic } => fault with { Bytes = kind, MagicByte = magic },
            { Kind: var kind, Number: var length } => fault with { Bytes = kind, Length = length },
        },
        FaultKind.Outlier => Outliers.Describe(shoe, faults.Outlier!.Value) is var (field, value) ? fault with { Field = field, Value = value } : fault,
        _ => fault,
    };
}
