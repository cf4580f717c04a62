using ShoeFunctions.Engine.Ticks;

namespace ShoeFunctions.Local.Hosting;

/// <summary>What a run has come to.</summary>
/// <param name="Ticks">Ticks delivered whole.</param>
/// <param name="Delivered">Shoes that the brokers acknowledged.</param>
/// <param name="FailedRuns">Runs that did not deliver their tick whole.</param>
/// <param name="GivenUp">Shoes of ticks that failed and were given up.</param>
/// <param name="Last">The last run.</param>
internal sealed record RunTotals(int Ticks, long Delivered, int FailedRuns, long GivenUp, TickReport? Last)
{
    public static RunTotals None { get; } = new(0, 0, 0, 0, null);

    /// <summary>Shoes that are not delivered: not those that a later run of their tick delivered.</summary>
    public long Failed => GivenUp + (Last?.Failed ?? 0);

    public RunTotals With(TickReport report) => new(
        Ticks + (report.IsDelivered ? 1 : 0), Delivered + report.Delivered, FailedRuns + (report.IsDelivered ? 0 : 1),
        GivenUp + (Last?.Tick == report.Tick ? 0 : Last?.Failed ?? 0), report);
}
