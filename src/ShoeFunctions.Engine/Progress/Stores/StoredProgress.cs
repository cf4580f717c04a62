using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using ShoeFunctions.Engine.Failures;
using ShoeFunctions.Engine.Ticks;

namespace ShoeFunctions.Engine.Progress.Stores;

/// <summary>
/// A state as it is laid down: in a table its members are the columns, in a file the JSON's. A person can read all of
/// it. A run in <see cref="Recent"/> is <c>tick,start,shoes,delivered,duration,p50,p99,max</c>: the tick in seconds
/// since 1970, the start in units of 100 ns after the tick, the rest in milliseconds; runs are separated by semicolons.
/// <see cref="Writers"/> are <c>name,write</c>, likewise. <see cref="LastFailure"/> is
/// <c>tick,at,source,operation,kind,code,recoverable,advice</c>, <see cref="OtherWriter"/> <c>name,seen</c>; the ranges in <see cref="Skipped"/> are <c>first,last,ticks,shoes,at</c>,
/// <see cref="Partitions"/> <c>partition,last offset</c>, <see cref="Load"/> <c>start,asked,delivered</c>, the start in seconds since 1970, <see cref="Instances"/> <c>name,seen</c>, and the open ticks in <see cref="Open"/>
/// <c>tick,shoes,shoes a chunk,seed,opening,opened at,queued at,before</c>, the last two empty where there is none. An open tick that cannot be read is
/// one after the mark like others: it is produced again. What earlier programs did not write may be missing. What is
/// there for information alone, runs, writers and the failure, is left out where it cannot be read: a later program may
/// have words of its own, and production must go on after a way back to this one. <see cref="Failed"/> counts sends.
/// </summary>
internal sealed record StoredProgress
{
    /// <summary>The layout that this program writes, and the only one it reads.</summary>
    public const int CurrentVersion = 1;

    public required int Version { get; init; }
    public required DateTimeOffset? HighWater { get; init; }
    public required long Ticks { get; init; }
    public required long Delivered { get; init; }
    public required long Failed { get; init; }
    public required long SkippedTicks { get; init; }
    public required long Bytes { get; init; }
    public required DateTimeOffset? Since { get; init; }
    public required DateTimeOffset? LastDelivery { get; init; }
    public required string Recent { get; init; }
    public required string Writers { get; init; }
    public string? LastFailure { get; init; }
    public DateTimeOffset? LastFailureOver { get; init; }
    public long? GivenUp { get; init; }
    public string? OtherWriter { get; init; }
    public long? SkippedShoes { get; init; }
    public string? Skipped { get; init; }
    public string? Partitions { get; init; }
    public DateTimeOffset? Newest { get; init; }
    public string? Open { get; init; }
    public string? Instances { get; init; }
    public string? Load { get; init; }
    public long? RecoveredTicks { get; init; }

    /// <summary>Refuses what is laid down in another way.</summary>
    /// <param name="version">The version that was found.</param>
    /// <param name="where">Where it was found, to begin a sentence with.</param>
    public static void CheckVersion(int version, string where)
    {
        if (version != CurrentVersion)
            throw new FailureException(version > CurrentVersion ? ProgressFailures.Newer(where, version) : ProgressFailures.Broken(where));
    }

