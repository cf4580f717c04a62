using System.CommandLine;
using Microsoft.Extensions.DependencyInjection;
using ShoeFunctions.Engine.Auditing;
using ShoeFunctions.Engine.Delivery;
using ShoeFunctions.Engine.Setup;
using ShoeFunctions.Engine.Ticks;
using ShoeFunctions.Local.Hosting;
using ShoeFunctions.Local.Machine;
using ShoeFunctions.Local.Terminal;

namespace ShoeFunctions.Local.Commands;

/// <summary>Produces a range of ticks again.</summary>
internal static class ReplayCommand
{
    /// <summary>Every send ends within KAFKA_TIMEOUT; this only bounds a tick whose brokers take it bit by bit.</summary>
    private static readonly TimeSpan LongestTick = TimeSpan.FromHours(1);

    public static Command Verb()
    {
        var range = new RangeOptions();
        var yes = new Option<bool>("--yes") { Description = "Do not ask for confirmation" };
        var replay = new Verb("replay", "Produce a range of ticks again",
            $"""
            Produces, in order, every tick from --from (inclusive) to --to (exclusive),
            whether the topic has it or not. With the same settings the ids and the bytes
            are the same as the first time.

            The progress is neither read nor written: what the schedule still has to
            produce does not change.

            {RangeOptions.Explanation}

            Exit code: 0 if all was delivered, 1 otherwise (it stops at the first tick
            that fails), 2 wrong usage or settings.
            """,
            ("shoes replay --from 2026-11-23T14:00:00Z --to 2026-11-23T14:10:00Z", "asks first"),
            ("shoes replay --from 2026-11-23 --to 2026-11-24 --yes", "no prompt"));
        range.AddTo(replay);
        replay.Add(yes);
        replay.SetAction((result, cancellation) => RunAsync(range.Read(result), result.GetValue(yes), cancellation));
        return replay;
    }

    private static async Task<int> RunAsync(TickRange range, bool yes, CancellationToken cancellation)
    {
        await using var engine = await ConfiguredEngine.StartAsync();
        var schedule = engine.Settings.Ticks.Schedule;
        var (ticks, shoes) = range.Ticks(schedule).Aggregate((Ticks: 0L, Shoes: 0L), (sum, tick) => (sum.Ticks + 1, sum.Shoes + schedule.ShoesIn(tick)));
        if (ticks == 0)
        {
            Console.WriteLine("The schedule has no tick in this range.");
            return ExitCode.Done;
        }

        if (!yes && !Confirms(engine.Settings, ticks, shoes))
        {
            Console.WriteLine("Nothing was produced.");
            return ExitCode.Failed;
        }

        using var signals = new StopSignals();
        foreach (var tick in range.Ticks(schedule))
        {
            if (await ProduceAsync(engine.Services.GetRequiredService<ShoeProducer>(), tick, schedule.ShoesIn(tick), signals.Token))
                continue;

            Console.Error.WriteLine($"Stopped: tick {tick} was not delivered. To continue, replay with --from {tick}.");
            return ExitCode.Failed;
        }

        Console.WriteLine($"{ticks:N0} ticks, {shoes:N0} shoes delivered");
        return ExitCode.Done;
    }

    private static bool Confirms(ShoeSettings settings, long ticks, long shoes)
    {
        var what = $"produce {ticks:N0} ticks, {shoes:N0} shoes, to topic {settings.Kafka.Topic} at {settings.Kafka.BootstrapServers}";
        if (Console.IsInputRedirected)
            throw new CommandException($"There is no terminal to ask on: use --yes to {what}.", ExitCode.WrongUsage);

        Console.Write($"About to {what}. Go ahead? [y/N] ");
        return Console.ReadLine()?.Trim() is "y" or "Y" or "yes";
    }

    private static async Task<bool> ProduceAsync(ShoeProducer producer, Tick tick, long shoes, CancellationToken stop)
    {
        if (shoes > Tick.MaxShoes)
            throw new CommandException($"Tick {tick} would hold {shoes:N0} shoes; a tick holds at most {Tick.MaxShoes:N0}: raise MESSAGE_INTERVAL.", ExitCode.Failed);

        var report = await producer.ProduceAsync(tick, (int)shoes, LongestTick, stop);
        var line = $"tick {tick}  {report.Summary()}";
        Console.WriteLine(report.Failure is { } failure ? $"{line}  {failure.Kind} ({failure.Code}): {failure.Advice}" : line);
        return report.IsDelivered;
    }
}
