using System.Collections.Immutable;
using ShoeFunctions.Engine.Faults;
using ShoeFunctions.Engine.Ticks;

namespace ShoeFunctions.Engine.Auditing;

/// <summary>How well somebody has found the faults of a range of ticks.</summary>
/// <param name="From">The first time of the range.</param>
/// <param name="To">The first time after it.</param>
/// <param name="Flagged">How many ids of the range were flagged, each once.</param>
/// <param name="Outside">How many further ones belong to ticks outside the range: nothing is said of them.</param>
/// <param name="Unknown">How many of those of the range are of no shoe.</param>
/// <param name="Kinds">The score of each kind that occurs in the range, or was flagged.</param>
/// <param name="All">The score of all kinds together: a shoe with several faults counts once, and so does its id.</param>
public sealed record AnswerScore(
    DateTimeOffset From, DateTimeOffset To, int Flagged, int Outside, int Unknown, ImmutableArray<AnswerScore.KindScore> Kinds, AnswerScore.KindScore All)
{
    /// <summary>An id that was flagged, with the kind of fault where that was said: else it is held against every kind.</summary>
    public readonly record struct Flag(long Id, FaultKind? Kind);

    /// <summary>The score of a kind.</summary>
    /// <param name="Kind">The kind, or <c>all</c>.</param>
    /// <param name="Faulty">How many shoes have the fault.</param>
    /// <param name="Flagged">How many ids were flagged, with this kind or without any.</param>
    /// <param name="Found">How many of these have the fault.</param>
    public sealed record KindScore(string Kind, int Faulty, int Flagged, int Found)
    {
        /// <summary>Of the flagged ones how many have the fault, 0 to 1; null where none was flagged.</summary>
        public double? Precision => Flagged == 0 ? null : (double)Found / Flagged;

        /// <summary>Of those that have the fault how many were flagged, 0 to 1; null where none has it.</summary>
        public double? Recall => Faulty == 0 ? null : (double)Found / Faulty;
    }

    /// <summary>Scores what was flagged.</summary>
    /// <param name="key">What is right.</param>
    /// <param name="range">For which ticks.</param>
    /// <param name="flags">What was flagged; what is there twice counts once.</param>
    public static AnswerScore Of(AnswerKey key, TickRange range, IEnumerable<Flag> flags)
    {
        var all = flags.ToHashSet();
        var inRange = all.Where(flag => range.Contains(Tick.OfShoe(flag.Id))).ToArray();
        var ids = inRange.Select(flag => flag.Id).ToHashSet();
        var faulty = FaultKinds.All.ToDictionary(kind => kind, _ => new HashSet<long>());
        foreach (var fault in key.Of(range))
            faulty[fault.Kind].Add(fault.Id);

        var kinds = FaultKinds.All
            .Select(kind => Score(kind.Name(), faulty[kind], [.. inRange.Where(flag => flag.Kind is null || flag.Kind == kind).Select(flag => flag.Id)]))
            .Where(score => score.Faulty > 0 || inRange.Any(flag => flag.Kind?.Name() == score.Kind));
        return new AnswerScore(
            range.First.Time, range.End.Time, ids.Count, all.Select(flag => flag.Id).Distinct().Count() - ids.Count, ids.Count(id => !key.IsShoe(id)),
            [.. kinds], Score("all", [.. faulty.Values.SelectMany(shoes => shoes)], ids));
    }

    private static KindScore Score(string kind, HashSet<long> faulty, HashSet<long> flagged) =>
        new(kind, faulty.Count, flagged.Count, flagged.Count(faulty.Contains));
}
