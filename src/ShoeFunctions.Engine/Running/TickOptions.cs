using System.Globalization;
using ShoeFunctions.Engine.Configuration;
using ShoeFunctions.Engine.Faults;
using ShoeFunctions.Engine.Progress;
using ShoeFunctions.Engine.Ticks;

namespace ShoeFunctions.Engine.Running;

/// <summary>Which ticks there are, and which shoes they hold.</summary>
public sealed record TickOptions
{
    /// <summary>The schedule.</summary>
    public required TickSchedule Schedule { get; init; }

    /// <summary>How many missed ticks are made up for at most; older ones are skipped.</summary>
    public int CatchUpLimit { get; init; } = 60;

    /// <summary>Ticks with more shoes are split into chunks; 0 for none.</summary>
    public int FanOutAbove { get; init; }

    /// <summary>How many shoes a chunk has.</summary>
    public int ChunkShoes { get; init; } = 50_000;

    /// <summary>How many ticks may be open at once.</summary>
    public int OpenLimit => Math.Clamp(CatchUpLimit, 1, ProgressState.MostOpen);

    /// <summary>Whether a tick of so many shoes is split into chunks.</summary>
    public bool IsSplit(long shoes) => FanOutAbove > 0 && shoes > FanOutAbove && shoes <= Tick.MaxShoes;

    /// <summary>What to do about ticks that hold too many shoes.</summary>
    public string ForSmallerTicks => ForLess(Schedule.Rate);

    /// <summary>How long one run may produce ticks, all together.</summary>
    public TimeSpan LongestRun { get; init; } = RunLimit.None.ForTicks;

    /// <summary>Another seed, other shoes.</summary>
    public long Seed { get; init; }

    /// <summary>How many shoes have which faults.</summary>
    public FaultOptions Faults { get; init; } = FaultOptions.None;

    /// <summary>Which of the ticks' shoes have faults.</summary>
    public FaultPlan PlanFaults() => new(Seed, Faults);

    /// <summary>The last shoe of the chunk that a shoe is in; where the tick is not split, of the tick.</summary>
    /// <param name="index">Which of the tick's shoes.</param>
    /// <param name="shoes">How many the tick has.</param>
    public int LastOfChunk(int index, int shoes) => IsSplit(shoes) ? Math.Min((index / ChunkShoes + 1) * ChunkShoes, shoes) - 1 : shoes - 1;

    /// <summary>Reads what the settings say of the ticks.</summary>
    /// <param name="reader">The settings.</param>
    /// <param name="now">When: a schedule is checked from then on.</param>
    /// <param name="limit">How long a run may last.</param>
    internal static TickOptions Read(SettingsReader reader, DateTimeOffset now, RunLimit limit)
    {
        if (reader.IsSet(Settings.MessageInterval) && reader.IsSet(Settings.BatchSize))
            reader.Contradiction("MESSAGE_INTERVAL and BATCH_SIZE are both set: a tick's size follows from one of them; remove the other.");

        var load = LoadSettings.Read(reader);
        ShoeRate rate = reader.IsSet(Settings.BatchSize)
            ? new ShoeRate.Batch(reader.ReadInt(Settings.BatchSize, 1, Tick.MaxShoes)) { Load = load }
            : new ShoeRate.Interval(reader.Read(
                Settings.MessageInterval, (string text, out long nanoseconds) => GoDuration.TryParse(text, out nanoseconds) && nanoseconds > 0, 1_000_000_000))
            { Load = load };

        var schedule = reader.Read(
            Settings.ProduceSchedule,
            (string text, out TickSchedule parsed) => TickSchedule.TryParse(text, rate, out parsed) && parsed.Next(now) is not null,
            null!,
            more: text => TickSchedule.Fault(text) ?? "It never fires.");
        if (schedule?.FindOverfull(now) is { } overfull)
            reader.Contradiction(
                $"{LoadSettings.Named(reader, rate is ShoeRate.Batch ? Settings.BatchSize : Settings.MessageInterval)}: with this PRODUCE_SCHEDULE the tick {overfull} would hold {Quantity.Of(schedule.ShoesIn(overfull))} shoes; "
                + $"a tick holds at most {Tick.MaxShoes}: {ForLess(rate)}.");

        return new TickOptions
        {
            Schedule = schedule!,
            LongestRun = limit.ForTicks,
            CatchUpLimit = reader.ReadInt(Settings.CatchUpLimit, 0, 100_000),
            FanOutAbove = reader.ReadInt(Settings.FanOutAbove, 0, Tick.MaxShoes),
            ChunkShoes = reader.ReadInt(Settings.FanOutChunk, 1, Tick.MaxShoes),
            Seed = reader.Read(
                Settings.ShoeSeed, (string text, out long seed) => long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out seed), 0),
            Faults = FaultOptions.Read(reader),
        };
    }

    private static string ForLess(ShoeRate rate) => rate switch
    {
        ShoeRate.Batch => "lower BATCH_SIZE or the factors",
        { Load: null } => "raise MESSAGE_INTERVAL, or let PRODUCE_SCHEDULE fire more often",
        _ => "raise MESSAGE_INTERVAL, lower the factors, or let PRODUCE_SCHEDULE fire more often",
    };
}
