using Microsoft.Extensions.Logging;

namespace ShoeFunctions.Local.Hosting;

/// <summary>Says every ten seconds what was produced since the start, once anything was, as the Go program does.</summary>
internal sealed partial class ProductionReport(TickTimer timer, TimeProvider time, ILogger<ProductionReport> logger)
{
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    /// <summary>Begins, and ends with the disposal.</summary>
    public IDisposable Begin()
    {
        var started = time.GetTimestamp();
        return time.CreateTimer(_ => Say(time.GetElapsedTime(started)), null, Interval, Interval);
    }

    private void Say(TimeSpan runtime)
    {
        if (timer.Totals is not { Delivered: 0, Failed: 0 } and var totals)
            Log.Produced(logger, totals.Delivered, totals.Failed, totals.Delivered / runtime.TotalSeconds, runtime.TotalSeconds);
    }

    private static partial class Log
    {
        [LoggerMessage(701, LogLevel.Information, "produced {Produced}  failed {Failed}  {Rate:0.00} shoes/s  runtime {RuntimeSeconds:0} s")]
        public static partial void Produced(ILogger logger, long produced, long failed, double rate, double runtimeSeconds);
    }
}
