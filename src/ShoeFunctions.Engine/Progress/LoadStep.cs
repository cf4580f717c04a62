using ShoeFunctions.Engine.Ticks;

namespace ShoeFunctions.Engine.Progress;

/// <summary>What has become of the ticks of five minutes, by their own time: those made up for later are where they belong.</summary>
/// <param name="Start">The first second of the five minutes.</param>
/// <param name="Asked">The shoes of those that were delivered whole: of others it is not known yet what becomes of them. One that two instances delivered counts twice, as its shoes do.</param>
/// <param name="Delivered">The shoes that the brokers acknowledged, also of runs that failed in part.</param>
public sealed record LoadStep(Tick Start, long Asked, long Delivered)
{
    /// <summary>How long it is, in seconds.</summary>
    public const int Seconds = 300;

    /// <summary>The step that a run counts in.</summary>
    public static LoadStep Of(TickReport report) => new(StartOf(report.Tick), report.IsDelivered ? report.Shoes : 0, report.Delivered);

    /// <summary>The first second of the step that a moment is in.</summary>
    public static Tick StartOf(Tick moment) => new(moment.UnixSeconds - (((moment.UnixSeconds % Seconds) + Seconds) % Seconds));
}
