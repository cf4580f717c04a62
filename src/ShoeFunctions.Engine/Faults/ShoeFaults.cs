namespace ShoeFunctions.Engine.Faults;

/// <summary>What is wrong with one shoe: nothing, one kind of fault, or several that do not hide each other.</summary>
public readonly record struct ShoeFaults
{
    /// <summary>How much older than its tick the timestamp is, in milliseconds; 0 where it is the tick's.</summary>
    public long LatenessMs { get; init; }

    /// <summary>After so many further shoes of the tick the record is sent again: 0 is at once; null where it is sent once.</summary>
    public int? RepeatedAfter { get; init; }

    /// <summary>How the value is damaged, or null where it is not.</summary>
    public Corruption? Corruption { get; init; }

    /// <summary>Whether the shoe is left out.</summary>
    public bool IsMissing { get; init; }

    /// <summary>What one of the fields has instead, or null where it has its own.</summary>
    public Outlier? Outlier { get; init; }

    /// <summary>After so many further shoes of the tick the record is sent; 0 where it is sent in order.</summary>
    public int ReorderedBy { get; init; }

    /// <summary>Whether the record is like any other and sent once.</summary>
    public bool IsNone => this == default;

    /// <summary>How many records the shoe has.</summary>
    public int Records => IsMissing ? 0 : RepeatedAfter is null ? 1 : 2;

    /// <summary>The kinds that there are.</summary>
    public IEnumerable<FaultKind> Kinds
    {
        get
        {
            var faults = this;
            return FaultKinds.All.Where(kind => kind switch
            {
                FaultKind.Late => faults.LatenessMs > 0,
                FaultKind.Repeated => faults.RepeatedAfter is not null,
                FaultKind.Corrupt => faults.Corruption is not null,
                FaultKind.Missing => faults.IsMissing,
                FaultKind.Outlier => faults.Outlier is not null,
                _ => faults.ReorderedBy > 0,
            });
        }
    }

    /// <summary>What the header <c>shoe-fault</c> says: the kinds' names, separated by commas.</summary>
    public string Label => string.Join(',', Kinds.Select(kind => kind.Name()));
}
