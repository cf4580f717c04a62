using ShoeFunctions.Engine.Failures;

namespace ShoeFunctions.Local.Tests.Faults;

/// <summary>Something that goes wrong, and what is to become of a tick while it lasts.</summary>
/// <param name="Name">What it is.</param>
/// <param name="Verdict">What the tick's failure is to be, or null where the tick is to be delivered in spite of it.</param>
internal sealed record Fault(string Name, Verdict? Verdict)
{
    /// <summary>What it may be as well, where what the client says of it is chance.</summary>
    public Verdict? OrElse { get; init; }

    /// <summary>Settings that are other than <see cref="FaultyEngine"/>'s.</summary>
    public (string Name, string Value)[] Settings { get; init; } = [];

    /// <summary>Whether a tick is delivered first, so that the producer and the schema are there when the fault begins.</summary>
    public bool ComesLater { get; init; }

    /// <summary>Begins the fault.</summary>
    public Func<FaultyEngine, Task> Begin { get; init; } = _ => Task.CompletedTask;

    /// <summary>What happens while the tick runs.</summary>
    public Func<FaultyEngine, Task> During { get; init; } = _ => Task.CompletedTask;

    /// <summary>How many ticks it lasts.</summary>
    public int Ticks { get; init; } = 1;

    /// <summary>What else is to be true when it has lasted so long.</summary>
    public Action<FaultyEngine> Check { get; init; } = _ => { };

    /// <summary>Ends the fault.</summary>
    public Func<FaultyEngine, Task> End { get; init; } = _ => Task.CompletedTask;

    public override string ToString() => Name;
}

/// <summary>A failure's classification.</summary>
/// <param name="Source">Where it was met.</param>
/// <param name="Kind">What kind it is.</param>
/// <param name="Recoverable">Whether it may pass by itself.</param>
/// <param name="Codes">Its code, or several where what the client says first is chance.</param>
internal sealed record Verdict(FailureSource Source, FailureKind Kind, bool Recoverable, params string[] Codes)
{
    public static string Text(Failure? failure) => failure is null ? "delivered" : $"{new Verdict(failure.Source, failure.Kind, failure.Recoverable, failure.Code)}";

    public bool Fits(Failure? failure) =>
        failure is not null && (failure.Source, failure.Kind, failure.Recoverable) == (Source, Kind, Recoverable) && Codes.Contains(failure.Code);

    public override string ToString() => $"{Source} {Kind} {string.Join('|', Codes)} {(Recoverable ? "recoverable" : "not recoverable")}";
}
