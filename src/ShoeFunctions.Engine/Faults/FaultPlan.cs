using Google.Protobuf;
using ShoeFunctions.Engine.Serialization;
using ShoeFunctions.Engine.Shoes;
using ShoeFunctions.Engine.Ticks;

namespace ShoeFunctions.Engine.Faults;

/// <summary>Which shoes have faults, and what these are: a pure function of seed, tick, index and the rates.</summary>
/// <remarks>
/// Each kind draws from a <see cref="SplitMix64"/> of its own for each shoe, whose state begins at
/// Mix(Mix(seed + Gamma) XOR id XOR name), where name is 0, and for each character c of the kind's name in turn
/// Mix(name XOR c). The shoe has the fault where the first number is below the rate times 2^64; the following ones say
/// what exactly it is. So the shoes stay what they are, and a kind that is added moves no other: a shoe may have several.
/// Two hide others: what is missing has no further fault, and what cannot be read has no outlier to be seen.
/// </remarks>
public sealed class FaultPlan(long seed, FaultOptions options)
{
    /// <summary>So many places later a record is sent, or sent again, at most.</summary>
    public const int MostPlaces = 1000;

    private static readonly ulong[] Names = [.. FaultKinds.All.Select(kind => kind.Name().Aggregate(0UL, (mixed, letter) => SplitMix64.Mix(mixed ^ letter)))];

    private readonly ulong _seed = SplitMix64.Mix(unchecked((ulong)seed + SplitMix64.Gamma));
    // Where none are wanted, which is nearly always, a start is spared to work them out.
    private readonly UInt128[] _limits = !options.AreWanted ? new UInt128[FaultKinds.All.Count]
        : [.. FaultKinds.All.Select(kind => (UInt128)(options.Percent.GetValueOrDefault(kind) * 18_446_744_073_709_551_616m / 100))];

    /// <summary>Whether any shoe has a fault.</summary>
    public bool IsEmpty => !options.AreWanted;

    /// <summary>Whether faulty records say so in a header.</summary>
    public bool AreLabelled => options.AreLabelled;

    /// <summary>The plan of a seed: this one, where it is its own.</summary>
    public FaultPlan For(long otherSeed) => otherSeed == seed ? this : new FaultPlan(otherSeed, options);

    /// <summary>The faults of a shoe.</summary>
    /// <param name="tick">Its tick.</param>
    /// <param name="index">Which of the tick's shoes it is.</param>
    /// <param name="last">The last shoe of its chunk, or of its tick where that has none: no other can be sent before it.</param>
    public ShoeFaults Of(Tick tick, int index, int last)
    {
        var id = tick.ShoeId(index);
        if (Has(FaultKind.Missing, id, out _))
            return new ShoeFaults { IsMissing = true };

        var corruption = Has(FaultKind.Corrupt, id, out var random) ? Corruption.Draw(ref random) : null;
        var reorderedBy = Has(FaultKind.Reordered, id, out random) ? Math.Min(1 + (int)random.Below(MostPlaces), last - index) : 0;
        return new ShoeFaults
        {
            LatenessMs = Has(FaultKind.Late, id, out random) ? 1 + random.Below((uint)options.Lateness.TotalMilliseconds) : 0,
            RepeatedAfter = Has(FaultKind.Repeated, id, out random) ? Math.Min(1 + (int)random.Below(MostPlaces), last - index - reorderedBy) : null,
            Corruption = corruption,
            Outlier = corruption is null && Has(FaultKind.Outlier, id, out random) ? (Outlier)random.Below(Outliers.Count) : null,
            ReorderedBy = reorderedBy,
        };
    }

    /// <summary>How many records a chunk's shoes have: none for one that is missing, two for one that is repeated.</summary>
    public int RecordsOf(Chunk chunk)
    {
        var (sent, repeated) = CountOf(chunk);
        return sent + repeated;
    }

    /// <summary>How many of a chunk's shoes are sent, and how many of them twice.</summary>
    public (int Sent, int Repeated) CountOf(Chunk chunk)
    {
        var (sent, repeated) = (chunk.Count, 0);
        if (_limits[(int)FaultKind.Missing] > 0 || _limits[(int)FaultKind.Repeated] > 0)
        {
            for (var index = chunk.First; index < chunk.First + chunk.Count; index++)
            {
                var id = chunk.Tick.ShoeId(index);
                if (Has(FaultKind.Missing, id, out _))
                    sent--;
                else if (Has(FaultKind.Repeated, id, out _))
                    repeated++;
            }
        }

        return (sent, repeated);
    }

    /// <summary>
    /// A chunk's sends, in order. A shoe comes at its place; one that is sent later, or again, follows the shoe at that place,
    /// and where the chunk ends before, its last one.
    /// </summary>
    public IEnumerable<(int Index, ShoeFaults Faults)> SendsOf(Chunk chunk)
    {
        var last = chunk.First + chunk.Count - 1;
        var later = new PriorityQueue<(int Index, ShoeFaults Faults), (int Place, int Turn)>();
        var turn = 0;
        for (var place = chunk.First; place <= last; place++)
        {
            var faults = Of(chunk.Tick, place, last);
            if (faults.ReorderedBy > 0)
                later.Enqueue((place, faults), (place + faults.ReorderedBy, turn++));
            if (faults.RepeatedAfter is { } places)
                later.Enqueue((place, faults), (place + faults.ReorderedBy + places, turn++));
            if (!faults.IsMissing && faults.ReorderedBy == 0)
                yield return (place, faults);
            while (later.TryPeek(out var next, out var at) && at.Place <= place)
            {
                later.Dequeue();
                yield return next;
            }
        }
    }

    /// <summary>A shoe's value with its faults.</summary>
    /// <param name="shoe">The shoe.</param>
    /// <param name="frame">Its value without them, in Confluent's wire format.</param>
    /// <param name="faults">The faults.</param>
    /// <returns>The same array where none is in the value.</returns>
    public static byte[] ValueOf(in GeneratedShoe shoe, byte[] frame, in ShoeFaults faults)
    {
        if (faults.Corruption is { } corruption)
            return corruption.Damage(frame);
        // What a serialiser's rules would refuse is not shown to them.
        return faults.Outlier is { } outlier ? [.. frame[..ShoeFrame.PrefixLength], .. Outliers.Of(shoe, outlier).ToByteArray()] : frame;
    }

    private bool Has(FaultKind kind, long id, out SplitMix64 random)
    {
        random = new SplitMix64(SplitMix64.Mix(_seed ^ (ulong)id ^ Names[(int)kind]));
        return _limits[(int)kind] is var limit && limit > 0 && random.Next() < limit;
    }
}
