namespace ShoeFunctions.Benchmarks.Pipeline;

/// <summary>A clock that stands still but for its steps, so that each run finds one tick due; durations are real.</summary>
internal sealed class SteppedTime : TimeProvider
{
    private DateTimeOffset _now = System.GetUtcNow();

    /// <summary>Goes on to where the next tick is due.</summary>
    public void Step(TimeSpan step) => _now += step;

    public override DateTimeOffset GetUtcNow() => _now;
}
