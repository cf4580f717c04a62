namespace ShoeFunctions.Engine.Auditing;

/// <summary>What an audit counted. Always <c>Present + Missing = Shoes</c>.</summary>
public record AuditCounts
{
    /// <summary>How many ticks the schedule has in the range.</summary>
    public long Ticks { get; init; }

    /// <summary>How many shoes they have; one that is left out on purpose counts as none, one that is repeated as two.</summary>
    public long Shoes { get; init; }

    /// <summary>How many of them at least one record has.</summary>
    public long Present { get; init; }

    /// <summary>How many no record has.</summary>
    public long Missing { get; init; }

    /// <summary>How many records have a shoe that another record had before.</summary>
    public long Repeated { get; init; }

    /// <summary>How many records say that they have a shoe, and are not what the generator makes.</summary>
    public long Altered { get; init; }

    /// <summary>How many records have no shoe of ours.</summary>
    public long Foreign { get; init; }

    /// <summary>How many records belong to ticks outside the range.</summary>
    public long Outside { get; init; }

    /// <summary>How many records were read.</summary>
    public long Records { get; init; }

    /// <summary>Whether the topic holds what it must: nothing missing, altered or foreign.</summary>
    /// <param name="exactlyOnce">Whether nothing may be repeated either.</param>
    public bool Passes(bool exactlyOnce) => Missing == 0 && Altered == 0 && Foreign == 0 && !(exactlyOnce && Repeated > 0);
}
