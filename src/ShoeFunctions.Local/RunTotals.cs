using ShoeFunctions.Engine.Producing;

namespace ShoeFunctions.Local;

/// <summary>What a run of the door has come to.</summary>
/// <param name="Ticks">Ticks delivered whole.</param>
/// <param name="Delivered">Shoes that the brokers acknowledged.</param>
/// <param name="Failed">Sends that failed.</param>
internal sealed record RunTotals(int Ticks, long Delivered, long Failed)
{
    public static RunTotals None { get; } = new(0, 0, 0);

    public RunTotals With(TickReport report) => new(Ticks + (report.IsDelivered ? 1 : 0), Delivered + report.Delivered, Failed + report.Failed);
}
