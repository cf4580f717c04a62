namespace ShoeFunctions.Engine.Progress;

/// <summary>What came of telling a store whose progress it keeps.</summary>
public enum ClusterMove
{
    /// <summary>It could not be told: the store cannot be used now.</summary>
    Untold,

    /// <summary>It is the cluster whose progress the servers' names led to before.</summary>
    None,

    /// <summary>What was kept under the servers' names alone is the cluster's from now on.</summary>
    TakenOver,

    /// <summary>The names led to something else before, and the cluster has a state of its own from earlier, or under other names.</summary>
    Found,

    /// <summary>The names led to another cluster before, and this one has no state yet.</summary>
    Begun,
}