    /// <summary>The layout of a state.</summary>
    public static StoredProgress Of(ProgressState state) => new()
    {
        Version = CurrentVersion,
        HighWater = state.HighWater?.Time,
        Ticks = state.Ticks,
        Delivered = state.Delivered,
        Failed = state.FailedSends,
        SkippedTicks = state.SkippedTicks,
        Bytes = state.Bytes,
        Since = state.Since?.ToUniversalTime(),
        LastDelivery = state.LastDelivery?.ToUniversalTime(),
        Recent = string.Join(';', state.Recent.Select(Text)),
        Writers = string.Join(';', state.Writers.Select(writer => $"{writer.Name},{writer.Write}")),
        LastFailure = state.LastFailure is { } failed ? Text(failed) : null,
        LastFailureOver = state.LastFailure?.OverAt?.ToUniversalTime(),
        GivenUp = state.GivenUp,
        OtherWriter = state.OtherWriter is { } other ? $"{other.Name},{Text(other.SeenAt)}" : null,
        SkippedShoes = state.SkippedShoes,
        Skipped = state.Skipped.IsEmpty ? null : string.Join(';', state.Skipped.Select(Text)),
        Partitions = state.Partitions.IsEmpty ? null : string.Join(';', state.Partitions.Select(end => string.Create(CultureInfo.InvariantCulture, $"{end.Partition},{end.LastOffset}"))),
        Newest = state.Newest?.Time,
        Open = state.Open.IsEmpty ? null : string.Join(';', state.Open.Select(Text)),
        Instances = state.Instances.IsEmpty ? null : string.Join(';', state.Instances.Select(instance => $"{instance.Name},{Text(instance.SeenAt)}")),
        Load = state.Load.IsEmpty ? null : string.Join(';', state.Load.Select(step => string.Create(CultureInfo.InvariantCulture, $"{step.Start.UnixSeconds},{step.Asked},{step.Delivered}"))),
        RecoveredTicks = state.RecoveredTicks == 0 ? null : state.RecoveredTicks,
    };

    /// <summary>The state.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public ProgressState ToState()
    {
        var open = Items(Open ?? "", fields: 8, OpenedTick);
        // Where one of them is not understood, all after the mark is begun again: better twice than not at all.
        if (Open is not null && open.Length != Open.Split(';').Length)
            open = [];
        return StateWith(open);
    }

    private ProgressState StateWith(ImmutableArray<OpenTick> open) => new()
    {
        HighWater = HighWater is { } mark ? Tick.At(mark) : null,
        Ticks = Ticks,
        Delivered = Delivered,
        FailedSends = Failed,
        GivenUp = GivenUp ?? 0,
        SkippedTicks = SkippedTicks,
        RecoveredTicks = RecoveredTicks ?? 0,
        Bytes = Bytes,
        Since = Since,
        LastDelivery = LastDelivery,
        Recent = Items(Recent, fields: 8, Run),
        Writers = Items(Writers, fields: 2, fields => new ProgressWriter(fields[0], Whole(fields[1]))),
        LastFailure = LastFailure is { } text && TryRead(() => Run(text), out var failed) ? failed with { OverAt = LastFailureOver } : null,
        OtherWriter = OtherWriter is { } seen && TryRead(() => Other(seen.Split(',')), out var other) ? other : null,
        SkippedShoes = SkippedShoes ?? 0,
        Skipped = Items(Skipped ?? "", fields: 5, Range),
        Partitions = Items(Partitions ?? "", fields: 2, fields => new PartitionEnd(checked((int)Whole(fields[0])), Whole(fields[1]))),
        Newest = open.IsEmpty || Newest is not { } newest ? null : Tick.At(newest),
        Open = open,
        Instances = Items(Instances ?? "", fields: 2, fields => new SeenInstance(fields[0], Moment(fields[1]))),
        Load = Items(Load ?? "", fields: 3, fields => new LoadStep(new Tick(Whole(fields[0])), Whole(fields[1]), Whole(fields[2]))),
    };

    private static string Text(TickSummary run) => string.Create(CultureInfo.InvariantCulture,
        $"{run.Tick.UnixSeconds},{run.StartedAt.UtcTicks - run.Tick.Time.UtcTicks},{run.Shoes},{run.Delivered},{run.DurationMs:R},{run.LatencyP50Ms:R},{run.LatencyP99Ms:R},{run.LatencyMaxMs:R}");

    private static TickSummary Run(string[] fields)
    {
        var tick = new Tick(Whole(fields[0]));
        return new TickSummary(
            tick, tick.Time.AddTicks(Whole(fields[1])), checked((int)Whole(fields[2])), checked((int)Whole(fields[3])),
            Number(fields[4]), Number(fields[5]), Number(fields[6]), Number(fields[7]));
    }

