using ShoeFunctions.Engine.Faults;
using ShoeFunctions.Engine.Running;
using ShoeFunctions.Engine.Ticks;

namespace ShoeFunctions.Engine.Auditing;

/// <summary>Which of a tick's records were seen: a bit a shoe, one more for each that is repeated on purpose, and none once all of them were.</summary>
internal sealed class AuditedTick
{
    private readonly TickOptions _ticks;
    private readonly FaultPlan _faults;
    private readonly Marks _first;
    private readonly Marks? _second;

    public AuditedTick(Tick tick, int shoes, TickOptions ticks, FaultPlan faults)
    {
        (Tick, Shoes, _ticks, _faults) = (tick, shoes, ticks, faults);
        var (sent, repeated) = faults.CountOf(new Chunk(tick, 0, shoes));
        Records = sent + repeated;
        _first = new Marks(shoes, sent);
        _second = repeated > 0 ? new Marks(shoes, repeated) : null;
    }

    public Tick Tick { get; }

    public int Shoes { get; }

    /// <summary>How many records there must be.</summary>
    public int Records { get; }

    /// <summary>How many of the records that there must be were seen.</summary>
    public int Seen => _first.Count + (_second?.Count ?? 0);

    /// <summary>What is wrong with a shoe on purpose.</summary>
    public ShoeFaults FaultsOf(int index) => _faults.IsEmpty ? default : _faults.Of(Tick, index, _ticks.LastOfChunk(index, Shoes));

    /// <summary>Takes note of a shoe's record; false where all of the shoe's were seen before.</summary>
    public bool See(int index, bool isRepeated) => _first.Set(index) || (isRepeated && _second!.Set(index));

    /// <summary>How many of a shoe's records were seen.</summary>
    public int SeenOf(int index, bool isRepeated) => (_first.Has(index) ? 1 : 0) + (isRepeated && _second!.Has(index) ? 1 : 0);

    /// <param name="shoes">How many shoes there are.</param>
    /// <param name="all">How many of them are to be marked.</param>
    private sealed class Marks(int shoes, int all)
    {
        private ulong[]? _bits = new ulong[(shoes + 63) / 64];

        public int Count { get; private set; }

        public bool Has(int index) => _bits is null || (_bits[index / 64] >> index & 1) != 0;

        /// <returns>Whether it was not set.</returns>
        public bool Set(int index)
        {
            if (Has(index))
                return false;

            _bits![index / 64] |= 1UL << index;
            if (++Count == all)
                _bits = null;
            return true;
        }
    }
}
