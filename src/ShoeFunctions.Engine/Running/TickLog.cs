using Microsoft.Extensions.Logging;
using ShoeFunctions.Engine.Failures;
using ShoeFunctions.Engine.Ticks;

namespace ShoeFunctions.Engine.Running;

/// <summary>The line that says what a tick came to, however many instances it took.</summary>
internal static partial class TickLog
{
    public static void Say(ILogger logger, TickReport report, bool isCatchUp)
    {
        var (summary, ms, p50, p99) =
            (report.Summary(isCatchUp), report.Duration.TotalMilliseconds, report.LatencyP50.TotalMilliseconds, report.LatencyP99.TotalMilliseconds);
        if (report.Failure is { } failure)
            Failed(
                logger, failure.Kind == FailureKind.Cancelled ? LogLevel.Warning : LogLevel.Error, report.Tick, summary, failure.Kind, failure.Code,
                report.IsRepeated ? TickReport.AsBefore : failure.Advice, report.Shoes, report.Delivered, report.Failed, report.Bytes, ms, p50, p99, isCatchUp);
        else
            Delivered(logger, report.Tick, summary, report.Shoes, report.Delivered, report.Failed, report.Bytes, ms, p50, p99, isCatchUp);
    }

#pragma warning disable SYSLIB1015 // The summary is for people; the figures that it is made of are fields of the entry, for programs, named as the parameters are.
    [LoggerMessage(100, LogLevel.Information, "tick {Tick}  {Summary}")]
    private static partial void Delivered(
        ILogger logger, Tick tick, string summary, int Asked, int Delivered, int Failed, long Bytes, double Ms, double P50Ms, double P99Ms, bool CatchUp);

    [LoggerMessage(EventId = 101, Message = "tick {Tick}  {Summary}  {Kind} ({Code}): {Advice}")]
    private static partial void Failed(
        ILogger logger, LogLevel level, Tick tick, string summary, FailureKind kind, string code, string advice,
        int Asked, int Delivered, int Failed, long Bytes, double Ms, double P50Ms, double P99Ms, bool CatchUp);
#pragma warning restore SYSLIB1015
}
