using System.CommandLine;
using Microsoft.Extensions.DependencyInjection;
using ShoeFunctions.Engine.Auditing;
using ShoeFunctions.Engine.Delivery;
using ShoeFunctions.Engine.Failures;
using ShoeFunctions.Engine.Kafka;
using ShoeFunctions.Engine.Running;
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

    public static Command Verb(CommandSettings environment)
    {
        var range = new RangeOptions();
        var yes = new Option<bool>("--yes") { Description = "Do not ask for confirmation" };
        var verbose = new Option<bool>("--verbose") { Description = "Print a line for each tick" };
        var replay = new Verb("replay", "Produce a range of ticks again",
            $"""
            Produces, in order, every tick from --from (inclusive) to --to (exclusive),
            whether the topic has it or not. With the same settings the ids and the bytes
            are the same as the first time.

            The progress is neither read nor written: what the schedule still has to
            produce does not change. With DELIVERY=exactly-once each tick is a
            transaction of its own, and no run counts it as its last one.

            {RangeOptions.Explanation}

            Exit code: 0 if all was delivered, 1 otherwise (it stops at the first tick
            that fails), 2 wrong usage or settings, 130 stopped by Ctrl+C.
            """,
            ("shoes replay --from 2026-11-23T14:00:00Z --to 2026-11-23T14:10:00Z", "asks first"),
            ("shoes replay --from 2026-11-23 --to 2026-11-24 --yes", "no prompt"));
        range.AddTo(replay);
        replay.Add(yes);
        replay.Add(verbose);
        replay.SetAction((result, _) => RunAsync(environment, range.Read(result), result.GetValue(yes), result.GetValue(verbose)));
        return replay;
    }

    private static async Task<int> RunAsync(CommandSettings environment, TickRange range, bool yes, bool verbose)
    {
        await using var engine = await ConfiguredEngine.StartAsync(environment, kafka => kafka with { Transactions = kafka.Transactions?.ForReplay });
        var schedule = engine.Settings.Ticks.Schedule;
        var (ticks, shoes) = (schedule.CountBetween(range.First, range.End), schedule.ShoesBetween(range.First, range.End));
        if (ticks == 0)
        {
            Console.WriteLine("The schedule has no tick in this range.");
            return ExitCode.Done;
        }

        await SayWhatIsKeptAsync(engine, range, shoes);
        if (!yes && !Confirms(engine.Settings, ticks, shoes))
        {
            Console.WriteLine("Nothing was produced.");
            return ExitCode.Failed;
        }

        using var signals = new StopSignals();
        var (producer, whole, time) = (engine.Services.GetRequiredService<ShoeProducer>(), engine.Services.GetRequiredService<TickProducer>(), engine.Services.GetRequiredService<TimeProvider>());
        var bar = verbose ? null : ProgressBar.OnTerminal(time, "shoe");
        var (started, done) = (time.GetTimestamp(), new Done(0, 0, 0));
        foreach (var tick in range.Ticks(schedule))
        {
            var producing = ProduceAsync(whole, engine.Settings.Ticks, tick, signals.Token);
            for (; bar is not null && !producing.IsCompleted; await Task.WhenAny(producing, Task.Delay(ProgressBar.Interval, time)))
                bar.Show(done.Shoes + producer.Acknowledged, shoes);
            var report = await producing;
            if (report.IsDelivered ? verbose : report.Failure?.Kind != FailureKind.Cancelled)
            {
                bar?.Clear();
                Console.WriteLine(LineOf(report));
            }

            if (!report.IsDelivered)
            {
                bar?.Clear();
                Console.Error.WriteLine($"Stopped after {done}: tick {tick} was not delivered. To continue, replay with --from {tick}.");
                return signals.Token.IsCancellationRequested ? Interruptible.ExitCodeAfter(signals) : ExitCode.Failed;
            }

            done = done.With(report);
        }

        bar?.Clear();
        var took = time.GetElapsedTime(started);
        Console.WriteLine($"{done} delivered, {Quantity.OfBytes(done.Bytes)} in {Quantity.Of(took)}, {Quantity.Of((long)(done.Shoes / took.TotalSeconds))} shoes/s");
        return ExitCode.Done;
    }

    /// <summary>What is delivered so far.</summary>
    private sealed record Done(long Ticks, long Shoes, long Bytes)
    {
        public Done With(TickReport report) => new(Ticks + 1, Shoes + report.Delivered, Bytes + report.Bytes);

        public override string ToString() => $"{Quantity.Of(Ticks, "tick")}, {Quantity.Of(Shoes, "shoe")}";
    }

    private static async Task SayWhatIsKeptAsync(ConfiguredEngine engine, TickRange range, long shoes)
    {
        try
        {
            if (await EmbeddedRetention.ThereAsync(engine.Services.GetRequiredService<KafkaProbe>(), engine.Settings, range.First.Time, shoes, CancellationToken.None) is { } notice)
                Console.Error.WriteLine(notice);
        }
        catch (FailureException)
        {
            // Brokers that do not answer are the first tick's to name.
        }
    }

    private static bool Confirms(ShoeSettings settings, long ticks, long shoes)
    {
        var what = $"produce {Quantity.Of(ticks, "tick")}, {Quantity.Of(shoes, "shoe")}, to topic {settings.Kafka.Topic} at {settings.Kafka.BootstrapServers}";
        if (!Terminals.HaveInput)
            throw new CommandException($"There is no terminal to ask on: use --yes to {what}.", ExitCode.WrongUsage);

        Console.Write($"About to {what}. Go ahead? [y/N] ");
        return Console.ReadLine()?.Trim() is "y" or "Y" or "yes";
    }

    private static async Task<TickReport> ProduceAsync(TickProducer producer, TickOptions options, Tick tick, CancellationToken stop)
    {
        var shoes = options.Schedule.ShoesIn(tick);
        if (shoes > Tick.MaxShoes)
            throw new CommandException($"Tick {tick} would hold {Quantity.Of(shoes)} shoes; a tick holds at most {Quantity.Of(Tick.MaxShoes)}: {options.ForSmallerTicks}.", ExitCode.Failed);

        return await producer.ProduceAsync(tick, (int)shoes, LongestTick, stop);
    }

    private static string LineOf(TickReport report)
    {
        var line = $"tick {report.Tick}  {report.Summary()}";
        return report.Failure is { } failure ? $"{line}  {failure.Kind} ({failure.Code}): {failure.Advice}" : line;
    }
}
