using System.Globalization;
using Microsoft.Extensions.Logging;
using ShoeFunctions.Engine.Ticks;

namespace ShoeFunctions.Local.Hosting;

/// <summary>
/// Says every ten seconds what the run has come to: the total and the rate, which no tick's line tells. It is quiet while
/// that is one tick alone, and while nothing has been added.
/// </summary>
internal sealed partial class ProductionReport(TickTimer timer, TimeProvider time, ILogger<ProductionReport> logger)
{
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    private RunTotals _said = RunTotals.None;

    /// <summary>Begins, and ends with the disposal.</summary>
    public IDisposable Begin()
    {
        var started = time.GetTimestamp();
        return time.CreateTimer(_ => Say(time.GetElapsedTime(started)), null, Interval, Interval);
    }

    private void Say(TimeSpan runtime)
    {
        var totals = timer.Totals;
        if (totals == _said || totals.Ticks + totals.FailedRuns < 2)
            return;

        _said = totals;
        var (rate, seconds) = (totals.Delivered / runtime.TotalSeconds, runtime.TotalSeconds);
        Log.Produced(
            logger, string.Create(CultureInfo.InvariantCulture, $"{Quantity.Of(totals.Delivered, "shoe")} delivered{(totals.Failed > 0 ? $", {Quantity.Of(totals.Failed)} failed" : "")}, {rate:N2} shoes/s"), seconds,
            totals.Delivered, totals.Failed, rate);
    }

    private static partial class Log
    {
#pragma warning disable SYSLIB1015 // The summary is for people; the figures that it is made of are fields of the entry, for programs, named as the parameters are.
        [LoggerMessage(701, LogLevel.Information, "{RuntimeSeconds:0} s since the start: {Summary}")]
        public static partial void Produced(ILogger logger, string summary, double runtimeSeconds, long Produced, long Failed, double Rate);
#pragma warning restore SYSLIB1015
    }
}
