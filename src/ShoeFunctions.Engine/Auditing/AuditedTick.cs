using ShoeFunctions.Engine.Ticks;

namespace ShoeFunctions.Engine.Auditing;

/// <summary>Which of a tick's shoes were seen: a bit a shoe, and none once all of them were.</summary>
internal sealed class AuditedTick(Tick tick, int shoes)
{
    private ulong[]? _seen = new ulong[(shoes + 63) / 64];

    public Tick Tick { get; } = tick;

    public int Shoes { get; } = shoes;

    public int Seen { get; private set; }

    /// <summary>Takes note of a shoe; false where it was seen before.</summary>
    public bool See(int index)
    {
        if (Has(index))
            return false;

        _seen![index / 64] |= 1UL << index;
        if (++Seen == Shoes)
            _seen = null;
        return true;
    }

    /// <summary>Whether a shoe was seen.</summary>
    public bool Has(int index) => _seen is null || (_seen[index / 64] >> index & 1) != 0;
}