    private static string Text(FailedRun failed)
    {
        var failure = failed.Failure;
        return string.Create(CultureInfo.InvariantCulture,
            $"{failed.Tick.UnixSeconds},{Text(failed.At)},{failure.Source},{failure.Operation},{LaidDown(failure.Kind)},{failure.Code},{failure.Recoverable},{failure.Advice}");
    }

    private static FailedRun Run(string text)
    {
        // The advice comes last because it is a sentence and may have commas.
        return text.Split(',', count: 8) is [var tick, var at, var source, var operation, var kind, var code, var recoverable, var advice]
            ? new FailedRun(
                new Tick(Whole(tick)),
                Moment(at),
                new Failure(Word<FailureSource>(source), operation, Word<FailureKind>(kind), code, bool.Parse(recoverable), advice))
            : throw new FormatException();
    }

    private static string Text(SkippedRange range) => string.Create(CultureInfo.InvariantCulture,
        $"{range.First.UnixSeconds},{range.Last.UnixSeconds},{range.Ticks},{range.Shoes},{Text(range.At)}");

    private static SkippedRange Range(string[] fields) => new(
        new Tick(Whole(fields[0])), new Tick(Whole(fields[1])), Whole(fields[2]), Whole(fields[3]), Moment(fields[4]));

    private static string Text(OpenTick tick) => string.Create(CultureInfo.InvariantCulture,
        $"{tick.Tick.UnixSeconds},{tick.Shoes},{tick.ChunkShoes},{tick.Seed},{tick.Opening},{Text(tick.OpenedAt)},{(tick.QueuedAt is { } at ? Text(at) : "")},{tick.Before?.UnixSeconds}");

    private static OpenTick OpenedTick(string[] fields) =>
        new OpenTick(
            new Tick(Whole(fields[0])), checked((int)Whole(fields[1])), checked((int)Whole(fields[2])), Whole(fields[3]), fields[4], Moment(fields[5]),
            fields[6].Length == 0 ? null : Moment(fields[6]), fields[7].Length == 0 ? null : new Tick(Whole(fields[7])))
        is { Shoes: > 0, ChunkShoes: > 0 } tick ? tick : throw new FormatException();

    private static string Text(DateTimeOffset moment) => moment.UtcDateTime.ToString("O", CultureInfo.InvariantCulture);

    private static DateTimeOffset Moment(string text) => DateTimeOffset.ParseExact(text, "O", CultureInfo.InvariantCulture);

    private static OtherWriter Other(string[] fields) =>
        fields is [var name, var seen] ? new OtherWriter(name, Moment(seen)) : throw new FormatException();

    private static T Word<T>(string text) where T : struct, Enum => Enum.TryParse<T>(text, out var word) && Enum.IsDefined(word) ? word : throw new FormatException();

    private static ImmutableArray<T> Items<T>(string text, int fields, Func<string[], T> read)
    {
        if (text.Length == 0)
            return [];

        var items = ImmutableArray.CreateBuilder<T>();
        foreach (var item in text.Split(';'))
            if (item.Split(',') is var parts && parts.Length == fields && TryRead(() => read(parts), out var known))
                items.Add(known);
        return items.ToImmutable();
    }

    private static bool TryRead<T>(Func<T> read, [MaybeNullWhen(false)] out T known)
    {
        try
        {
            known = read();
            return true;
        }
        catch (Exception error) when (error is FormatException or ArgumentOutOfRangeException or OverflowException)
        {
            known = default;
            return false;
        }
    }

    /// <summary>A kind that the first programs did not know would keep them from reading all of it.</summary>
    private static FailureKind LaidDown(FailureKind kind) => kind <= FailureKind.Cancelled ? kind : FailureKind.Unknown;

    private static long Whole(string text) => long.Parse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);

    private static double Number(string text) => double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture);
}
